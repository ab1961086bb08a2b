"""The frame around every page: skip link, header, navigation, the page's title, and how errors are shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

import structlog
from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from console.access.actions import action
from console.shell.registry import Page, navigation, page_above
from console.shell.visit import Forbidden, Missing, SignedOut, Visit
from console.shell.words import span
from content.translations import COMPLETE_LANGUAGES
from scheduler.actors import NotThere
from store.database import LOST_CONNECTION
from store.queries.staff import set_staff_language

log = structlog.get_logger(__name__)

CHANGE_OWN_LANGUAGE = action("own.language")

#: Keys 1–9 with the browser's access key (Alt+Shift in Chrome and Edge) open the first pages of the navigation.
_ACCESS_KEYS = "123456789"


@contextmanager
def frame(visit: Visit) -> Iterator[None]:
    """Draw what surrounds a page; the page itself is drawn inside the block."""
    if visit.staff.language != "vi":
        # The page is shared by all visits, its language is this one's. Told here, Quasar's own words follow too; told
        # by a script, the page would be Vietnamese again to a screen reader as soon as Quasar starts.
        client = ui.context.client
        client.page = copy(client.page)
        client.page.language = "en-US"
    ui.add_body_html(f'<a class="skip" href="#content">{visit.t("console.frame.skip")}</a>')
    with ui.header().classes("ct-header").props('role="banner"'):
        menu = ui.button(icon="menu").classes("ct-menu")
        menu.props(f'flat color=white aria-expanded="false" aria-label="{visit.t("console.frame.menu")}"')
        menu.on("click", js_handler="() => chungtay.toggleNavigation()")
        ui.link("Chung Tay", "/").classes("ct-brand")
        if visit.staff.demo:
            ui.label(visit.t("console.frame.demo")).classes("ct-demo")
        ui.element("div").classes("ct-space")
        _language_switch(visit)
        size = ui.button(icon="format_size").props(f'flat color=white aria-label="{visit.t("console.frame.size")}"')
        size.on("click", js_handler="() => chungtay.largerType()")
        _own_menu(visit)
    # Not Quasar's drawer: it asks the server whether it is open, which fails on a slow line.
    with ui.element("aside").classes("ct-drawer"):
        _navigation(visit)
    with ui.element("div").classes("ct-page").props("id=content tabindex=-1"):
        above = page_above(visit.page, visit.staff)
        if above is not None:
            ui.link(f"← {visit.t(f'console.page.{above.name}')}", above.address()).classes("ct-up")
        words = visit.t(f"console.page.{visit.page.name}")
        visit.heading = TextElement(tag="h1", text=words).classes("ct-title")
        yield


def title(visit: Visit, words: str) -> None:
    """Give the page a heading of its own, such as the name of what it shows."""
    assert visit.heading is not None
    visit.heading.set_text(words)
    ui.context.client.title = f"{words} – Chung Tay"


def _navigation(visit: Visit) -> None:
    keys = iter(_ACCESS_KEYS)
    with ui.element("nav").props(f'aria-label="{visit.t("console.frame.navigation")}"'):
        for group, pages in navigation(visit.staff):
            ui.label(visit.t(f"console.group.{group.value}")).classes("ct-group")
            with ui.element("ul"):
                for page in pages:
                    _entry(visit, page, next(keys, ""))


def _entry(visit: Visit, page: Page, key: str) -> None:
    with ui.element("li"), ui.link(target=page.address()).classes("ct-entry") as entry:
        if key:
            entry.props(f'accesskey="{key}"')
        if page is visit.page:
            entry.props('aria-current="page"')
        elif page is page_above(visit.page, visit.staff):
            entry.props('aria-current="true"')
        ui.icon(page.icon or "chevron_right").props('aria-hidden="true"')
        ui.label(visit.t(f"console.page.{page.name}"))


def _language_switch(visit: Visit) -> None:
    async def choose(language: str) -> None:
        async with visit.acting_for_self(CHANGE_OWN_LANGUAGE) as acting:
            await set_staff_language(acting.connection, staff_id=acting.staff.id, language=language)
        ui.navigate.reload()

    for language in COMPLETE_LANGUAGES:
        chosen = language == visit.staff.language
        button = ui.button(language.upper(), on_click=lambda _, one=language: choose(one))
        pressed = "true" if chosen else "false"
        button.props(f'flat dense color=white aria-pressed="{pressed}" lang="{language}"').classes("ct-language")


def _own_menu(visit: Visit) -> None:
    name = visit.staff.name
    with (
        ui.button(icon="account_circle").props(f'flat color=white aria-label="{visit.t("console.frame.own")}"'),
        ui.menu().props("auto-close"),
        ui.element("div").classes("ct-own"),
    ):
        ui.label(name).classes("ct-own-name")
        roles = sorted({duty.role.value for duty in visit.staff.duties})
        ui.label(", ".join(visit.t(f"console.role.{role}") for role in roles)).classes("ct-muted")
        ui.link(visit.t("console.page.account"), "/account")
        ui.link(visit.t("console.page.tour"), "/tour")
        # A form of its own: signing out works even when the page has lost its connection.
        ui.html(
            '<form method="post" action="/sign-out"><button class="ct-plain">'
            f"{visit.t('console.frame.sign_out')}</button></form>",
            sanitize=False,
        )


def not_for_you(visit: Visit) -> None:
    """Say that the page is for other duties, and which."""
    with ui.element("div").classes("ct-notice").props('role="alert"'):
        roles = ", ".join(sorted(visit.t(f"console.role.{role.value}") for role in visit.page.roles))
        ui.label(visit.t("console.error.not_for_you", roles=roles))


def show_error(visit: Visit, error: Exception) -> int:
    """Show on the page why it could not be drawn; return the HTTP status."""
    with ui.element("div").classes("ct-notice").props('role="alert"'):
        ui.label(_words(visit, error))
    if isinstance(error, Missing | NotThere):
        return 404
    if isinstance(error, Forbidden):
        return 403
    return 503 if isinstance(error, LOST_CONNECTION) else 409 if _tells(error) else 500


def say_error(visit: Visit, error: Exception) -> None:
    """Say in a notification why what somebody clicked was not done. Nothing of it was saved."""
    ui.notify(_words(visit, error), type="negative", multi_line=True, timeout=12_000, close_button="✕")
    if isinstance(error, SignedOut):
        ui.navigate.to("/sign-in")


def _tells(error: Exception) -> bool:
    return callable(getattr(error, "text", None))


def _words(visit: Visit, error: Exception) -> str:
    if _tells(error):
        words: str = error.text(visit.catalogue)  # type: ignore[attr-defined]
        return words
    if isinstance(error, LOST_CONNECTION):
        return visit.t("console.error.away")
    log.error("page_failed", page=visit.page.name, exc_info=error)
    return visit.t("console.error.fault")


def section(words: str, *, level: int = 2) -> Element:
    """Return a section with a heading, to be filled in a `with` block."""
    outer = ui.element("section").classes("ct-section")
    with outer, ui.element(f"h{level}"):
        span(words)
    return outer


def empty(words: str, *, target: str = "", action_words: str = "") -> None:
    """Say that there is nothing, and what to do about it."""
    with ui.element("div").classes("ct-empty"):
        ui.label(words)
        if target:
            ui.link(action_words, target).classes("ct-button")


def tab(words: str, target: str, *, chosen: bool) -> None:
    """Draw one of several ways to look at the same page."""
    link = ui.link(words, target).classes("ct-tab")
    if chosen:
        link.props('aria-current="page"')


def demo_mark(visit: Visit) -> None:
    """Mark something as made up."""
    ui.label(visit.t("console.frame.made_up")).classes("ct-demo-mark")
