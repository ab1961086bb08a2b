"""Asking before something is done that cannot be undone."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from console.shell.visit import Told, Visit
from console.shell.words import paragraph


def ask_reason(visit: Visit, question: str, do: Callable[[str], Awaitable[None]]) -> None:
    """Ask for a reason in a dialog, and do it with the reason that was typed."""
    with (
        ui.dialog(value=True) as dialog,
        ui.card().classes("ct-dialog").props(f'role="dialog" aria-label="{_plain(question)}"'),
    ):
        paragraph(question)
        reason = ui.textarea(visit.t("console.frame.reason")).props("outlined autogrow autofocus").classes("full-width")

        async def go() -> None:
            if not (reason.value or "").strip():
                raise Told("console.error.reason_missing")
            dialog.close()
            await do(reason.value.strip())

        with ui.element("div").classes("ct-row"):
            ui.button(visit.t("console.frame.do_it"), on_click=go).props("color=negative")
            ui.button(visit.t("console.frame.leave_it"), on_click=dialog.close).props("flat")


def ask_sure(visit: Visit, question: str, do: Callable[[], Awaitable[None]]) -> None:
    """Ask whether somebody is sure."""
    with (
        ui.dialog(value=True) as dialog,
        ui.card().classes("ct-dialog").props(f'role="dialog" aria-label="{_plain(question)}"'),
    ):
        paragraph(question)

        async def go() -> None:
            dialog.close()
            await do()

        with ui.element("div").classes("ct-row"):
            ui.button(visit.t("console.frame.do_it"), on_click=go)
            ui.button(visit.t("console.frame.leave_it"), on_click=dialog.close).props("flat")


def _plain(words: str) -> str:
    return words.replace('"', "”").replace("\n", " ")
