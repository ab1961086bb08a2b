"""A message as a phone would show it."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from console.shell.visit import Visit
from console.shell.words import span
from content.translations import LANGUAGES
from store.filled_texts import PLACE


def phone(visit: Visit, message: Mapping[str, Any], *, channel: str, variant: str) -> None:
    """Draw a phone with a message; what differs by recipient shows as ‹name›."""
    version, _, language = variant.partition(".")
    name = LANGUAGES[language].name if language in LANGUAGES else language
    heading = " · ".join(filter(None, [channel_name(visit, channel), name, version if version == "B" else ""]))
    with ui.element("figure").classes("ct-phone"):
        with ui.element("figcaption"):
            span(heading)
        with ui.element("div").classes("ct-said").props(f'lang="{language}"'):
            if message.get("image"):
                span(f"🖼 {message['image']}").classes("ct-muted")
            span(shown_text(str(message["text"]))).classes("ct-said-text")
            if message.get("audio"):
                span("🔊 0:00").classes("ct-muted")
        for button in message.get("buttons", ()):
            span(shown_text(str(button["title"]))).classes("ct-said-button")
        length = len(str(message["text"]))
        span(visit.t("console.campaign.length", number=visit.catalogue.number(length))).classes("ct-muted ct-small")


def shown_text(text: str) -> str:
    """Show places that recipients fill."""
    return PLACE.sub(lambda found: f"‹{found[1]}›", text)


def channel_name(visit: Visit, channel: str) -> str:
    """Return the name of a channel for staff."""
    key = f"console.channel.{channel or 'any'}"
    return visit.t(key) if key in visit.catalogue else channel
