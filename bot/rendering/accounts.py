"""Words about an account or link that somebody asked about: official, or unknown and not to be paid to."""

from collections.abc import Mapping
from typing import Any

from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from bot.rendering.pledges import Maker, menu_button, message_of, person_button
from content.library import Library
from content.translations import Catalogue

Data = Mapping[str, Any]


class AccountMakers:
    """The makers of the message keys, for `Renderer`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def by_key(self) -> dict[str, Maker]:
        """Return message key -> maker."""
        return {
            "account_official": self._official,
            "account_unknown": self._unknown,
            "account_reported": self._plain,
            "account_nothing": self._plain,
        }

    def _front(self, catalogue: Catalogue) -> str:
        office = self._library.offices["fatherland_front_commune"]
        return office.how_to_reach(catalogue.language.catalogue).strip()

    def _official(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        lines = []
        for account in data["accounts"]:
            if account["demo"]:
                lines.append(catalogue.text("gift.pay.demo"))
            lines.append(
                catalogue.text(
                    "account.official", number=account["number"], bank=account["bank"], holder=account["holder"]
                )
            )
        if data["own_links"]:
            lines.append(catalogue.text("account.own_link"))
        lines.append(catalogue.text("account.never"))
        return message_of(data, "\n".join(lines), [menu_button(catalogue)])

    def _unknown(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        named = ", ".join(data["subjects"])
        lines = [catalogue.text("account.unknown", subjects=named) if named else catalogue.text("account.hidden")]
        if data["known"]:
            lines.append(catalogue.text("account.others_known", known=", ".join(data["known"])))
        if not data["published"]:
            lines.append(catalogue.text("account.none_published"))
        lines.append(catalogue.text("account.what_now", where=self._front(catalogue)))
        report = Button(title=catalogue.text("account.button.report"), payload=make_payload("account_report"))
        return message_of(data, "\n".join(lines), [report, person_button(catalogue), menu_button(catalogue)])

    def _plain(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        key = str(data["key"]).removeprefix("account_")
        text = catalogue.text(f"account.{key}", where=self._front(catalogue))
        return message_of(data, text, [menu_button(catalogue)])
