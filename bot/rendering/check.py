"""Words for the guided check "may my household get this?": questions, result, what becomes of the answers."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.actions.eligibility.state import HEADS, PEOPLE, PEOPLE_FACTS, Check
from bot.messages import Button, OutgoingMessage, SourceReference, Validity
from bot.payloads import make_payload
from bot.rendering.menus import numbered as numbered_titles
from content.eligibility import Assessment, ProgrammeResult, Result
from content.legislation.facts import FactKind
from content.legislation.questions import Question
from content.topics import Topic
from content.translations import Catalogue
from store.queries.receipts import TRIAL_RESULT

#: Programmes offered as buttons under a result; the others are in its list.
PROGRAMMES_OFFERED = 8
#: From this many answers on, people may see the result early.
WORTH_A_RESULT = 2

Data = Mapping[str, Any]


def _reply(catalogue: Catalogue, command: str) -> Button:
    return Button(title=catalogue.text(f"check.button.{command}"), payload=make_payload("inform", check=command))


def check_buttons(topic: Topic, catalogue: Catalogue) -> tuple[Button, ...]:
    """Return the button that begins the guided check, under answers that are about all kinds of support."""
    if topic is not Topic.BENEFITS_OVERVIEW:
        return ()
    return (Button(title=catalogue.text("check.button.start"), payload=make_payload("check_eligibility")),)


class CheckRenderer:
    """Makes the messages of the guided check from the answers given so far."""

    def __init__(self) -> None:
        self.makers: dict[str, Callable[[Data, Catalogue], OutgoingMessage]] = {
            "check_intro": self._plain,
            "check_resumed": self._plain,
            "check_question": self._question,
            "check_stuck": self._stuck,
            "check_result": self._result,
            "check_programme": self._programme,
            "check_slip": self._slip,
            "check_stopped": self._stopped,
            "check_from_kept": self._plain,
            "check_keep": self._keep,
            "check_kept": self._kept,
            "check_forgotten": self._forgotten,
            "check_none": self._forgotten,
        }

    @staticmethod
    def _message(text: str, data: Data, buttons: list[Button], **more: Any) -> OutgoingMessage:
        understood = {name: data.get(name) for name in ("topic", "intent", "confidence")}
        return OutgoingMessage(text=text, buttons=tuple(buttons), **understood, **more)

    def _plain(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        return self._message(catalogue.text(f"check.{data['key'].removeprefix('check_')}"), data, [])

    def _question(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        check, on = _check(data)
        assert check.asking is not None
        fact, member = check.asking
        lines = [catalogue.text(f"check.problem.{check.problem}")] if check.problem else []
        question = check.question(fact, member, on)
        numbered = True
        if fact == PEOPLE:
            lines.append(catalogue.text("check.ask.people"))
            buttons = _people_buttons(catalogue)
        elif fact == HEADS or question is None:
            lines.append(catalogue.text("check.ask.heads"))
            buttons, numbered = [], False
        else:
            lines += _asked(check, question, catalogue)
            buttons = [
                Button(
                    title=option.label.text(catalogue.language.code),
                    payload=make_payload("inform", check=_answer_of(question, number)),
                )
                for number, option in enumerate(question.options)
            ]
            numbered = question.kind in (FactKind.YES_NO, FactKind.CHOICE)
        buttons += [_reply(catalogue, "do_not_know"), _reply(catalogue, "skip")]
        if len(check.answers) >= WORTH_A_RESULT:
            buttons.append(_reply(catalogue, "result"))
        buttons.append(_reply(catalogue, "stop"))
        progress = catalogue.text(
            "check.progress", number=catalogue.number(len(check.answers) + 1), most=catalogue.number(check.most)
        )
        if numbered:
            # People who do not press type the number; it has to be seen.
            buttons = list(numbered_titles(buttons, back=None))
        return self._message("\n".join([progress, *lines]), data, buttons, numbered=numbered)

    def _stuck(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        asked = self._question({**data, "check": {**data["check"], "problem": None}}, catalogue)
        person = Button(title=catalogue.text("bot.button.person"), payload=make_payload("ask_person"))
        if asked.numbered:
            number = catalogue.number(len(asked.buttons) + 1)
            person = person.model_copy(update={"title": f"{number}. {person.title}"})
        text = f"{catalogue.text('check.stuck')}\n\n{asked.text}"
        return asked.model_copy(update={"text": text, "buttons": (*asked.buttons, person)})

    def _result(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        check, on = _check(data)
        assessment = check.assessment(on)
        paragraphs = [
            *_result_paragraphs(check, assessment, catalogue),
            catalogue.text("check.result.commune_decides"),
            catalogue.text("check.result.kept" if check.kept else "check.result.not_kept"),
        ]
        buttons = [
            Button(title=one.name(catalogue.language.code), payload=make_payload("inform", check=f"programme.{one.id}"))
            for one in _by_result(assessment)[:PROGRAMMES_OFFERED]
        ]
        buttons.append(_reply(catalogue, "slip"))
        if assessment.questions:
            more = Button(title=catalogue.text("check.button.more"), payload=make_payload("check_eligibility"))
            buttons.append(more)
        again = make_payload("check_eligibility", check="restart")
        buttons.append(Button(title=catalogue.text("check.button.restart"), payload=again))
        if not check.kept:
            buttons.append(_reply(catalogue, "keep"))
        buttons.append(_reply(catalogue, "forget"))
        return self._message(
            "\n\n".join(paragraphs), data, buttons, sources=_sources(assessment, assessment.sources, catalogue)
        )

    def _slip(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """The result once more, under a code: kept without a name, because the person asked for it."""
        check, on = _check(data)
        assessment = check.assessment(on)
        references = [*assessment.sources, *(one for found in assessment.programmes for one in found.sources)]
        paragraphs = [catalogue.text("check.slip"), *_result_paragraphs(check, assessment, catalogue)]
        return self._message(
            "\n\n".join(paragraphs),
            data,
            [
                _reply(catalogue, "forget"),
                Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu")),
            ],
            sources=tuple(dict.fromkeys(_sources(assessment, references, catalogue))),
            statement=TRIAL_RESULT,
            language=catalogue.language.catalogue,
            valid=Validity(valid_from=on.isoformat(), valid_to=None, as_of=on.isoformat()),
        )

    def _programme(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        check, on = _check(data)
        assessment = check.assessment(on)
        language = catalogue.language.code
        found = next((one for one in assessment.programmes if one.id == data["programme"]), None)
        if found is None:
            return self._result(data, catalogue)
        paragraphs = [
            f"{found.name(language)}: {catalogue.text(f'check.result_of_one.{found.result.value}')}",
            "\n".join(f"• {reason.text(language)}" for reason in found.why),
        ]
        if found.documents:
            papers = "\n".join(f"• {catalogue.text(f'eligibility.paper.{paper}')}" for paper in found.documents)
            paragraphs.append(f"{catalogue.text('check.papers')}\n{papers}")
        paragraphs.append(catalogue.text("check.office", office=catalogue.text(f"office.{found.office}")))
        paragraphs.append(catalogue.text("check.result.commune_decides"))
        others = [one for one in assessment.programmes if one.id != found.id][:PROGRAMMES_OFFERED]
        buttons = [Button(title=catalogue.text(f"topic.{found.topic}"), payload=make_payload(found.topic))]
        buttons += [
            Button(title=one.name(language), payload=make_payload("inform", check=f"programme.{one.id}"))
            for one in others
        ]
        return self._message(
            "\n\n".join(paragraphs), data, buttons, sources=_sources(assessment, found.sources, catalogue)
        )

    def _stopped(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        resume = Button(title=catalogue.text("check.button.resume"), payload=make_payload("check_eligibility"))
        menu = Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))
        return self._message(catalogue.text("check.stopped"), data, [resume, _reply(catalogue, "forget"), menu])

    def _keep(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        return self._message(
            catalogue.text("check.keep"), data, [_reply(catalogue, "keep_agreed"), _reply(catalogue, "forget")]
        )

    def _kept(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        menu = Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))
        return self._message(catalogue.text("check.kept"), data, [_reply(catalogue, "forget"), menu])

    def _forgotten(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        again = Button(title=catalogue.text("check.button.start"), payload=make_payload("check_eligibility"))
        menu = Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))
        text = catalogue.text(f"check.{data['key'].removeprefix('check_')}")
        return self._message(text, data, [again, menu])


def _check(data: Data) -> tuple[Check, date]:
    check = Check.from_slot(data["check"])
    assert check is not None, "the action made it a moment ago"
    return check, date.fromisoformat(data["on"])


def _answer_of(question: Question, number: int) -> str:
    member = "" if question.member is None else f"@{question.member}"
    return f"{question.fact}{member}={number}"


def _asked(check: Check, question: Question, catalogue: Catalogue) -> list[str]:
    """The words of a question: why it is private, whom it is about, and how it may be answered freely."""
    lines = [catalogue.text("check.sensitive")] if question.sensitive else []
    lines.append(_words(check, question, catalogue))
    if question.kind is FactKind.THRESHOLD:
        lines.append(catalogue.text("check.hint.income"))
    elif question.kind is FactKind.DATE:
        lines.append(catalogue.text("check.hint.day"))
    elif question.kind is FactKind.COUNT:
        lines.append(catalogue.text("check.hint.count"))
    return lines


def _words(check: Check, question: Question, catalogue: Catalogue) -> str:
    text = question.text.text(catalogue.language.code)
    if question.member is not None and question.member < len(check.people):
        return f"({catalogue.text(f'check.people.{check.people[question.member]}')}) {text}"
    return text


def _people_buttons(catalogue: Catalogue) -> list[Button]:
    buttons = [
        Button(title=catalogue.text(f"check.people.{one}"), payload=make_payload("inform", check=f"{PEOPLE}={one}"))
        for one in PEOPLE_FACTS
    ]
    nobody = Button(
        title=catalogue.text("check.people.nobody"), payload=make_payload("inform", check=f"{PEOPLE}=nobody")
    )
    return [*buttons, nobody]


def _by_result(assessment: Assessment) -> list[ProgrammeResult]:
    return [one for result in Result for one in assessment.programmes if one.result is result]


def _result_paragraphs(check: Check, assessment: Assessment, catalogue: Catalogue) -> list[str]:
    """The class with its reasons, the programmes by result, and what one more answer would settle."""
    language = catalogue.language.code
    paragraphs = [
        catalogue.text("check.result.first", date=catalogue.date(assessment.as_of)),
        "\n".join(reason.text(language) for reason in assessment.why),
    ]
    for result in Result:
        names = [f"• {one.name(language)}" for one in assessment.programmes if one.result is result]
        if names:
            paragraphs.append("\n".join([catalogue.text(f"check.result.{result.value}"), *names]))
    if not assessment.programmes:
        paragraphs.append(catalogue.text("check.result.nothing_yet"))
    if assessment.questions:
        question = _words(check, assessment.questions[0], catalogue)
        paragraphs.append(catalogue.text("check.result.one_more", question=question))
    return paragraphs


def _sources(assessment: Assessment, references: Any, catalogue: Catalogue) -> tuple[SourceReference, ...]:
    found = (assessment.rules.source(reference, catalogue.language.code) for reference in references)
    return tuple(SourceReference(**source) for source in found)
