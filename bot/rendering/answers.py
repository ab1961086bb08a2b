"""The words of a policy answer: first line, what holds, how sure it is, what changes, from when until when."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.languages import SpokenLanguages, Told
from bot.messages import Button, OutgoingMessage, SourceReference, Validity
from bot.payloads import make_payload
from bot.rendering.check import check_buttons
from bot.rendering.courses import course_buttons
from bot.rendering.first_lines import first_line, neutral_topic
from bot.rendering.helpdesk import complaint_buttons
from bot.rendering.places import PlaceRenderer
from bot.rendering.pledges import giving_buttons
from content.answers import Answer
from content.aspect_names import aspect_name
from content.library import Library
from content.translations import Catalogue
from store.ticket_states import TicketReason

#: Aspects offered under an answer. More would push the answer itself off a small screen.
OFFERED_ASPECTS = 4

Data = Mapping[str, Any]


class AnswerWords:
    """Makes messages about statements of the library."""

    def __init__(self, library: Library, places: PlaceRenderer, languages: SpokenLanguages) -> None:
        self._library = library
        self._places = places
        self._languages = languages

    def answer(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return the answer that `data` selects, or "no valid source" where there is none that day."""
        answer = self._found(data)
        if answer is None:
            return self.no_source(data, catalogue)
        told = self._languages.told(answer, catalogue.language.code)
        paragraphs = self._paragraphs(answer, told, data, catalogue)
        return self._message(answer, paragraphs, data, catalogue).model_copy(update={"audio": told.audio})

    def in_force(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return since when, until when and by which documents the statement that `data` selects holds."""
        answer = self._found(data)
        if answer is None:
            return self.no_source(data, catalogue)
        language = catalogue.language.code
        documents = ", ".join(dict.fromkeys(source.document_name_in(language) for source in answer.sources))
        paragraphs = [
            self._first_line(answer, data, catalogue),
            self._validity_line(answer, on_another_day=data["on"] != data["today"], catalogue=catalogue),
            catalogue.text("bot.sources", sources=documents),
            *self._warnings(answer, data, catalogue),
        ]
        return self._message(answer, paragraphs, data, catalogue)

    def no_source(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return "I have no certain source", with the office to ask."""
        text = catalogue.text(
            "bot.no_source",
            topic=neutral_topic(data["topic"], catalogue),
            day=catalogue.date(date.fromisoformat(data["on"])),
            where=self.where(self._library.office_of(data["topic"]), catalogue),
        )
        if data.get("office_of") is not None:
            text += "\n\n" + self._places.office_line(data["office_of"], catalogue)
        payload = make_payload("ask_person", why=TicketReason.NOT_ANSWERED)
        person = Button(title=catalogue.text("bot.button.person"), payload=payload)
        return OutgoingMessage(
            text=text,
            buttons=(*course_buttons(data["topic"], catalogue), person, _menu_button(catalogue)),
            **_understood(data),
        )

    def more_questions(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return the questions of a long message that were not answered yet, as buttons."""
        buttons = tuple(
            Button(
                title=_title(asked, catalogue),
                payload=make_payload(
                    asked["topic"],
                    aspect=asked.get("aspect"),
                    household_group=asked.get("household_group"),
                    programme=asked.get("programme"),
                    area=asked.get("area"),
                ),
            )
            for asked in data["asked"]
        )
        named = "\n".join(f"• {button.title}" for button in buttons)
        return OutgoingMessage(
            text=catalogue.text("bot.more_questions", questions=named),
            buttons=(*buttons, _menu_button(catalogue)),
            **_understood(data),
        )

    def where(self, office: str, catalogue: Catalogue) -> str:
        """Return how to reach an office."""
        return self._library.offices[office].how_to_reach(catalogue.language.catalogue).strip()

    def _found(self, data: Data) -> Answer | None:
        return self._library.answer(
            data["topic"],
            aspect=data.get("aspect"),
            group=data.get("household_group"),
            programme=data.get("programme"),
            area=data.get("area"),
            on=date.fromisoformat(data["on"]),
            today=date.fromisoformat(data["today"]),
        )

    def _message(self, answer: Answer, paragraphs: list[str], data: Data, catalogue: Catalogue) -> OutgoingMessage:
        return OutgoingMessage(
            text="\n\n".join(paragraphs),
            buttons=self._buttons(answer, catalogue),
            sources=self._sources(answer, catalogue),
            statement=answer.statement_id,
            valid=Validity(
                valid_from=answer.valid_from.isoformat(),
                valid_to=answer.valid_to.isoformat() if answer.valid_to else None,
                as_of=answer.on.isoformat(),
            ),
            **_understood(data),
        )

    @staticmethod
    def _first_line(answer: Answer, data: Data, catalogue: Catalogue) -> str:
        return first_line(
            answer.topic, answer.on, catalogue, number=int(data.get("number") or 1), of=int(data.get("of") or 1)
        )

    def _paragraphs(self, answer: Answer, told: Told, data: Data, catalogue: Catalogue) -> list[str]:
        paragraphs = [self._first_line(answer, data, catalogue)]
        if data.get("kept_group") and answer.group is not None:
            paragraphs.append(catalogue.text("bot.kept_group", group=_lower(catalogue.text(f"group.{answer.group}"))))
        if data.get("not_held"):
            missing = _lower(catalogue.text(f"not_held.{data['not_held']}"))
            paragraphs.append(catalogue.text("bot.aspect_not_known", aspect=missing))
        if not answer.aspect_answered:
            asked = _lower(aspect_name(answer.topic, data["aspect"], catalogue))
            paragraphs.append(catalogue.text("bot.aspect_not_known", aspect=asked))
        paragraphs += told.paragraphs
        if data.get("office_of") is not None:
            paragraphs.append(self._places.office_line(data["office_of"], catalogue))
        paragraphs += self._warnings(answer, data, catalogue)
        # "We do not know" does not hold from a day on; an end is told, and another day than today is named.
        if not answer.uncertain or answer.valid_to is not None or data["on"] != data["today"]:
            on_another_day = data["on"] != data["today"]
            paragraphs.append(self._validity_line(answer, on_another_day=on_another_day, catalogue=catalogue))
        return paragraphs

    def _warnings(self, answer: Answer, data: Data, catalogue: Catalogue) -> list[str]:
        language = catalogue.language.code
        warnings = []
        if answer.uncertain or answer.needs_confirmation or not answer.aspect_answered:
            key = "bot.uncertain" if answer.uncertain else "bot.needs_confirmation"
            warnings.append(catalogue.text(key, where=self.where(answer.office, catalogue)))
        if answer.stale:
            warnings.append(catalogue.text("bot.stale", where=self.where(answer.office, catalogue)))
        for source in answer.sources:
            if source.replaced_by:
                newer = ", ".join(source.replaced_by)
                warnings.append(catalogue.text("bot.replaced", document=source.document_name_in(language), newer=newer))
        if answer.upcoming is not None:
            warnings.append(catalogue.text("bot.coming_change", text=self._languages.announced(answer, language)))
        return warnings

    @staticmethod
    def _validity_line(answer: Answer, *, on_another_day: bool, catalogue: Catalogue) -> str:
        begin = catalogue.date(answer.valid_from)
        if answer.valid_to is None or not answer.end_known:
            line = catalogue.text("bot.valid_from", begin=begin)
        else:
            line = catalogue.text("bot.valid_between", begin=begin, end=catalogue.date(answer.valid_to))
        if on_another_day:
            line += " " + catalogue.text("bot.as_on", on=catalogue.date(answer.on))
        return line

    @staticmethod
    def _buttons(answer: Answer, catalogue: Catalogue) -> tuple[Button, ...]:
        # From a matter of its own the buttons lead back to the topic's main road.
        group = None if answer.matter_of_its_own else answer.group
        aspects = [
            Button(
                title=aspect_name(answer.topic, aspect, catalogue),
                payload=make_payload(answer.topic, aspect=aspect, household_group=group),
            )
            for aspect in answer.other_aspects[:OFFERED_ASPECTS]
        ]
        # Number 0 goes back to the menu of the topic; it is the last button, like in every menu.
        back = Button(
            title=catalogue.text("bot.button.topic_menu"), payload=make_payload("topic_menu", topic=answer.topic)
        )
        leads_on = (
            *course_buttons(answer.topic, catalogue),
            *check_buttons(answer.topic, catalogue),
            *complaint_buttons(answer.topic, catalogue),
            *giving_buttons(answer.topic, catalogue),
        )
        return (*aspects, *leads_on, _menu_button(catalogue), back)

    @staticmethod
    def _sources(answer: Answer, catalogue: Catalogue) -> tuple[SourceReference, ...]:
        language = catalogue.language.code
        return tuple(
            SourceReference(
                document=source.document_name_in(language),
                title=source.title_in(language),
                article=source.article_in(language),
                url=source.url,
            )
            for source in answer.sources
        )


def _title(asked: Data, catalogue: Catalogue) -> str:
    """Return "topic – aspect – group" as far as they were said."""
    parts = [catalogue.text(f"topic.{asked['topic']}")]
    if asked.get("aspect"):
        parts.append(_lower(aspect_name(asked["topic"], asked["aspect"], catalogue)))
    if group := asked.get("programme") or asked.get("household_group"):
        parts.append(_lower(catalogue.text(f"group.{group}")))
    return " – ".join(parts)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _menu_button(catalogue: Catalogue) -> Button:
    return Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))


def _understood(data: Data) -> dict[str, Any]:
    return {"topic": data.get("topic"), "intent": data.get("intent"), "confidence": data.get("confidence")}
