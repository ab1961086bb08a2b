"""The words with which the chat shows an answer receipt."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from content.translations import Catalogue

Data = Mapping[str, Any]


def standing_line(data: Data, catalogue: Catalogue) -> str:
    """Return the sentence that says whether what a receipt shows still holds.

    `data`: `standing`, `today`, `valid_from` of the receipt, and `now_from`, since when something else holds.
    """

    def day(name: str) -> str:
        return catalogue.date(date.fromisoformat(data[name])) if data.get(name) else ""

    return catalogue.text(
        f"bot.receipt.standing.{data['standing']}",
        today=day("today"),
        begin=day("now_from"),
        from_day=day("valid_from"),
    )


class ReceiptWords:
    """Makes the messages about receipts."""

    def shown(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return what was said under a code, word for word, and whether it still holds."""
        paragraphs = [
            catalogue.text(
                "bot.receipt",
                code=data["code"],
                said=catalogue.date(date.fromisoformat(data["said_on"])),
                day=catalogue.date(date.fromisoformat(data["as_of"])),
                standing=standing_line(data, catalogue),
            ),
            catalogue.text("bot.receipt.said", text=data["text"]),
        ]
        if data.get("text_now"):
            paragraphs.append(catalogue.text("bot.receipt.now", text=data["text_now"]))
        return self._message("\n\n".join(paragraphs), data, catalogue)

    def unknown(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        """Return "no answer with this code"."""
        return self._message(catalogue.text("bot.receipt_unknown"), data, catalogue)

    @staticmethod
    def _message(text: str, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        menu = Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))
        return OutgoingMessage(text=text, buttons=(menu,), intent=data.get("intent"), confidence=data.get("confidence"))
