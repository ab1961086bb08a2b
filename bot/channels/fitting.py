"""Bringing a message to the shape that a channel can show: menus as text, sources and receipts under the text."""

from bot.channels.capabilities import Capabilities
from bot.channels.media_lines import picture_line
from bot.messages import OutgoingMessage
from content.translations import Catalogue


def fitted(
    message: OutgoingMessage, capabilities: Capabilities, catalogue: Catalogue, *, address: str = ""
) -> OutgoingMessage:
    """Return `message` with in its text what the channel cannot show beside it.

    Buttons stay in the message even where they are written out: a typed number finds them there. A channel sends
    those that it can show.

    Args:
        address: where people reach the public pages, for the link to a receipt; empty when nobody said.
    """
    if message.phone_request is not None and not capabilities.phone_button:
        message = message.model_copy(update={"phone_request": None})
    paragraphs = [message.text]
    if not capabilities.folds_sources:
        if message.sources:
            named = ", ".join(dict.fromkeys(source.document for source in message.sources))
            paragraphs.append(catalogue.text("bot.sources", sources=named))
        if message.receipt:
            where = f"{address}/phieu/{message.receipt}" if address else ""
            key = "bot.receipt_line_with_link" if where else "bot.receipt_line"
            paragraphs.append(catalogue.text(key, code=message.receipt, where=where))
    if len(message.buttons) > capabilities.max_buttons:
        paragraphs.append("\n".join(_numbered_titles(message)))
    image = _picture_address(message.image, capabilities, address)
    if image is not None and not capabilities.image:
        paragraphs.append(picture_line(image, catalogue.language.code))
        image = None
    if len(paragraphs) == 1 and image == message.image:
        return message
    return message.model_copy(update={"text": "\n\n".join(paragraphs), "image": image})


def _picture_address(image: str | None, capabilities: Capabilities, address: str) -> str | None:
    """Return where a channel finds a picture: a path of ours needs the public address, but for our own page."""
    if image is None or not image.startswith("/") or capabilities.folds_sources:
        return image
    return f"{address}{image}" if address else None


def _numbered_titles(message: OutgoingMessage) -> list[str]:
    """Return a line for each button; those of a menu have their number already."""
    return [
        button.title if button.title[:1].isdigit() else f"{number}. {button.title}"
        for number, button in enumerate(message.buttons, 1)
    ]
