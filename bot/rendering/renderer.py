"""Words from message keys: the one place where what the bot says becomes text in the person's language."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.dangers import Danger, topic_of_danger
from bot.languages import SpokenLanguages
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from bot.rasa_client import RasaFailed
from bot.receipts import receipts_of
from bot.rendering.accounts import AccountMakers
from bot.rendering.answers import AnswerWords
from bot.rendering.campaigns import CampaignMakers
from bot.rendering.check import CheckRenderer
from bot.rendering.courses import CourseMakers
from bot.rendering.gifts import GiftMakers
from bot.rendering.helpdesk import HelpDeskMakers
from bot.rendering.links import LinkMakers
from bot.rendering.menus import Menus
from bot.rendering.my_data import MyDataMakers
from bot.rendering.places import PlaceRenderer
from bot.rendering.pledges import PledgeMakers
from bot.rendering.receipts import ReceiptWords
from bot.rendering.received import ReceivedMakers
from bot.rendering.safety import SafetyMakers
from content.aspect_names import aspect_name
from content.human_languages import HumanLanguages
from content.library import Library
from content.translations import Catalogue, catalogue_for
from store.queries.receipts import StoredReceipt
from store.ticket_states import TicketReason

Data = Mapping[str, Any]

#: What is said where a person has to answer in the bot's place.
_NOT_ANSWERED = frozenset(
    {"do_not_know", "did_you_mean", "out_of_scope", "out_of_scope_near", "wrong_answer", "wrong_answer_near"}
)
#: After these Rasa listens with a form: what is written next is taken as the reply.
_ASKED_BY_A_FORM = frozenset(
    {
        *("check_question", "check_stuck", "pledge_question", "pledge_summary"),
        *("course_phone_question", "course_phone_wrong", "gift_change_ask", "gift_change_again"),
    }
)


class Renderer:
    """Turns `{"key": …, data}` from an action into messages."""

    def __init__(self, library: Library, languages: SpokenLanguages | None = None) -> None:
        self._library = library
        self._languages = languages or SpokenLanguages(HumanLanguages(library))
        places, receipts = PlaceRenderer(library), ReceiptWords()
        menus = Menus(library, self._languages)
        answers = AnswerWords(library, places, self._languages)
        self._makers: dict[str, Callable[[Data, Catalogue], OutgoingMessage]] = {
            "answer": answers.answer,
            "in_force": answers.in_force,
            "no_source": answers.no_source,
            "more_questions": answers.more_questions,
            "did_you_mean": self._did_you_mean,
            "out_of_scope_near": self._did_you_mean,
            "do_not_know": self._plain_with_menu,
            "out_of_scope": self._plain_with_menu,
            "contact_person": self._plain_with_menu,
            "welcome": menus.main,
            "menu": menus.main,
            "topic_menu": menus.of_topic,
            "help": menus.main,
            "greet": menus.main,
            "thanks": self._plain,
            "goodbye": self._plain,
            "chitchat": self._plain_with_menu,
            "bot_challenge": self._plain_with_menu,
            "affirm": menus.main,
            "deny": menus.main,
            "language_changed": menus.main,
            "language_changed_partly": menus.main,
            "choose_language": self._choose_language,
            "language_not_there": self._choose_language,
            "wrong_answer": self._plain_with_menu,
            "wrong_answer_near": self._wrong_answer,
            "feedback_up": self._plain,
            "feedback_down": self._plain_with_menu,
            "feedback_nothing": self._plain_with_menu,
            "forgotten": self._plain,
            "forget_offered": self._forget_offered,
            **places.makers,
            "receipt": receipts.shown,
            "receipt_unknown": receipts.unknown,
            **CourseMakers(library).by_key(),
            **CheckRenderer().makers,
            **CampaignMakers().by_key(),
            **HelpDeskMakers().by_key(),
            **SafetyMakers(library).by_key(),
            **ReceivedMakers(library).by_key(),
            **LinkMakers().by_key(),
            **MyDataMakers().by_key(),
            **PledgeMakers().by_key(),
            **GiftMakers(library).by_key(),
            **AccountMakers(library).by_key(),
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
            waits = data["key"] in _ASKED_BY_A_FORM
            messages.append(message.model_copy(update={"language": catalogue.language.code, "waits": waits}))
            introduced = introduced or data["key"] in ("welcome", "greet", "bot_challenge")
        if not introduced:
            last = messages[-1]
            line = catalogue_for(language).text("bot.introduction")
            messages[-1] = last.model_copy(update={"text": f"{last.text}\n\n{line}"})
        return messages

    def receipts(self, replies: Sequence[OutgoingMessage], now: datetime) -> list[StoredReceipt]:
        """Return what is to be kept under the codes of `replies`."""
        return receipts_of(replies, self._library, now=now)

    def please_wait(self, language: str) -> OutgoingMessage:
        """Return the line for people whose answer takes long."""
        return OutgoingMessage(text=catalogue_for(language).text("bot.please_wait"))

    def help_in_danger(self, danger: Danger, language: str) -> OutgoingMessage:
        """Return where help is, for words that name a danger by themselves."""
        topic = topic_of_danger(danger).value
        data = {"key": "crisis", "intent": "crisis", "confidence": 1.0, "topic": topic, "danger": danger.value}
        return self._makers["crisis"](data, catalogue_for(language))

    def bot_back(self, language: str) -> OutgoingMessage:
        """Return the line with which the bot comes back after a person has talked."""
        return self._makers["bot_back"]({"key": "bot_back"}, catalogue_for(language))

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
    def _person_button(data: Data, catalogue: Catalogue) -> Button:
        why = TicketReason.NOT_ANSWERED.value if data["key"] in _NOT_ANSWERED else None
        return Button(title=catalogue.text("bot.button.person"), payload=make_payload("ask_person", why=why))

    def _plain(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        return OutgoingMessage(text=catalogue.text(f"bot.{data['key']}"), **self._understood(data))

    def _forget_offered(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        button = Button(title=catalogue.text("bot.button.forget"), payload=make_payload("forget"))
        return self._plain(data, catalogue).model_copy(update={"buttons": (button, self._menu_button(catalogue))})

    def _plain_with_menu(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        buttons = [] if data["key"] == "contact_person" else [self._person_button(data, catalogue)]
        buttons.append(self._menu_button(catalogue))
        text = catalogue.text(f"bot.{data['key']}", where=self._where("commune_peoples_committee", catalogue))
        return OutgoingMessage(text=text, buttons=tuple(buttons), **self._understood(data))

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
            Button(title=offer_title(offer, catalogue), payload=make_payload(**offer)) for offer in data["offers"]
        ]
        return OutgoingMessage(
            text=catalogue.text(f"bot.{data['key']}", where=self._where("commune_peoples_committee", catalogue)),
            buttons=(*buttons, self._person_button(data, catalogue), self._menu_button(catalogue)),
            **self._understood(data),
        )

    def _wrong_answer(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return the other readings; where the topic was right, its menu holds what was meant."""
        message = self._did_you_mean(data, catalogue)
        if (topic := data["answered"]) is None:
            return message
        title = catalogue.text("bot.button.other_sides", topic=catalogue.text(f"topic.{topic}"))
        sides = Button(title=title, payload=make_payload("topic_menu", topic=topic))
        at = len(data["offers"])
        return message.model_copy(update={"buttons": (*message.buttons[:at], sides, *message.buttons[at:])})


def offer_title(offer: Mapping[str, str | None], catalogue: Catalogue) -> str:
    """Return what the button of an offer says: "Vay vốn chính sách – Hộ nghèo – Mức tiền"."""
    topic, group = str(offer["intent"]), offer.get("household_group") or offer.get("programme")
    parts = [catalogue.text(f"topic.{topic}")]
    if group is not None:
        parts.append(catalogue.text(f"group.{group}"))
    if (aspect := offer.get("aspect")) is not None:
        parts.append(aspect_name(topic, aspect, catalogue))
    return " – ".join(parts)
