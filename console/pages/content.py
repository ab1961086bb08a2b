"""What the bot tells as policy: what needs a look, and every statement and number by topic."""

from urllib.parse import urlencode

from nicegui import ui
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.policy.attention import Attention, Sign, all_attention, attention_to
from console.policy.changed_files import draw_changed_files
from console.policy.history import revisions_table
from console.policy.words import parameter_words, quantity_words, signs, span_words, statement_words, today_of
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.waiting import Waiting, waiting
from console.shell.words import span
from content.folding import clean, fold
from content.parameters import Parameter
from content.statements import Statement
from content.topics import Topic
from store.queries.content_revisions import list_revisions
from store.queries.policy_requests import policy_requests
from store.staff_roles import Role

_PARAMETERS = "parameters"
#: Rows of one list; more are found by topic or by search.
MOST_SHOWN = 40


@page("/content", name="content", group=Group.ANSWER, icon="menu_book", position=30)
async def content(visit: Visit, topic: str = "", search: str = "") -> None:
    """Show what needs a look, proposals that wait, and one topic."""
    library = visit.parts.library
    choices = {"": visit.t("policy.page.attention"), _PARAMETERS: visit.t("policy.page.parameters")} | {
        one.value: visit.t(f"topic.{one}") for one in Topic if any(s.topic is one for s in library.statements.values())
    }

    def choose() -> None:
        ui.navigate.to("/content?" + urlencode({"topic": chosen.value or "", "search": words.value or ""}))

    with ui.element("div").classes("ct-row"):
        chosen = ui.select(
            choices, value=topic if topic in choices else "", label=visit.t("desk.page.topic"), on_change=choose
        ).classes("ct-choice")
        words = ui.input(label=visit.t("policy.page.search"), value=search).on("keydown.enter", choose)
    async with visit.reading() as connection:
        waiting = await list_revisions(connection, state="proposed")
    if waiting:
        with section(visit.t("policy.page.waiting")):
            revisions_table(visit, waiting, with_name=True)
    if search:
        _found(visit, search)
    elif topic == _PARAMETERS:
        with section(visit.t("policy.page.parameters")):
            _parameters(visit, sorted(library.parameters.values(), key=lambda one: one.name))
    elif topic in choices and topic:
        with section(choices[topic]):
            _statements(visit, [one for one in library.statements.values() if one.topic == topic])
    else:
        await draw_changed_files(visit)
        _attention(visit)


def _found(visit: Visit, search: str) -> None:
    library, wanted = visit.parts.library, _folded(search)
    statements = [
        one
        for one in library.statements.values()
        if wanted in one.id or any(wanted in _folded(version.text.vi) for version in one.versions)
    ]
    parameters = [
        one for one in library.parameters.values() if wanted in one.name or wanted in _folded(one.metadata.label.vi)
    ]
    if not statements and not parameters:
        empty(visit.t("policy.page.nothing_found"))
    if statements:
        with section(visit.t("policy.page.statements")):
            _statements(visit, statements[:MOST_SHOWN])
    if parameters:
        with section(visit.t("policy.page.parameters")):
            _parameters(visit, parameters[:MOST_SHOWN])


def _folded(words: str) -> str:
    return fold(clean(words))


def _attention(visit: Visit) -> None:
    library = visit.parts.library
    found = all_attention(library, today_of(visit))
    with section(visit.t("policy.page.attention")):
        if not found:
            empty(visit.t("policy.page.nothing_urgent"))
            return

        def name(one: Attention) -> None:
            words = (
                statement_words(visit, library.statements[one.name])
                if one.kind == "statement"
                else parameter_words(visit, library.parameters[one.name])
            )
            with ui.link(target=f"/content/{one.kind}s/{one.name}"):
                span(words)

        table(
            found[:MOST_SHOWN],
            Column(visit.t("policy.page.what"), name),
            Column(visit.t("policy.page.why"), lambda one: signs(visit, one.signs, one.on)),
        )
        if len(found) > MOST_SHOWN:
            ui.label(visit.t("policy.page.more", number=len(found) - MOST_SHOWN)).classes("ct-muted")


def _statements(visit: Visit, statements: list[Statement]) -> None:
    library, today = visit.parts.library, today_of(visit)

    def name(one: Statement) -> None:
        with ui.link(target=f"/content/statements/{one.id}"):
            span(statement_words(visit, one))

    def now(one: Statement) -> str:
        period = next((p for p in library.periods_of(one) if p.covers(today)), None)
        return (
            visit.t("policy.page.not_now") if period is None else span_words(visit, period.valid_from, period.valid_to)
        )

    def why(one: Statement) -> None:
        found = attention_to(library, one, today)
        signs(visit, found.signs, found.on)

    table(
        statements,
        Column(visit.t("policy.page.what"), name),
        Column(visit.t("policy.page.holds"), now),
        Column(visit.t("policy.page.review"), lambda one: visit.catalogue.date(one.review_expires_on)),
        Column(visit.t("policy.page.why"), why),
    )


def _parameters(visit: Visit, parameters: list[Parameter]) -> None:
    today = today_of(visit)

    def name(one: Parameter) -> None:
        with ui.link(target=f"/content/parameters/{one.name}"):
            span(parameter_words(visit, one))

    table(
        parameters,
        Column(visit.t("policy.page.what"), name),
        Column(visit.t("policy.page.value_now"), lambda one: quantity_words(visit, one, one.value_on(today))),
        Column(visit.t("policy.page.code"), lambda one: one.name),
    )


@waiting
async def content_waits(connection: AsyncConnection, visit: Visit) -> list[Waiting]:
    """What policy owners have to decide, to write, and to read again."""
    if not visit.staff.has(Role.POLICY_OWNER):
        return []
    proposals = [one for one in await list_revisions(connection, state="proposed") if one.proposed_by != visit.staff.id]
    requests = await policy_requests(connection)
    stale = [one for one in all_attention(visit.parts.library, today_of(visit)) if Sign.STALE in one.signs]
    return [
        Waiting(visit.t(f"policy.waits.{name}", number=len(found)), target, len(found))
        for name, found, target in (
            ("proposals", proposals, "/content"),
            ("requests", requests, "/understanding"),
            ("stale", stale, "/content"),
        )
    ]
