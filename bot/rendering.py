"""Words from message keys: the one place where what the bot says becomes text in the person's language."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.check_rendering import CheckRenderer
from bot.languages import SpokenLanguages, Told
from bot.messages import Button, OutgoingMessage, SourceReference, Validity
from bot.payloads import make_payload
from bot.place_rendering import PlaceRenderer
from bot.rasa_client import RasaFailed
from bot.rendering_courses import CourseMakers, course_buttons
from content.answers import Answer
from content.aspect_names import aspect_name
from content.human_languages import HumanLanguages
from content.library import Library
from content.topics import Topic
from content.translations import Catalogue, catalogue_for

#: Topics offered by the menu, in the order of how often people ask, as far as something valid is known about them.
MENU_ORDER = tuple(topic for topic in Topic if topic not in (Topic.OUT_OF_SCOPE, Topic.CHITCHAT, Topic.CONTACT_OFFICE))

#: Aspects offered under an answer. More would push the answer itself off a small screen.
OFFERED_ASPECTS = 4

Data = Mapping[str, Any]


class Renderer:
    """Turns `{"key": …, data}` from an action into messages."""

    def __init__(self, library: Library, languages: SpokenLanguages | None = None) -> None:
        self._library = library
        self._languages = languages or SpokenLanguages(HumanLanguages(library))
        self._places = PlaceRenderer(library)
        self._makers: dict[str, Callable[[Data, Catalogue], OutgoingMessage]] = {
            "answer": self._answer,
            "no_source": self._no_source,
            "did_you_mean": self._did_you_mean,
            "do_not_know": self._plain_with_menu,
            "out_of_scope": self._plain_with_menu,
            "contact_person": self._plain_with_menu,
            "welcome": self._menu,
            "menu": self._menu,
            "help": self._menu,
            "greet": self._menu,
            "thanks": self._plain,
            "goodbye": self._plain,
            "chitchat": self._plain_with_menu,
            "bot_challenge": self._plain_with_menu,
            "affirm": self._menu,
            "deny": self._menu,
            "language_changed": self._menu,
            "language_changed_partly": self._menu,
            "choose_language": self._choose_language,
            "language_not_there": self._choose_language,
            "forgotten": self._plain,
            "forget_offered": self._forget_offered,
            **self._places.makers,
            **CourseMakers(library).by_key(),
            **CheckRenderer().makers,
        }

    def replies(self, said: Sequence[Data], language: str, *, introduce: bool) -> list[OutgoingMessage]:
        """Return what Rasa `said` in words.

        Args:
            said: Rasa's messages; each carries `custom: {"key": …}`.
            language: the person's language.
            introduce: add the line that says "I am a machine; this is how to reach a person".

        Raises:
            RasaFailed: Rasa said something without a key that we know.
        """
        messages = []
        introduced = not introduce
        for one in said:
            data = one.get("custom")
            if not isinstance(data, Mapping) or data.get("key") not in self._makers:
                raise RasaFailed("Rasa said something that is no message key of ours")
            catalogue = catalogue_for(str(data.get("language") or language))
            message = self._makers[str(data["key"])](data, catalogue)
            if message.audio is None and (
                audio := self._languages.audio_of(f"bot.{data['key']}", catalogue.language.code)
            ):
                message = message.model_copy(update={"audio": audio})
            messages.append(message)
            introduced = introduced or data["key"] in ("welcome", "greet", "bot_challenge")
        if not introduced:
            last = messages[-1]
            line = catalogue_for(language).text("bot.introduction")
            messages[-1] = last.model_copy(update={"text": f"{last.text}\n\n{line}"})
        return messages

    def please_wait(self, language: str) -> OutgoingMessage:
        """Return the line for people whose answer takes long."""
        return OutgoingMessage(text=catalogue_for(language).text("bot.please_wait"))

    def apology(self, language: str) -> OutgoingMessage:
        """Return the line for people whose question cannot be answered because of a fault of ours."""
        catalogue = catalogue_for(language)
        return OutgoingMessage(
            text=catalogue.text("bot.apology", where=self._where("commune_peoples_committee", catalogue)),
            buttons=(self._menu_button(catalogue),),
        )

    def _where(self, office: str, catalogue: Catalogue) -> str:
        return self._library.offices[office].how_to_reach(catalogue.language.catalogue).strip()

    @staticmethod
    def _understood(data: Data) -> dict[str, Any]:
        return {"topic": data.get("topic"), "intent": data.get("intent"), "confidence": data.get("confidence")}

    @staticmethod
    def _menu_button(catalogue: Catalogue) -> Button:
        return Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))

    @staticmethod
    def _person_button(catalogue: Catalogue) -> Button:
        return Button(title=catalogue.text("bot.button.person"), payload=make_payload("ask_person"))

    def _plain(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        return OutgoingMessage(text=catalogue.text(f"bot.{data['key']}"), **self._understood(data))

    def _forget_offered(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        button = Button(title=catalogue.text("bot.button.forget"), payload=make_payload("forget"))
        return self._plain(data, catalogue).model_copy(update={"buttons": (button, self._menu_button(catalogue))})

    def _plain_with_menu(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        buttons = [self._menu_button(catalogue)]
        if data["key"] != "contact_person":
            buttons.append(self._person_button(catalogue))
        text = catalogue.text(f"bot.{data['key']}", where=self._where("commune_peoples_committee", catalogue))
        return OutgoingMessage(text=text, buttons=tuple(buttons), **self._understood(data))

    def _menu(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        known = self._library.topics_on(date.fromisoformat(data["on"]))
        buttons = [
            Button(title=catalogue.text(f"topic.{topic}"), payload=make_payload(topic))
            for topic in MENU_ORDER
            if topic in known
        ]
        buttons.append(self._person_button(catalogue))
        buttons += self._languages.buttons(catalogue, date.fromisoformat(data["on"]))
        return OutgoingMessage(
            text=catalogue.text(f"bot.{data['key']}", language=catalogue.language.name),
            buttons=tuple(buttons),
            **self._understood(data),
        )

    def _choose_language(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text(
            f"bot.{data['key']}",
            wanted=data.get("wanted") or "",
            where=self._where("commune_peoples_committee", catalogue),
        )
        buttons = self._languages.buttons(catalogue, date.fromisoformat(data["on"]))
        return OutgoingMessage(text=text, buttons=(*buttons, self._menu_button(catalogue)), **self._understood(data))

    def _did_you_mean(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        buttons = [
            Button(
                title=catalogue.text(f"topic.{topic}"),
                payload=make_payload(topic, aspect=data.get("aspect"), household_group=data.get("household_group")),
            )
            for topic in data["topics"]
        ]
        return OutgoingMessage(
            text=catalogue.text("bot.did_you_mean", where=self._where("commune_peoples_committee", catalogue)),
            buttons=(*buttons, self._menu_button(catalogue), self._person_button(catalogue)),
            **self._understood(data),
        )

    def _no_source(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text(
            "bot.no_source",
            topic=catalogue.text(f"topic.{data['topic']}"),
            day=catalogue.date(date.fromisoformat(data["on"])),
            where=self._where(self._library.office_of(data["topic"]), catalogue),
        )
        if data.get("office_of") is not None:
            text += "\n\n" + self._places.office_line(data["office_of"], catalogue)
        return OutgoingMessage(
            text=text,
            buttons=(
                *course_buttons(data["topic"], catalogue),
                self._menu_button(catalogue),
                self._person_button(catalogue),
            ),
            **self._understood(data),
        )

    def _answer(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        on, today = date.fromisoformat(data["on"]), date.fromisoformat(data["today"])
        answer = self._library.answer(
            data["topic"],
            aspect=data.get("aspect"),
            group=data.get("household_group"),
            programme=data.get("loan_programme"),
            area=data.get("area"),
            on=on,
            today=today,
        )
        if answer is None:
            return self._no_source(data, catalogue)
        told = self._languages.told(answer, catalogue.language.code)
        return OutgoingMessage(
            text="\n\n".join(self._paragraphs(answer, told, data, catalogue)),
            audio=told.audio,
            buttons=self._aspect_buttons(answer, catalogue),
            sources=self._sources(answer, catalogue),
            valid=Validity(
                valid_from=answer.valid_from.isoformat(),
                valid_to=answer.valid_to.isoformat() if answer.valid_to else None,
                as_of=on.isoformat(),
            ),
            **self._understood(data),
        )

    def _paragraphs(self, answer: Answer, told: Told, data: Data, catalogue: Catalogue) -> list[str]:
        language = catalogue.language.code
        paragraphs = []
        if not answer.aspect_answered:
            asked = aspect_name(answer.topic, data["aspect"], catalogue)
            paragraphs.append(catalogue.text("bot.aspect_not_known", aspect=asked[:1].lower() + asked[1:]))
        paragraphs += told.paragraphs
        if data.get("office_of") is not None:
            paragraphs.append(self._places.office_line(data["office_of"], catalogue))
        if answer.uncertain or answer.needs_confirmation or not answer.aspect_answered:
            key = "bot.uncertain" if answer.uncertain else "bot.needs_confirmation"
            paragraphs.append(catalogue.text(key, where=self._where(answer.office, catalogue)))
        if answer.stale:
            paragraphs.append(catalogue.text("bot.stale", where=self._where(answer.office, catalogue)))
        replaced = [source for source in answer.sources if source.replaced_by]
        for source in replaced:
            paragraphs.append(
                catalogue.text(
                    "bot.replaced",
                    document=source.document_name_in(language),
                    newer=", ".join(source.replaced_by),
                )
            )
        if answer.upcoming is not None:
            paragraphs.append(catalogue.text("bot.coming_change", text=self._languages.announced(answer, language)))
        paragraphs.append(self._validity_line(answer, on_another_day=data["on"] != data["today"], catalogue=catalogue))
        return paragraphs

    @staticmethod
    def _validity_line(answer: Answer, *, on_another_day: bool, catalogue: Catalogue) -> str:
        begin = catalogue.date(answer.valid_from)
        if answer.valid_to is None:
            line = catalogue.text("bot.valid_from", begin=begin)
        else:
            line = catalogue.text("bot.valid_between", begin=begin, end=catalogue.date(answer.valid_to))
        if on_another_day:
            line += " " + catalogue.text("bot.as_on", on=catalogue.date(answer.on))
        return line

    def _aspect_buttons(self, answer: Answer, catalogue: Catalogue) -> tuple[Button, ...]:
        aspects = [
            Button(
                title=aspect_name(answer.topic, aspect, catalogue),
                payload=make_payload(answer.topic, aspect=aspect, household_group=answer.group),
            )
            for aspect in answer.other_aspects[:OFFERED_ASPECTS]
        ]
        return (*aspects, *course_buttons(answer.topic, catalogue), self._menu_button(catalogue))

    @staticmethod
    def _sources(answer: Answer, catalogue: Catalogue) -> tuple[SourceReference, ...]:
        language = catalogue.language.code
        return tuple(
            SourceReference(
                document=source.document_name_in(language),
                title=source.title_in(language),
                article=source.article,
                url=source.url,
            )
            for source in answer.sources
        )
