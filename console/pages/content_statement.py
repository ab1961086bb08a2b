"""One policy statement: its words on a timeline, their sources, its history, and proposing a change."""

from nicegui import ui

from bot.policy.attention import attention_to
from bot.policy.revisions import current_content
from console.policy.history import revisions_table
from console.policy.proposing import PROPOSE, new_version_form, whole_form
from console.policy.words import (
    ask_as_on,
    signs,
    sources,
    span_words,
    statement_words,
    stretch_of,
    timeline,
    today_of,
    when,
)
from console.shell.frame import section, title
from console.shell.registry import page
from console.shell.visit import Missing, Visit
from console.shell.words import paragraph
from content.library import Period
from content.revisions import RevisionKind
from store.queries.content_revisions import list_revisions


@page("/content/statements/{name}", name="statement", example={"name": "poverty_standard.what"})
async def statement(visit: Visit, name: str) -> None:
    """Show a statement."""
    library, today = visit.parts.library, today_of(visit)
    found = library.statements.get(name)
    if found is None:
        raise Missing
    title(visit, statement_words(visit, found))
    attention = attention_to(library, found, today)
    signs(visit, attention.signs, attention.on)
    async with visit.reading() as connection:
        rows = await list_revisions(connection, kind=RevisionKind.STATEMENT.value, name=name)
        current = await current_content(connection, library, RevisionKind.STATEMENT, name)
    ui.label(
        visit.t(
            "policy.page.about",
            code=found.id,
            owner=found.owner,
            reviewed=visit.catalogue.date(found.reviewed_on),
            due=visit.catalogue.date(found.review_expires_on),
        )
    ).classes("ct-small ct-muted")
    if current.revised:
        ui.label(visit.t("policy.page.revised")).classes("ct-state good")
    periods = library.periods_of(found)
    with section(visit.t("policy.page.over_time")):
        timeline(visit, [stretch_of(one) for one in periods], today)
        for period in periods[::-1]:
            _period(visit, period, when(*stretch_of(period), today))
    if visit.may(PROPOSE) and not any(row.state == "proposed" for row in rows):
        with section(visit.t("policy.page.change_it")):
            with ui.expansion(visit.t("policy.page.new_words")).classes("ct-wide"):
                new_version_form(visit, found, current)
            with ui.expansion(visit.t("policy.page.whole")).classes("ct-wide"):
                whole_form(visit, RevisionKind.STATEMENT, name, current)
    if rows:
        with section(visit.t("policy.page.history")):
            revisions_table(visit, rows, with_name=False)


def _period(visit: Visit, period: Period, standing: str) -> None:
    with ui.element("article").classes(f"ct-period {standing}"):
        with ui.element("div").classes("ct-row"):
            ui.label(span_words(visit, period.valid_from, period.valid_to)).classes("ct-strong")
            ui.label(visit.t(f"policy.when.{standing}")).classes(f"ct-state {'good' if standing == 'now' else ''}")
            ui.label(visit.t(f"certainty.{period.version.certainty}")).classes("ct-state")
            ask_as_on(visit, today_of(visit) if standing == "now" else period.valid_from)
        paragraph(visit.parts.library.text_of(period, visit.staff.language))
        sources(visit, period.references)
