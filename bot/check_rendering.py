"""Words for the guided check "may my household get this?": questions, result, what becomes of the answers."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.actions.eligibility.state import HEADS, PEOPLE, PEOPLE_FACTS, Check
from bot.messages import Button, OutgoingMessage, SourceReference
from bot.payloads import make_payload
from content.eligibility import Assessment, ProgrammeResult, Result
from content.legislation.facts import FactKind
from content.legislation.questions import Question
from content.translations import Catalogue

#: Programmes offered as buttons under a result; the others are in its list.
PROGRAMMES_OFFERED = 8
#: From this many answers on, people may see the result early.
WORTH_A_RESULT = 2

Data = Mapping[str, Any]


def _reply(catalogue: Catalogue, command: str) -> Button:
    return Button(title=catalogue.text(f"check.button.{command}"), payload=make_payload("inform", check=command))


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
        return self._message("\n".join([progress, *lines]), data, buttons, numbered=numbered)

    def _stuck(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        asked = self._question({**data, "check": {**data["check"], "problem": None}}, catalogue)
        person = Button(title=catalogue.text("bot.button.person"), payload=make_payload("ask_person"))
        text = f"{catalogue.text('check.stuck')}\n\n{asked.text}"
        return asked.model_copy(update={"text": text, "buttons": (*asked.buttons, person)})

    def _result(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        check, on = _check(data)
        assessment = check.assessment(on)
        language = catalogue.language.code
        paragraphs = [
            catalogue.text("check.result.first", date=catalogue.date(on)),
            "\n".join(reason.text(language) for reason in assessment.why),
        ]
        offered: list[ProgrammeResult] = []
        for result in Result:
            found = [one for one in assessment.programmes if one.result is result]
            if found:
                names = "\n".join(f"• {one.name(language)}" for one in found)
                paragraphs.append(f"{catalogue.text(f'check.result.{result.value}')}\n{names}")
                offered += found
        if not offered:
            paragraphs.append(catalogue.text("check.result.nothing_yet"))
        if assessment.questions:
            question = _words(check, assessment.questions[0], catalogue)
            paragraphs.append(catalogue.text("check.result.one_more", question=question))
        paragraphs.append(catalogue.text("check.result.commune_decides"))
        paragraphs.append(catalogue.text("check.result.kept" if check.kept else "check.result.not_kept"))
        buttons = [
            Button(title=one.name(language), payload=make_payload("inform", check=f"programme.{one.id}"))
            for one in offered[:PROGRAMMES_OFFERED]
        ]
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


def _sources(assessment: Assessment, references: Any, catalogue: Catalogue) -> tuple[SourceReference, ...]:
    found = (assessment.rules.source(reference, catalogue.language.code) for reference in references)
    return tuple(SourceReference(**source) for source in found)
