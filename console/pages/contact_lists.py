"""Lists of people that officers bring: who is on them comes from a sheet, every faulty row is named first."""

from typing import Any

from nicegui import ui

from console.campaigns.actions import MANAGE_LISTS, READERS
from console.shell.ask import ask_sure
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.upload import file_button
from console.shell.visit import Told, Visit
from console.shell.words import items, paragraph
from content.sheet_rows import UnreadableSheet, read_rows
from scheduler.contact_lists import add_simulated, read_people, save_people
from store.queries.contact_lists import StoredList, lists_of, remove_list
from store.staff_roles import Role

_LARGEST_SHEET = 8 * 1024 * 1024


@page("/contact-lists", name="contact_lists", roles=READERS, group=Group.REACH, icon="contact_page", position=30)
async def contact_lists(visit: Visit) -> None:
    """Show the lists of the organisation, and take in sheets."""
    async with visit.reading() as connection:
        lists = await lists_of(connection, visit.staff.organisation)

    async def remove(one: StoredList) -> None:
        async with visit.acting_somewhere(MANAGE_LISTS) as acting:
            await remove_list(acting.connection, organisation=acting.staff.organisation, name=one.name)
            await acting.record("contact_list.deleted", f"contact_list:{one.id}", details={"name": one.name})
        ui.navigate.reload()

    def button(one: StoredList) -> None:
        if visit.may_somewhere(MANAGE_LISTS):
            sure = visit.t("console.lists.delete_sure", name=one.name)
            ui.button(
                visit.t("console.lists.delete"), on_click=lambda: ask_sure(visit, sure, lambda: remove(one))
            ).props("flat dense color=negative")

    with section(visit.t("console.page.contact_lists")):
        if not lists:
            empty(visit.t("console.lists.none"))
        else:
            table(
                lists,
                Column(visit.t("console.lists.name"), lambda one: one.name),
                Column(visit.t("console.lists.kind"), lambda one: visit.t(f"console.lists.kind.{one.kind}")),
                Column(visit.t("console.lists.members"), lambda one: visit.catalogue.number(one.members), number=True),
                Column(visit.t("console.account.what"), button),
            )
    if visit.staff.has(Role.CAMPAIGN_AUTHOR):
        _bring(visit)


def _bring(visit: Visit) -> None:
    with section(visit.t("console.lists.bring")):
        paragraph(visit.t("console.lists.bring_how"))
        with ui.element("div").classes("ct-row"):
            name = ui.input(visit.t("console.lists.name")).props("outlined dense maxlength=80").classes("ct-narrow")
            kinds = {one: visit.t(f"console.lists.kind.{one}") for one in ("contacts", "guests")}
            kind = ui.select(kinds, label=visit.t("console.lists.kind"), value="contacts").props("outlined dense")
        faults = ui.element("div").props('role="status"')

        async def take(event: Any) -> None:
            faults.clear()
            if not (name.value or "").strip():
                raise Told("console.lists.name_missing")
            data = await event.file.read()
            try:
                rows = read_rows(event.file.name, data)
            except UnreadableSheet as error:
                raise Told(f"sheet.{error.cause}", **error.values) from error
            async with visit.acting_somewhere(MANAGE_LISTS) as acting:
                sheet = await read_people(acting.connection, rows)
                if not sheet.problems:
                    number = await save_people(
                        acting.connection,
                        acting.actor,
                        sheet,
                        name=name.value.strip(),
                        kind=kind.value,
                        now=acting.now,
                        replace=False,
                    )
                    ui.notify(visit.t("console.lists.saved", number=visit.catalogue.number(number)), type="positive")
                    ui.navigate.reload()
                    return
            with faults, ui.element("div").classes("ct-warning"):
                paragraph(visit.t("console.lists.nothing_saved"))
                items([f"{one.row} {one.column}: {one.text(visit.catalogue)}" for one in sheet.problems[:50]])

        file_button(visit.t("console.lists.sheet"), take, accept=".xlsx,.csv", largest=_LARGEST_SHEET)

        async def simulate() -> None:
            async with visit.acting_somewhere(MANAGE_LISTS) as acting:
                chosen = (name.value or "").strip() or visit.t("console.campaign.simulated_guests")
                await add_simulated(acting.connection, acting.actor, name=chosen, now=acting.now)
            ui.navigate.reload()

        ui.button(visit.t("console.campaign.make_guests"), on_click=simulate).props("flat")
