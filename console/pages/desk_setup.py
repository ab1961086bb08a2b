"""How the help desk works: hours that an administrator confirms, replies of an organisation, and the report."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from nicegui import ui
from pydantic import ValidationError

from bot.helpdesk.canned import PLACES, write_own_reply
from bot.helpdesk.hours import DeskRules, OfficeHours
from bot.helpdesk.report import obstacle_report
from bot.helpdesk.report_files import report_page, report_sheet
from console.access.actions import action
from console.pages.tickets import VIEWERS, scope_for
from console.shell.ask import ask_sure
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Told, Visit
from console.shell.words import paragraph, sentence
from store.clock import local_date
from store.queries.canned_replies import OwnReply, delete_own_reply, own_replies
from store.queries.desk import confirm_desk_rules, desk_rules
from store.staff_roles import Role

CONFIRM = action("desk.confirm_hours", Role.ADMINISTRATOR)
WRITE = action("desk.write_replies", Role.HELP_DESK_OFFICER)

_SPAN = re.compile(r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})")


@page("/desk", name="desk_setup", roles=VIEWERS, group=Group.ANSWER, icon="schedule", position=11)
async def desk_setup(visit: Visit) -> None:
    """Show hours, replies and the report."""
    await _hours(visit)
    if visit.may(WRITE) or visit.staff.has(Role.HELP_DESK_OFFICER):
        await _replies(visit)
    _report(visit)


async def _hours(visit: Visit) -> None:
    async with visit.reading() as connection:
        row = await desk_rules(connection)
    rules = DeskRules.of(row)
    with section(visit.t("desk.setup.hours")):
        told = "confirmed" if rules.confirmed else "not_confirmed"
        ui.label(visit.t(f"desk.setup.{told}", at=visit.moment(row.confirmed_at))).classes(
            "ct-good" if rules.confirmed else "ct-warning"
        )
        days = {}
        for number in range(1, 8):
            spans = rules.hours.days.get(str(number), [])
            words = ", ".join(f"{begin:%H:%M}–{end:%H:%M}" for begin, end in spans)
            days[str(number)] = ui.input(label=sentence(visit.t(f"desk.weekday.{number}")), value=words)
        closed = ui.input(
            label=visit.t("desk.setup.closed_on"),
            value=", ".join(f"{day:%d/%m/%Y}" for day in sorted(rules.hours.closed_on)),
        ).classes("ct-wide")
        paragraph(visit.t("desk.setup.closed_how")).classes("ct-small ct-muted")
        within = ui.number(label=visit.t("desk.setup.within"), value=row.answer_within_minutes, min=5, format="%.0f")
        silent = ui.number(label=visit.t("desk.setup.silent"), value=row.silent_minutes, min=5, format="%.0f")
        if not visit.may(CONFIRM):
            return

        async def confirm() -> None:
            try:
                hours = OfficeHours.model_validate(
                    {
                        "days": {day: _spans(field.value or "") for day, field in days.items()},
                        "closed_on": [_date(one) for one in (closed.value or "").split(",") if one.strip()],
                    }
                )
            except ValidationError as error:
                raise Told("desk.error.hours", cause=error.errors()[0]["msg"]) from error
            async with visit.acting(CONFIRM) as acting:
                await confirm_desk_rules(
                    acting.connection,
                    hours=hours.model_dump(mode="json"),
                    answer_within_minutes=int(within.value or 120),
                    silent_minutes=int(silent.value or 60),
                    by=acting.staff.id,
                    now=acting.now,
                )
                await acting.record("desk.hours_confirmed", "desk:hours")
            ui.navigate.reload()

        ui.button(visit.t("desk.setup.confirm"), on_click=confirm)


def _spans(words: str) -> list[tuple[str, str]]:
    found = _SPAN.findall(words)
    if words.strip() and not found:
        raise Told("desk.error.hours", cause=words)
    return [(f"{begin:0>5}", f"{end:0>5}") for begin, end in found]


def _date(words: str) -> date:
    try:
        day, month, year = (int(part) for part in words.strip().split("/"))
        return date(year, month, day)
    except ValueError as error:
        raise Told("desk.error.hours", cause=words.strip()) from error


async def _replies(visit: Visit) -> None:
    async with visit.reading() as connection:
        rows = await own_replies(connection, organisation=visit.staff.organisation)

    async def delete(row: OwnReply) -> None:
        async with visit.acting_for_self(WRITE) as acting:
            await delete_own_reply(acting.connection, organisation=acting.staff.organisation, reply_id=row.id)
            await acting.record("desk.reply_deleted", f"canned_reply:{row.id}", details={"title": row.title})
        ui.navigate.reload()

    with section(visit.t("desk.setup.replies")):
        paragraph(visit.t("desk.setup.replies_how", places=", ".join(f"{{{one}}}" for one in sorted(PLACES))))
        if rows:
            table(
                rows,
                Column(visit.t("desk.setup.title"), lambda row: row.title),
                Column(visit.t("desk.setup.words"), lambda row: row.text),
                Column(
                    visit.t("console.account.what"),
                    lambda row: _delete_button(visit, row, delete),
                ),
            )
        else:
            empty(visit.t("desk.setup.no_replies"))
        name = ui.input(label=visit.t("desk.setup.title")).classes("ct-wide")
        words = ui.textarea(label=visit.t("desk.setup.words")).props("outlined autogrow").classes("ct-wide")

        async def save() -> None:
            async with visit.acting_for_self(WRITE) as acting:
                await write_own_reply(
                    acting.connection,
                    visit.parts.library,
                    acting.staff,
                    title=name.value or "",
                    text=words.value or "",
                    now=acting.now,
                )
                await acting.record("desk.reply_written", "canned_reply", details={"title": name.value or ""})
            ui.navigate.reload()

        ui.button(visit.t("desk.setup.save"), on_click=save)


def _delete_button(visit: Visit, row: OwnReply, delete: Callable[[OwnReply], Awaitable[None]]) -> None:
    sure = visit.t("desk.setup.delete_sure", title=row.title)
    ui.button(visit.t("desk.setup.delete"), on_click=lambda: ask_sure(visit, sure, lambda: delete(row))).props(
        "flat dense color=negative"
    )


def _report(visit: Visit) -> None:
    today = local_date(visit.now)
    with section(visit.t("desk.report.title")):
        paragraph(visit.t("desk.setup.report_how"))
        with ui.element("div").classes("ct-row"):
            since = ui.input(label=visit.t("desk.setup.since"), value=(today - timedelta(days=90)).isoformat())
            until = ui.input(label=visit.t("desk.setup.until"), value=today.isoformat())
            for field in (since, until):
                field.props("type=date stack-label")

        async def fetch(sheet: bool) -> None:
            try:
                first, last = date.fromisoformat(since.value or ""), date.fromisoformat(until.value or "")
                async with visit.reading() as connection:
                    scope, demo = scope_for(visit), visit.staff.demo
                    made = await obstacle_report(connection, scope, since=first, until=last, demo=demo)
            except ValueError as error:
                raise Told("desk.error.bad_period") from error
            write, ending = (report_sheet, "xlsx") if sheet else (report_page, "pdf")
            content = write(made, visit.parts.library, visit.catalogue)
            ui.download.content(content, f"vuong-mac-{first}-{last}.{ending}")

        with ui.element("div").classes("ct-row"):
            ui.button("XLSX", icon="download", on_click=lambda: fetch(True))
            ui.button("PDF", icon="download", on_click=lambda: fetch(False)).props("outline")
