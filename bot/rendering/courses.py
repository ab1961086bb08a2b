"""Words about vocational courses: lists as numbered cards, a course, consent, seats and waiting lists."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.courses.cards import Card, day_text, detail_text, summary_text, title_of, trade_name
from bot.courses.months import first_days
from bot.courses.places import place_text
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from bot.rendering.phone_request import phone_request
from content.library import Library
from content.topics import Aspect, Topic
from content.trades import load_trades
from content.translations import Catalogue

Data = Mapping[str, Any]
Maker = Callable[[Data, Catalogue], OutgoingMessage]

_PLAIN_KEYS = ("course_declined", "course_phone_saved", "course_phone_skipped", "course_unknown")


def course_button(key: str, catalogue: Catalogue, intent: str, **entities: str | None) -> Button:
    """Return a button with the words `course.button.<key>`."""
    return Button(title=catalogue.text(f"course.button.{key}"), payload=make_payload(intent, **entities))


def course_buttons(topic: str, catalogue: Catalogue) -> tuple[Button, ...]:
    """Return what is offered under an answer about `topic`: the open courses, where it is about learning a trade."""
    return (course_button("find", catalogue, "find_courses"),) if topic == Topic.VOCATIONAL_TRAINING else ()


class CourseMakers:
    """The makers of all message keys about courses, for `Renderer`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def by_key(self) -> dict[str, Maker]:
        """Return message key -> maker."""
        return {
            "course_list": self._list,
            "course_list_empty": self._nothing_found,
            "course_detail": self._detail,
            "course_not_open": self._not_open,
            "course_consent": self._consent,
            "course_registered": self._registered,
            "course_withdraw_sure": self._withdraw_sure,
            "course_withdrawn": self._withdrawn,
            "my_courses": self._mine,
            "trade_noted": self._trade_noted,
            "trade_forgotten": self._trade_forgotten,
            "course_phone_question": self._phone_question,
            "course_phone_wrong": self._phone_wrong,
            **dict.fromkeys(_PLAIN_KEYS, self._plain),
        }

    @staticmethod
    def _message(data: Data, text: str, buttons: Sequence[Button]) -> OutgoingMessage:
        understood = {name: data.get(name) for name in ("topic", "intent", "confidence")}
        return OutgoingMessage(text=text, buttons=tuple(buttons), **understood)

    @staticmethod
    def _ways_on(catalogue: Catalogue, *, find: bool = True) -> list[Button]:
        buttons = [course_button("find", catalogue, "find_courses")] if find else []
        menu = Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))
        return [*buttons, course_button("mine", catalogue, "my_courses"), menu]

    @staticmethod
    def _policy_button(catalogue: Catalogue) -> Button:
        return course_button("policy", catalogue, Topic.VOCATIONAL_TRAINING, aspect=Aspect.HOW_MUCH)

    def _where(self, catalogue: Catalogue) -> str:
        return self._library.offices["commune_peoples_committee"].how_to_reach(catalogue.language.catalogue).strip()

    def _plain(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text("course." + str(data["key"]).removeprefix("course_"))
        return self._message(data, text, self._ways_on(catalogue))

    @staticmethod
    def _asked_for(data: Data, catalogue: Catalogue) -> str:
        """What was looked for, in words: " · nghề May công nghiệp · khai giảng tháng 12/2026"."""
        parts = []
        if data.get("trade"):
            parts.append(catalogue.text("course.asked.trade", trade=trade_name(data["trade"], catalogue)))
        if data.get("place"):
            parts.append(catalogue.text("course.asked.place", place=place_text(data["place"], catalogue)))
        if data.get("month"):
            first, _ = first_days(data["month"])
            parts.append(catalogue.text("course.asked.month", month=f"{first.month:02}", year=first.year))
        return " · ".join(parts)

    def _list(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        asked = self._asked_for(data, catalogue)
        heading = catalogue.plural("course.list", data["total"])
        lines = [f"{heading}: {asked}" if asked else heading]
        lines += [f"{number}. {summary_text(card, catalogue)}" for number, card in enumerate(data["courses"], 1)]
        lines.append(catalogue.text("course.list_choose"))
        buttons = [_detail_button(card, catalogue) for card in data["courses"]]
        if data["more"]:
            selectors = {name: data.get(name) for name in ("trade", "place", "month")}
            page = str(data["page"] + 1)
            buttons.append(course_button("more", catalogue, "find_courses", **selectors, page=page))
        return self._message(data, "\n\n".join(lines), [*buttons, *self._ways_on(catalogue, find=False)])

    def _nothing_found(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        asked = self._asked_for(data, catalogue)
        key = "course.none_asked" if asked else "course.none"
        lines = [catalogue.text(key, asked=asked) if asked else catalogue.text(key)]
        buttons = []
        others = data["others"]
        if others.get("trade"):
            buttons.append(course_button("this_trade", catalogue, "find_courses", trade=data["trade"]))
        if others.get("place"):
            buttons.append(course_button("this_place", catalogue, "find_courses", place=data["place"]))
        if others.get("all"):
            buttons.append(course_button("all", catalogue, "find_courses"))
        if data.get("trade") and data["told"]:
            lines.append(catalogue.text("course.told_already", trade=trade_name(data["trade"], catalogue)))
        elif data.get("trade"):
            lines.append(catalogue.text("course.leave_interest", trade=trade_name(data["trade"], catalogue)))
            buttons.append(course_button("tell_me", catalogue, "course_interest", trade=data["trade"]))
        else:
            examples = ", ".join(trade.name(catalogue.language.catalogue) for trade in list(load_trades().values())[:3])
            lines.append(catalogue.text("course.name_a_trade", examples=examples))
        lines.append(catalogue.text("course.ask_commune", where=self._where(catalogue)))
        buttons += [self._policy_button(catalogue), *self._ways_on(catalogue, find=False)]
        return self._message(data, "\n\n".join(lines), buttons)

    def _detail(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        card = data["course"]
        lines = [detail_text(card, catalogue)]
        if card.get("interest"):
            lines.append(_place_in(card, catalogue))
            buttons = [course_button("withdraw", catalogue, "course_withdraw", course=card["code"])]
        elif card["open"]:
            buttons = [course_button("interested", catalogue, "course_interest", course=card["code"])]
        else:
            lines.append(catalogue.text(f"course.shut.{card['state']}"))
            buttons = [course_button("tell_me", catalogue, "course_interest", trade=card["trade"])]
        buttons += [self._policy_button(catalogue), *self._ways_on(catalogue)]
        return self._message(data, "\n\n".join(lines), buttons)

    def _not_open(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        card = data["course"]
        text = f"{title_of(card, catalogue)}\n{catalogue.text(f'course.shut.{card["state"]}')}"
        tell_me = course_button("tell_me", catalogue, "course_interest", trade=card["trade"])
        return self._message(data, text, [tell_me, *self._ways_on(catalogue)])

    def _consent(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        agree = course_button("agree", catalogue, "course_agree", **data["about"])
        return self._message(data, str(data["words"]), [agree, course_button("disagree", catalogue, "deny")])

    def _registered(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        card = data["course"]
        text = catalogue.text(
            "course.registered_again" if data["again"] else f"course.now_{card['interest']}",
            title=title_of(card, catalogue),
            place=_place_in(card, catalogue),
        )
        buttons = []
        if not card["has_phone"]:
            buttons.append(course_button("phone", catalogue, "course_phone", course=card["code"]))
        buttons.append(course_button("withdraw", catalogue, "course_withdraw", course=card["code"]))
        return self._message(data, text, [*buttons, *self._ways_on(catalogue, find=False)])

    def _withdraw_sure(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        card = data["course"]
        text = catalogue.text("course.withdraw_sure", title=title_of(card, catalogue))
        sure = course_button("withdraw_sure", catalogue, "course_withdraw", course=card["code"], sure="yes")
        return self._message(data, text, [sure, course_button("keep", catalogue, "my_courses")])

    def _withdrawn(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        key = "course.withdrawn" if data["was_there"] else "course.was_not_there"
        text = catalogue.text(key, title=title_of(data["course"], catalogue))
        return self._message(data, text, self._ways_on(catalogue))

    def _mine(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        lines, buttons = [], []
        if data["courses"]:
            lines.append(catalogue.text("course.mine"))
        for number, card in enumerate(data["courses"], 1):
            lines.append(f"{number}. {summary_text(card, catalogue)}\n{_place_in(card, catalogue)}")
            title = catalogue.text("course.button.withdraw_from", title=title_of(card, catalogue))
            buttons.append(Button(title=title, payload=make_payload("course_withdraw", course=card["code"])))
        for trade in data["trades"]:
            name = trade_name(trade, catalogue)
            lines.append(catalogue.text("course.told_already", trade=name))
            title = catalogue.text("course.button.no_more_news_of", trade=name)
            buttons.append(Button(title=title, payload=make_payload("course_withdraw", trade=trade)))
        if not lines:
            lines.append(catalogue.text("course.mine_none"))
        return self._message(data, "\n\n".join(lines), [*buttons, *self._ways_on(catalogue)])

    def _trade_noted(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text("course.trade_noted", trade=trade_name(data["trade"], catalogue))
        return self._message(data, text, self._ways_on(catalogue))

    def _trade_forgotten(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text("course.trade_forgotten", trade=trade_name(data["trade"], catalogue))
        return self._message(data, text, self._ways_on(catalogue))

    def _phone_question(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        return self._asks_for_phone(data, str(data["words"]), catalogue)

    def _phone_wrong(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        return self._asks_for_phone(data, catalogue.text("course.phone_wrong"), catalogue)

    def _asks_for_phone(self, data: Data, text: str, catalogue: Catalogue) -> OutgoingMessage:
        asked = self._message(data, text, [course_button("skip", catalogue, "deny")])
        return asked.model_copy(update={"phone_request": phone_request(catalogue)})


def _detail_button(card: Card, catalogue: Catalogue) -> Button:
    # Courses of one trade often bear the same title; the first day tells them apart.
    title = f"{title_of(card, catalogue)} ({day_text(card['starts_on'], catalogue)})"
    return Button(title=title, payload=make_payload("course_detail", course=card["code"]))


def _place_in(card: Card, catalogue: Catalogue) -> str:
    if card["state"] == "cancelled":
        return catalogue.text("course.shut.cancelled")
    return catalogue.text(f"course.place_{card['interest']}", position=card["position"])
