"""Words as text: what NiceGUI's label does, with the right tag."""

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement


def sentence(words: str) -> str:
    """Return words as a heading or a button has them: with a capital."""
    return words[:1].upper() + words[1:]


def span(words: str) -> TextElement:
    """Return words within a line."""
    return TextElement(tag="span", text=words)


def paragraph(words: str) -> TextElement:
    """Return a paragraph. Line breaks in it are kept."""
    return TextElement(tag="p", text=words).classes("ct-paragraph")


def heading(words: str, *, level: int = 3) -> TextElement:
    """Return a heading below the section's own."""
    return TextElement(tag=f"h{level}", text=words)


def items(lines: list[str]) -> None:
    """Draw a list."""
    with ui.element("ul"):
        for line in lines:
            TextElement(tag="li", text=line)
