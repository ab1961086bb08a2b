"""Words for people in danger, for provocation, about personal data that was masked and about fraud."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.dangers import Danger
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from bot.personal_data import Kind
from content.library import Library
from content.topics import Topic
from content.translations import Catalogue

Data = Mapping[str, Any]
Maker = Callable[[Data, Catalogue], OutgoingMessage]


#: What somebody else may use against the person once they have it.
_CAN_BE_GIVEN_AWAY = frozenset({Kind.CARD, Kind.CODE, Kind.PASSWORD})


class SafetyMakers:
    """The makers of all message keys about safety, for `Renderer`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def by_key(self) -> dict[str, Maker]:
        """Return message key -> maker."""
        return {
            "crisis": self._crisis,
            "insult": self._short,
            "jailbreak": self._short,
            "repeated": self._short,
            "verify_source": self._verify_source,
            "personal_data_masked": self._masked,
        }

    @staticmethod
    def _message(data: Data, text: str, buttons: Sequence[Button]) -> OutgoingMessage:
        understood = {name: data.get(name) for name in ("topic", "intent", "confidence")}
        return OutgoingMessage(text=text, buttons=tuple(buttons), **understood)

    @staticmethod
    def _person(catalogue: Catalogue) -> Button:
        return Button(title=catalogue.text("bot.button.person"), payload=make_payload("ask_person"))

    @staticmethod
    def _menu(catalogue: Catalogue) -> Button:
        return Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))

    def _crisis(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        danger = Danger(data.get("danger") or Danger.UNCLEAR)
        office = Button(title=catalogue.text("safety.button.office"), payload=make_payload(Topic.CONTACT_OFFICE))
        buttons = [self._person(catalogue), office]
        if danger is Danger.VIOLENCE:
            legal_aid = Button(title=catalogue.text("safety.button.legal_aid"), payload=make_payload(Topic.LEGAL_AID))
            erase = Button(title=catalogue.text("bot.button.forget"), payload=make_payload("forget"))
            buttons += [legal_aid, erase]
        return self._message(data, catalogue.text(f"safety.crisis.{danger}"), buttons)

    def _short(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        buttons = [self._menu(catalogue), self._person(catalogue)]
        return self._message(data, catalogue.text(f"safety.{data['key']}"), buttons)

    def _verify_source(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        office = self._library.offices["fatherland_front_commune"]
        where = office.how_to_reach(catalogue.language.catalogue).strip()
        text = catalogue.text("safety.verify_source", where=where)
        return self._message(data, text, [self._person(catalogue), self._menu(catalogue)])

    def _masked(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        kinds = [Kind(kind) for kind in data["kinds"]]
        names = ", ".join(catalogue.text(f"safety.masked.{kind.name.lower()}") for kind in kinds)
        paragraphs = [catalogue.text("safety.masked", kinds=names)]
        if _CAN_BE_GIVEN_AWAY & set(kinds):
            paragraphs.append(catalogue.text("safety.masked.given_away"))
        return self._message(data, "\n".join(paragraphs), [self._menu(catalogue), self._person(catalogue)])
