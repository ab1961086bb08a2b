"""Numbered menus for people who do not type: topics, then aspects and groups of a topic, then the answer.

Everything is read from the library: what has no valid statement on the day is not offered. Like on a telephone, 1 to 8
choose, 9 shows more, 0 goes back; a typed number presses the button in that place (`bot/conversation.py`).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bot.languages import SpokenLanguages
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from bot.rendering.first_lines import neutral_topic
from content.aspect_names import aspect_name
from content.library import Library
from content.topics import Aspect, Group, Topic
from content.translations import Catalogue

#: Topics offered by the menu, in the order of how often people ask, as far as something valid is known about them.
MENU_ORDER = tuple(topic for topic in Topic if topic not in (Topic.OUT_OF_SCOPE, Topic.CHITCHAT, Topic.CONTACT_OFFICE))

#: Choices on one page: with "more" and "back" each has a digit of its own.
PAGE = 8

Data = Mapping[str, Any]


def numbered(buttons: Sequence[Button], *, back: Button | None) -> tuple[Button, ...]:
    """Return `buttons` with their numbers in front, and `back` last, as number 0."""
    counted = tuple(
        button.model_copy(update={"title": f"{number}. {button.title}"}) for number, button in enumerate(buttons, 1)
    )
    return counted if back is None else (*counted, back.model_copy(update={"title": f"0. {back.title}"}))


class Menus:
    """Makes the messages of the menus."""

    def __init__(self, library: Library, languages: SpokenLanguages) -> None:
        self._library = library
        self._languages = languages

    def main(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return the topics of the day; the words are those of the message key."""
        topics = self._topics(date.fromisoformat(data["on"]))
        page = _page_of(data, len(topics))
        buttons = [
            Button(title=catalogue.text(f"topic.{topic}"), payload=make_payload("topic_menu", topic=topic))
            for topic in topics
        ]
        shown = _page(buttons, page, make_payload("menu", page=str(page + 1)), catalogue)
        if page == 1:
            shown.append(Button(title=catalogue.text("check.button.start"), payload=make_payload("check_eligibility")))
            shown.append(Button(title=catalogue.text("bot.button.person"), payload=make_payload("ask_person")))
            shown += self._languages.buttons(catalogue, date.fromisoformat(data["on"]))
            back = None
        else:
            back = Button(title=catalogue.text("bot.button.back"), payload=_menu_payload(page - 1))
        return OutgoingMessage(
            text=catalogue.text(f"bot.{data['key']}", language=catalogue.language.name),
            buttons=numbered(shown, back=back),
            **_understood(data),
        )

    def of_topic(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return what is known about a topic, or about a topic for one group."""
        on = date.fromisoformat(data["on"])
        topic, group = Topic(data["topic"]), data.get("household_group")
        topics = self._topics(on)
        if topic not in topics:
            return self.main({**data, "key": "menu"}, catalogue)
        buttons = [
            Button(
                title=aspect_name(topic, aspect, catalogue),
                payload=make_payload(topic, aspect=aspect, household_group=group),
            )
            for aspect in self._aspects(topic, group, on)
        ]
        if group is None:
            buttons += [
                Button(
                    title=catalogue.text(f"group.{other}"),
                    payload=make_payload("topic_menu", topic=topic, household_group=other),
                )
                for other in self._groups(topic, on)
            ]
        page = _page_of(data, len(buttons))
        more = make_payload("topic_menu", topic=topic, household_group=group, page=str(page + 1))
        if page > 1:
            back = make_payload(
                "topic_menu", topic=topic, household_group=group, page=str(page - 1) if page > 2 else None
            )
        elif group is not None:
            back = make_payload("topic_menu", topic=topic)
        else:
            back = _menu_payload(topics.index(topic) // PAGE + 1)
        text = catalogue.text("bot.topic_menu", topic=neutral_topic(topic, catalogue))
        if group is not None:
            text += "\n" + catalogue.text("bot.topic_menu_group", group=catalogue.text(f"group.{group}"))
        return OutgoingMessage(
            text=text,
            buttons=numbered(
                _page(buttons, page, more, catalogue),
                back=Button(title=catalogue.text("bot.button.back"), payload=back),
            ),
            **_understood(data),
        )

    def _topics(self, on: date) -> list[Topic]:
        known = self._library.topics_on(on)
        return [topic for topic in MENU_ORDER if topic in known]

    def _aspects(self, topic: Topic, group: str | None, on: date) -> list[Aspect]:
        found = []
        for aspect in Aspect:
            answer = self._library.answer(topic, aspect=aspect, group=group, on=on)
            if answer is not None and answer.aspect is aspect:
                found.append(aspect)
        return found

    def _groups(self, topic: Topic, on: date) -> list[Group]:
        known = {
            group
            for statement in self._library.statements.values()
            if statement.topic is topic and any(period.covers(on) for period in self._library.periods_of(statement))
            for group in statement.groups
        }
        return [group for group in Group if group in known]


def _menu_payload(page: int) -> str:
    return make_payload("menu", page=str(page) if page > 1 else None)


def _page_of(data: Data, number_of_choices: int) -> int:
    """Return the page asked for, the last one where there are fewer."""
    pages = max(1, -(-number_of_choices // PAGE))
    return max(1, min(int(data.get("page") or 1), pages))


def _page(buttons: Sequence[Button], page: int, more: str, catalogue: Catalogue) -> list[Button]:
    begin = (page - 1) * PAGE
    shown = list(buttons[begin : begin + PAGE])
    if len(buttons) > begin + PAGE:
        shown.append(Button(title=catalogue.text("bot.button.more"), payload=more))
    return shown


def _understood(data: Data) -> dict[str, Any]:
    return {"topic": data.get("topic"), "intent": data.get("intent"), "confidence": data.get("confidence")}
