"""Vocational courses: the catalogue with seats, and a list brought in as a sheet."""

from typing import Any

from nicegui import ui

from bot.courses.importing import close_courses, import_courses
from console.access.actions import action
from console.shell.ask import ask_sure
from console.shell.frame import empty, section, title
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.upload import file_button
from console.shell.visit import Missing, Told, Visit
from console.shell.words import items, paragraph, span
from content.course_sheets import read_course_sheet
from content.place_units import load_places
from content.sheet_rows import UnreadableSheet, read_rows
from store.queries.course_interests import registrations
from store.queries.courses import CourseRow, all_courses, get_course
from store.staff_roles import Role

MANAGE = action("course.manage", Role.ADMINISTRATOR, Role.CAMPAIGN_AUTHOR)
ROLES = (Role.ADMINISTRATOR, Role.CAMPAIGN_AUTHOR, Role.HELP_DESK_OFFICER, Role.AUDITOR)
_LARGEST_SHEET = 4 * 1024 * 1024


@page("/courses", name="courses", roles=ROLES, group=Group.ANSWER, icon="school", position=40)
async def courses(visit: Visit) -> None:
    """Show the catalogue, soonest first."""
    async with visit.reading() as connection:
        found = await all_courses(connection)

    def name(one: CourseRow) -> None:
        ui.link(_name(visit, one), f"/courses/{one.code}")
        if one.demo:
            span(visit.t("console.frame.made_up")).classes("ct-demo-mark")

    with section(visit.t("console.page.courses")):
        if not found:
            empty(visit.t("console.courses.none"))
        else:
            table(
                found,
                Column(visit.t("console.courses.name"), name),
                Column(visit.t("console.courses.starts"), lambda one: visit.catalogue.date(one.starts_on)),
                Column(visit.t("console.courses.where"), lambda one: _where(one)),
                Column(visit.t("console.courses.seats"), lambda one: f"{one.taken}/{one.seats}", number=True),
                Column(visit.t("console.courses.waiting"), lambda one: str(one.waiting), number=True),
                Column(visit.t("console.campaigns.state"), lambda one: visit.t(f"course.state.{one.state}")),
            )
    if visit.may(MANAGE):
        _bring(visit)


def _name(visit: Visit, one: CourseRow) -> str:
    return one.title_en if visit.catalogue.language.code == "en" and one.title_en else one.title_vi


def _where(one: CourseRow) -> str:
    units = load_places().units
    return ", ".join(units[code].name for code in one.communes if code in units)


def _bring(visit: Visit) -> None:
    async def take(event: Any) -> None:
        faults.clear()
        try:
            sheet = read_course_sheet(read_rows(event.file.name, await event.file.read()), visit.today)
        except UnreadableSheet as error:
            raise Told(f"sheet.{error.cause}", **error.values) from error
        if sheet.problems:
            with faults, ui.element("div").classes("ct-warning"):
                paragraph(visit.t("console.lists.nothing_saved"))
                items(
                    [
                        f"{one.row} {one.column_name(visit.catalogue)}: {one.text(visit.catalogue)}"
                        for one in sheet.problems
                    ]
                )
            return
        async with visit.acting(MANAGE) as acting:
            await acting.record("course.imported", "course:*", details={"number": len(sheet.courses)})
        await import_courses(visit.parts.database, visit.parts.clock, sheet.courses)
        ui.navigate.reload()

    with section(visit.t("console.courses.bring")):
        paragraph(visit.t("console.courses.bring_how"))
        faults = ui.element("div").props('role="status"')
        file_button(visit.t("console.lists.sheet"), take, accept=".xlsx,.csv", largest=_LARGEST_SHEET)


@page("/courses/{code}", name="course", roles=ROLES, example={"code": "MAU-01"})
async def course(visit: Visit, code: str) -> None:
    """Show one course and who registered, without names: none are asked for."""
    async with visit.reading() as connection:
        found = await get_course(connection, code)
        if found is None:
            raise Missing
        registered = await registrations(connection, code)
    title(visit, _name(visit, found))
    # A number was left for the organiser to call: auditors and administrators do not call.
    calls = visit.staff.has(Role.CAMPAIGN_AUTHOR, Role.HELP_DESK_OFFICER)
    with section(visit.t("console.courses.about")):
        items(
            [
                f"{visit.t('console.courses.starts')}: {visit.catalogue.date(found.starts_on)}",
                f"{visit.t('console.courses.register_by')}: {visit.catalogue.date(found.register_by)}",
                f"{visit.t('console.courses.where')}: {found.venue}, {_where(found)}",
                f"{visit.t('console.courses.provider')}: {found.provider}",
                f"{visit.t('console.courses.seats')}: {found.taken}/{found.seats}",
            ]
        )
        if visit.may(MANAGE) and found.state == "open":
            sure = visit.t("console.courses.cancel_sure", name=_name(visit, found))
            ui.button(
                visit.t("console.courses.cancel"), on_click=lambda: ask_sure(visit, sure, lambda: _cancel(visit, code))
            ).props("flat color=negative")
    with section(visit.t("console.courses.registered")):
        if not registered:
            empty(visit.t("console.courses.nobody"))
            return
        table(
            registered,
            Column(visit.t("console.frame.number"), lambda one: str(one.number)),
            Column(visit.t("console.campaigns.state"), lambda one: visit.t(f"console.courses.{one.state.value}")),
            Column(visit.t("console.account.since"), lambda one: visit.moment(one.since)),
            Column(visit.t("console.people.phone"), lambda one: (one.phone or "–") if calls else "•••"),
        )


async def _cancel(visit: Visit, code: str) -> None:
    async with visit.acting(MANAGE) as acting:
        await acting.record("course.cancelled", f"course:{code}", details={"code": code})
    await close_courses(visit.parts.database, visit.parts.clock, [code], cancelled=True)
    ui.navigate.reload()
