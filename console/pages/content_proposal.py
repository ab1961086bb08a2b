"""One proposal: what changes in the content, what the bot would say from when, and the second person's word."""

import asyncio

from nicegui import ui

from bot.policy.revisions import approve, as_revision, current_content, refuse, withdraw
from console.policy.history import difference, state_mark
from console.policy.proposing import DECIDE, PROPOSE
from console.policy.words import ask_as_on, parameter_words, span_words, statement_words
from console.shell.frame import section, title
from console.shell.registry import page
from console.shell.visit import Missing, Visit
from console.shell.words import heading, paragraph
from content.revisions import Effect, Revision, RevisionKind, UnusableRevision, effects_of
from content.yaml_files import ContentError
from store.queries.content_revisions import RevisionRow, get_revision, revisions_in_force


@page("/content/proposals/{revision_id}", name="content_proposal", example={"revision_id": 1})
async def content_proposal(visit: Visit, revision_id: int) -> None:
    """Show a proposal and its effects."""
    library = visit.parts.library
    async with visit.reading() as connection:
        row = await get_revision(connection, revision_id)
        if row is None:
            raise Missing
        kind = RevisionKind(row.kind)
        current = await current_content(connection, library, kind, row.name)
        in_force = [as_revision(one) for one in await revisions_in_force(connection)]
    title(visit, visit.t("policy.page.proposal_of", name=_name(visit, kind, row.name)))
    with ui.element("div").classes("ct-row"):
        state_mark(visit, row)
        ui.label(visit.t("policy.page.by", name=row.proposed_by_name, at=visit.moment(row.proposed_at)))
        with ui.link(target=f"/content/{kind.value}s/{row.name}"):
            ui.label(visit.t("policy.page.to_it"))
    with section(visit.t("policy.page.reason")):
        paragraph(row.reason)
        if row.decided_by_name:
            told = visit.t("policy.page.decided", name=row.decided_by_name, at=visit.moment(row.decided_at))
            paragraph(f"{told} {row.decision}".strip())
    if row.state == "proposed":
        await _effects(visit, row, in_force)
        with section(visit.t("policy.page.difference")):
            difference(current.data, row.data)
        _decision(visit, row)
    else:
        with section(visit.t("policy.page.content_of")):
            difference({}, row.data)


async def _effects(visit: Visit, row: RevisionRow, in_force: list[Revision]) -> None:
    with section(visit.t("policy.page.effects")):
        try:
            found = await asyncio.to_thread(
                effects_of,
                visit.parts.library,
                as_revision(row),
                in_force,
                visit.staff.language,
            )
        except (UnusableRevision, ContentError) as error:
            ui.label(visit.t("policy.error.not_readable", cause=str(error))).classes("ct-bad")
            return
        changed = [one for one in found if one.before != one.after]
        if not changed:
            ui.label(visit.t("policy.page.no_effects")).classes("ct-muted")
        for one in changed[:30]:
            _effect(visit, one)


def _effect(visit: Visit, one: Effect) -> None:
    statement = visit.parts.library.statements.get(one.statement)
    heading(one.statement if statement is None else statement_words(visit, statement))
    with ui.element("div").classes("ct-row"):
        ui.label(span_words(visit, one.valid_from, one.valid_to)).classes("ct-strong")
        ask_as_on(visit, one.valid_from)
    with ui.element("div").classes("ct-two"):
        for key, words in (("before", one.before), ("after", one.after)):
            with ui.element("div"):
                ui.label(visit.t(f"policy.page.{key}")).classes("ct-small ct-muted")
                paragraph(words or visit.t("policy.page.says_nothing"))


def _decision(visit: Visit, row: RevisionRow) -> None:
    own = row.proposed_by == visit.staff.id
    with section(visit.t("policy.page.decision")):
        if own:
            ui.label(visit.t("policy.page.second_person")).classes("ct-muted")

            async def take_back() -> None:
                async with visit.acting(PROPOSE) as acting:
                    await withdraw(acting.connection, row.id, by=acting.staff.id, now=acting.now)
                ui.navigate.reload()

            ui.button(visit.t("policy.page.withdraw"), on_click=take_back).props("outline")
            return
        if not visit.may(DECIDE):
            ui.label(visit.t("policy.page.only_owner")).classes("ct-muted")
            return
        reason = ui.input(label=visit.t("policy.page.refusal_reason")).classes("ct-wide")

        async def yes() -> None:
            async with visit.acting(DECIDE) as acting:
                await approve(acting.connection, visit.parts.library, row.id, by=acting.staff.id, now=acting.now)
            ui.notify(visit.t("policy.page.in_force"), type="positive")
            ui.navigate.reload()

        async def no() -> None:
            async with visit.acting(DECIDE) as acting:
                await refuse(acting.connection, row.id, by=acting.staff.id, reason=reason.value or "", now=acting.now)
            ui.navigate.reload()

        with ui.element("div").classes("ct-row"):
            ui.button(visit.t("policy.page.approve"), on_click=yes).props("color=positive")
            ui.button(visit.t("policy.page.refuse"), on_click=no).props("outline color=negative")


def _name(visit: Visit, kind: RevisionKind, name: str) -> str:
    library = visit.parts.library
    if kind is RevisionKind.STATEMENT:
        return statement_words(visit, library.statements[name]) if name in library.statements else name
    return parameter_words(visit, library.parameters[name]) if name in library.parameters else name
