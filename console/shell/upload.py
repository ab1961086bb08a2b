"""Taking in a file with a plain button. Quasar's own uploader cannot be used by screen readers."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui


def file_button(words: str, take: Callable[[Any], Awaitable[None]], *, accept: str, largest: int) -> None:
    """Draw a button that asks for a file and hands it over at once.

    Args:
        take: called with an event whose `file` has `name` and `await read()`.
        accept: endings such as `.xlsx,.csv`.
        largest: bytes; a larger file is refused by the browser.
    """
    hidden = ui.upload(on_upload=take, auto_upload=True, max_file_size=largest)
    hidden.props(f'accept="{accept}"').style("display: none")
    button = ui.button(words, icon="upload_file").props("outline")
    button.on("click", js_handler=f"() => getHtmlElement({hidden.id}).querySelector('input[type=file]').click()")
