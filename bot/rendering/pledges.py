"""Words for making a pledge: each question, what was the matter with a reply, the summary, and how it ended."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.courses.places import place_text
from bot.giving.draft import (
    AMOUNT,
    AREA,
    CHOICES,
    CONTACT,
    EXPECTED,
    KIND,
    OPTIONAL,
    PARTS,
    PEOPLE,
    PURPOSE,
    SCHEDULE,
    SURE,
    Draft,
    Offers,
)
from bot.giving.summary import editable
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from bot.rendering.menus import numbered
from bot.rendering.phone_request import phone_request
from content.topics import Topic
from content.translations import Catalogue
from fund.names import public_name
from fund.pledging import LEAST, MOST, MOST_PARTS

Data = Mapping[str, Any]
Maker = Callable[[Data, Catalogue], OutgoingMessage]

#: Questions that are answered with a number of something: there a typed 2 is two, and not the second button.
_ASKS_FOR_A_NUMBER = frozenset({AMOUNT, EXPECTED, PARTS, PEOPLE})
#: What is said to somebody who wants to be called and has not given a number yet, or a wrong one.
_NOTES_ON_PHONES = frozenset({"type_phone", "phone"})


def reply_button(catalogue: Catalogue, key: str, value: str, **values: object) -> Button:
    """Return a button of the form with the words `pledge.button.<key>`."""
    return Button(
        title=catalogue.text(f"pledge.button.{key}", **values), payload=make_payload("pledge_reply", pledge=value)
    )


def giving_buttons(topic: str, catalogue: Catalogue) -> tuple[Button, ...]:
    """Return what is offered under an answer about giving: to promise a gift, or to look one's own up."""
    if topic == Topic.DONATE_OR_PLEDGE:
        return (make_button(catalogue), mine_button(catalogue))
    return (mine_button(catalogue),) if topic == Topic.DONATION_RECEIPT_TRANSPARENCY else ()


def make_button(catalogue: Catalogue) -> Button:
    """Return the button that begins a pledge."""
    return Button(title=catalogue.text("pledge.button.make"), payload=make_payload("make_pledge"))


def mine_button(catalogue: Catalogue) -> Button:
    """Return the button that shows the gifts of a conversation."""
    return Button(title=catalogue.text("gift.button.mine"), payload=make_payload("my_gifts"))


def message_of(data: Data, text: str, buttons: Sequence[Button] = (), **more: Any) -> OutgoingMessage:
    """Return a message with what was understood."""
    understood = {name: data.get(name) for name in ("topic", "intent", "confidence")}
    return OutgoingMessage(text=text, buttons=tuple(buttons), **understood, **more)


def menu_button(catalogue: Catalogue) -> Button:
    """Return the button to the menu."""
    return Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))


def person_button(catalogue: Catalogue) -> Button:
    """Return the button to a person."""
    return Button(title=catalogue.text("bot.button.person"), payload=make_payload("ask_person"))


class PledgeMakers:
    """The makers of all message keys about making a pledge, for `Renderer`."""

    def by_key(self) -> dict[str, Maker]:
        """Return message key -> maker."""
        return {
            "pledge_question": self._question,
            "pledge_summary": self._summary,
            "pledge_waits": self._waits,
            "pledge_dropped": self._dropped,
            "pledge_refused": self._refused,
            "pledge_none": self._dropped,
        }

    def _question(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        draft = _draft(data)
        asking = draft.asking
        lines = _notes(data, draft, catalogue)
        lines.append(_asked(draft, catalogue))
        buttons = _choices(data, asking, catalogue)
        if asking in OPTIONAL and asking != CONTACT:
            buttons.append(reply_button(catalogue, "skip", f"{asking}.skip"))
        if draft.answers:
            buttons.append(reply_button(catalogue, "undo", "undo"))
        buttons.append(reply_button(catalogue, "stop", "stop"))
        if data["stuck"]:
            buttons.append(person_button(catalogue))
        counts = asking not in _ASKS_FOR_A_NUMBER and asking in {*CHOICES, AREA, PURPOSE}
        shown = numbered(buttons, back=None) if counts else tuple(buttons)
        by_button = phone_request(catalogue) if draft.note in _NOTES_ON_PHONES else None
        return message_of(data, "\n".join(lines), shown, numbered=counts, phone_request=by_button)

    def _summary(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        draft = _draft(data)
        offers = _offers(data)
        lines = _notes(data, draft, catalogue)
        lines.append(catalogue.text("pledge.summary"))
        shown = editable(draft, offers)
        lines += [
            f"• {catalogue.text(f'pledge.name.{question}')}: {_answer(draft, question, data, catalogue)}"
            for question in shown
        ]
        if draft.answers[KIND] == "money" and draft.answers.get(SCHEDULE) == "monthly":
            lines.append(f"• {catalogue.text('pledge.name.total')}: {catalogue.money(draft.total or 0)}")
        lines.append(catalogue.text("pledge.summary.ask"))
        buttons = [reply_button(catalogue, "confirm", f"confirm.{draft.fingerprint}")]
        buttons += [
            reply_button(catalogue, "edit", f"edit.{question}", what=_lower(catalogue.text(f"pledge.name.{question}")))
            for question in shown
        ]
        buttons.append(reply_button(catalogue, "stop", "stop"))
        if data["stuck"]:
            buttons.append(person_button(catalogue))
        return message_of(data, "\n".join(lines), numbered(buttons, back=None))

    def _waits(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        go_on = Button(title=catalogue.text("pledge.button.resume"), payload=make_payload("make_pledge"))
        return message_of(data, catalogue.text("pledge.waits"), [go_on, menu_button(catalogue)])

    def _dropped(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text(f"pledge.{str(data['key']).removeprefix('pledge_')}")
        return message_of(data, text, [make_button(catalogue), menu_button(catalogue)])

    def _refused(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text(f"pledge.refused.{data['cause']}", **_limits(catalogue))
        return message_of(data, text, [make_button(catalogue), person_button(catalogue), menu_button(catalogue)])


def _draft(data: Data) -> Draft:
    draft = Draft.from_slot(data["draft"])
    assert draft is not None
    return draft


def _offers(data: Data) -> Offers:
    return Offers(tuple(one["id"] for one in data["purposes"]), tuple(data["communes"]))


def _limits(catalogue: Catalogue) -> dict[str, str]:
    return {"least": catalogue.money(LEAST), "most": catalogue.money(MOST), "most_parts": catalogue.number(MOST_PARTS)}


def _notes(data: Data, draft: Draft, catalogue: Catalogue) -> list[str]:
    lines = []
    if draft.note is not None:
        lines.append(catalogue.text(f"pledge.note.{draft.note}", **_limits(catalogue)))
    if data["stuck"]:
        lines.append(catalogue.text("pledge.stuck"))
    return lines


def _asked(draft: Draft, catalogue: Catalogue) -> str:
    asking, answers = draft.asking, draft.answers
    if asking == SURE:
        return catalogue.text("pledge.ask.sure", amount=catalogue.money(draft.total or 0))
    if asking == PARTS:
        return catalogue.text(f"pledge.ask.parts.{answers[SCHEDULE]}", most=catalogue.number(MOST_PARTS))
    if asking == "name":
        return catalogue.text(f"pledge.ask.name.{'drive' if answers[KIND] == 'drive' else answers['donor']}")
    return catalogue.text(f"pledge.ask.{asking}")


def _choices(data: Data, asking: str, catalogue: Catalogue) -> list[Button]:
    if asking == AREA:
        places = [
            Button(title=place_text(commune, catalogue), payload=make_payload("pledge_reply", pledge=f"area.{commune}"))
            for commune in data["communes"]
        ]
        return [*places]
    if asking == PURPOSE:
        language = "en" if catalogue.language.catalogue == "en" else "vi"
        return [
            Button(title=one[language], payload=make_payload("pledge_reply", pledge=f"purpose.{one['id']}"))
            for one in data["purposes"]
        ]
    return [
        Button(
            title=catalogue.text(f"pledge.choice.{asking}.{choice}"),
            payload=make_payload("pledge_reply", pledge=f"{asking}.{choice}"),
        )
        for choice in CHOICES.get(asking, ())
    ]


def _answer(draft: Draft, question: str, data: Data, catalogue: Catalogue) -> str:
    """Return an answer as the summary says it."""
    answer = draft.answers[question]
    if question == CONTACT:
        return catalogue.text(f"pledge.answer.contact.{answer['way']}", phone=answer.get("phone", ""))
    if answer is None:
        return catalogue.text(f"pledge.answer.none.{question}")
    if question == AMOUNT and draft.answers.get(SCHEDULE) == "monthly":
        return catalogue.text("pledge.answer.per_month", amount=catalogue.money(answer))
    if question in (AMOUNT, EXPECTED):
        return catalogue.money(answer)
    if question in (PARTS, PEOPLE):
        return catalogue.number(answer)
    if question == AREA:
        return place_text(answer, catalogue)
    if question == PURPOSE:
        language = "en" if catalogue.language.catalogue == "en" else "vi"
        return str(next(one[language] for one in data["purposes"] if one["id"] == answer))
    if question == "shown" and answer == "masked" and (name := draft.answers.get("name")):
        masked = public_name(name, "masked")
        return catalogue.text("pledge.answer.shown.masked", name=masked)
    if question in CHOICES:
        return catalogue.text(f"pledge.choice.{question}.{answer}")
    return str(answer)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
