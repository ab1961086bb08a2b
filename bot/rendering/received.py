"""Words about pictures, recordings, files, places and stickers that came."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from bot.rendering.helpdesk import when_answered
from content.library import Library
from content.translations import Catalogue

Data = Mapping[str, Any]


class ReceivedMakers:
    """The makers of all message keys about what is no text, for `Renderer`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def by_key(self) -> dict[str, Callable[[Data, Catalogue], OutgoingMessage]]:
        """Return message key -> maker."""
        return {
            "received_sticker": self._plain,
            "received_nothing": self._plain,
            "received_unstaffed": self._plain,
            "received_by_person": self._with_ticket,
            "received_more": self._with_ticket,
        }

    def _plain(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        office = self._library.offices["commune_peoples_committee"].how_to_reach(catalogue.language.catalogue)
        text = catalogue.text(f"bot.{data['key']}", what=_what(data, catalogue), where=office.strip())
        return OutgoingMessage(text=text, buttons=(_menu(catalogue),))

    @staticmethod
    def _with_ticket(data: Data, catalogue: Catalogue) -> OutgoingMessage:
        status = Button(title=catalogue.text("desk.button.status"), payload=make_payload("ticket", code=data["code"]))
        text = catalogue.text(
            f"bot.{data['key']}",
            what=_what(data, catalogue),
            code=data["code"],
            when=when_answered(data, catalogue),
        )
        return OutgoingMessage(text=text, buttons=(status, _menu(catalogue)))


def _what(data: Data, catalogue: Catalogue) -> str:
    return catalogue.text(f"bot.received.{data['kind']}")


def _menu(catalogue: Catalogue) -> Button:
    return Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))
