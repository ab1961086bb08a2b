"""One dated number: its values on a timeline, who uses it, its history, and proposing another."""

from datetime import date, timedelta

from nicegui import ui

from bot.policy.revisions import current_content
from console.policy.history import revisions_table
from console.policy.proposing import PROPOSE, new_value_form, whole_form
from console.policy.words import (
    ask_as_on,
    parameter_words,
    quantity_words,
    sources,
    span_words,
    statement_words,
    timeline,
    today_of,
    when,
)
from console.shell.frame import section, title
from console.shell.registry import page
from console.shell.visit import Missing, Visit
from console.shell.words import span
from content.parameters import Parameter
from content.placeholders import find_placeholders
from content.revisions import RevisionKind
from content.statements import Statement, add_months
from store.queries.content_revisions import list_revisions


@page("/content/parameters/{name}", name="parameter", example={"name": "poverty.line.rural.near_max"})
async def parameter(visit: Visit, name: str) -> None:
    """Show a number."""
    library, today = visit.parts.library, today_of(visit)
    found = library.parameters.get(name)
    if found is None:
        raise Missing
    title(visit, parameter_words(visit, found))
    async with visit.reading() as connection:
        rows = await list_revisions(connection, kind=RevisionKind.PARAMETER.value, name=name)
        current = await current_content(connection, library, RevisionKind.PARAMETER, name)
    about = found.metadata
    ui.label(
        visit.t(
            "policy.page.about",
            code=found.name,
            owner=about.owner,
            reviewed=visit.catalogue.date(about.reviewed_on),
            due=visit.catalogue.date(add_months(about.reviewed_on, about.review_months)),
        )
    ).classes("ct-small ct-muted")
    if current.revised:
        ui.label(visit.t("policy.page.revised")).classes("ct-state good")
    with section(visit.t("policy.page.over_time")):
        stretches = _stretches(found)
        timeline(visit, [(first, last) for first, last, value in stretches if value is not None], today)
        for first, last, value in stretches[::-1]:
            standing = when(first, last, today)
            with ui.element("article").classes(f"ct-period {standing}"):
                with ui.element("div").classes("ct-row"):
                    ui.label(quantity_words(visit, found, value)).classes("ct-strong")
                    ui.label(span_words(visit, first, last))
                    ui.label(visit.t(f"policy.when.{standing}")).classes(
                        f"ct-state {'good' if standing == 'now' else ''}"
                    )
                    ask_as_on(visit, today if standing == "now" else first)
                entry = found.at(first)
                if entry is not None and entry.metadata is not None:
                    ui.label(visit.t(f"certainty.{entry.metadata.certainty}")).classes("ct-small ct-muted")
                    sources(visit, entry.metadata.reference)
    if visit.may(PROPOSE) and not any(row.state == "proposed" for row in rows):
        with section(visit.t("policy.page.change_it")):
            with ui.expansion(visit.t("policy.page.new_value")).classes("ct-wide"):
                new_value_form(visit, found, current)
            with ui.expansion(visit.t("policy.page.whole")).classes("ct-wide"):
                whole_form(visit, RevisionKind.PARAMETER, name, current)
    users = [one for one in library.statements.values() if _uses(one, name)]
    with section(visit.t("policy.page.used_by")):
        if not users:
            ui.label(visit.t("policy.page.used_by_rules")).classes("ct-muted")
        with ui.element("ul"):
            for one in users:
                with ui.element("li"), ui.link(target=f"/content/statements/{one.id}"):
                    span(statement_words(visit, one))
    if rows:
        with section(visit.t("policy.page.history")):
            revisions_table(visit, rows, with_name=False)


def _stretches(found: Parameter) -> list[tuple[date, date | None, float | None]]:
    ends = [*(day - timedelta(days=1) for day in found.starts[1:]), None]
    return [(first, last, entry.value) for first, last, entry in zip(found.starts, ends, found.values, strict=True)]


def _uses(statement: Statement, name: str) -> bool:
    return any(
        placeholder.name == name
        for version in statement.versions
        for placeholder in find_placeholders(version.text.vi)
        if placeholder.kind == "parameter"
    )
