"""How statements and numbers are told on the pages of the content."""

from datetime import date, timedelta

from nicegui import ui

from bot.as_on import AsOn, make_token
from bot.policy.attention import Sign
from console.shell.visit import Visit
from console.shell.words import span
from content.aspect_names import aspect_name
from content.documents import LegalDocument
from content.library import Period
from content.parameters import Parameter, SourceReference
from content.placeholders import document_name, format_quantity
from content.statements import Statement
from store.clock import local_date

#: How long a link that asks the bot as on another day works.
LINK_LASTS = timedelta(hours=8)

SIGN_LOOK = {
    Sign.STALE: "bad",
    Sign.REVIEW_DUE: "warn",
    Sign.CHANGES: "warn",
    Sign.ENDS: "warn",
    Sign.TO_CONFIRM: "",
}


def today_of(visit: Visit) -> date:
    """Return today in Vietnam."""
    return local_date(visit.now)


def statement_words(visit: Visit, statement: Statement) -> str:
    """Return the name of a statement: "Vay vốn chính sách – Mức tiền – Hộ cận nghèo"."""
    parts = [visit.t(f"topic.{statement.topic}"), aspect_name(statement.topic, statement.aspect, visit.catalogue)]
    return " – ".join([*parts, *(visit.t(f"group.{group}") for group in statement.groups[:1])])


def parameter_words(visit: Visit, parameter: Parameter) -> str:
    """Return the label of a number."""
    return parameter.metadata.label.in_language(visit.catalogue.language.catalogue)


def quantity_words(visit: Visit, parameter: Parameter, value: float | None) -> str:
    """Return a number with its unit, or that it has ended."""
    if value is None:
        return visit.t("policy.page.ended")
    return format_quantity(value, parameter.metadata.unit, visit.catalogue)


def span_words(visit: Visit, begin: date, end: date | None) -> str:
    """Return a stretch of days."""
    if end is None:
        return visit.t("policy.page.from", begin=visit.catalogue.date(begin))
    return visit.t("policy.page.from_to", begin=visit.catalogue.date(begin), end=visit.catalogue.date(end))


def when(begin: date, end: date | None, today: date) -> str:
    """Return `past`, `now` or `coming`."""
    if begin > today:
        return "coming"
    return "past" if end is not None and end < today else "now"


def signs(visit: Visit, found: tuple[Sign, ...], on: date | None) -> None:
    """Draw why something needs a look."""
    with ui.element("div").classes("ct-row"):
        for sign in found:
            day = visit.catalogue.date(on) if on is not None and sign in (Sign.CHANGES, Sign.ENDS) else ""
            ui.label(visit.t(f"policy.sign.{sign}", day=day).strip()).classes(f"ct-state {SIGN_LOOK[sign]}")


def sources(visit: Visit, references: tuple[SourceReference, ...]) -> None:
    """Draw on which documents something rests, with a link where the register has one."""
    with ui.element("ul").classes("ct-small"):
        for one in references:
            document = visit.parts.library.documents.get(one.document)
            with ui.element("li"):
                words = one.document if document is None else _named(visit, document)
                words += f", {one.article}" if one.article else ""
                if document is not None and document.url:
                    with ui.link(target=document.url, new_tab=True).props('rel="noopener noreferrer"'):
                        span(words)
                else:
                    span(words)


def _named(visit: Visit, document: LegalDocument) -> str:
    return document_name(document, visit.catalogue)


def ask_as_on(visit: Visit, day: date) -> None:
    """Draw the button that opens the web chat as on a day."""

    def go() -> None:
        token = make_token(visit.parts.link_secret, AsOn(day, visit.now + LINK_LASTS))
        # Behind "#", so that the token stays out of the logs of web servers.
        ui.run_javascript(f'window.open("/#as-on={token}", "_blank", "noopener")')

    words = visit.t("policy.page.ask_as_on", day=visit.catalogue.date(day))
    ui.button(words, icon="history", on_click=go).props("flat dense no-wrap")


def timeline(visit: Visit, stretches: list[tuple[date, date | None]], today: date) -> None:
    """Draw stretches of days as one bar, today marked; the cards below say the same in words."""
    if not stretches:
        return
    begin = min(one for one, _ in stretches)
    end = max([today, *(last or first + timedelta(days=180) for first, last in stretches)]) + timedelta(days=60)
    whole = (end - begin).days

    def at(day: date) -> float:
        return round(100 * (day - begin).days / whole, 2)

    with ui.element("div").classes("ct-timeline").props('aria-hidden="true"'):
        for first, last in stretches:
            left, right = at(first), at(last) if last is not None else 100.0
            bar = ui.element("div").classes(f"ct-stretch {when(first, last, today)}")
            bar.style(f"left: {left}%; width: {max(right - left, 0.6)}%")
            with bar:
                span(str(first.year))
        ui.element("div").classes("ct-today").style(f"left: {at(today)}%")


def stretch_of(period: Period) -> tuple[date, date | None]:
    """Return first and last day."""
    return period.valid_from, period.valid_to
