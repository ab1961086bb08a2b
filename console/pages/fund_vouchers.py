"""Vouchers: what one person recorded and another approves."""

from datetime import date
from functools import partial
from typing import Any

from nicegui import ui
from sqlalchemy.ext.asyncio import AsyncConnection

from console.fund_desk.work import APPROVE, READERS, staff_names
from console.shell.ask import ask_reason
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.waiting import Waiting, waiting
from console.shell.words import span
from fund.office import approve, by_staff, reject
from store.queries.fund_vouchers import Voucher, vouchers
from store.staff_roles import Role


@page("/fund/vouchers", name="fund_vouchers", roles=READERS, group=Group.FUND, icon="approval", position=30)
async def fund_vouchers(visit: Visit) -> None:
    """Show what waits for a second person, and what was decided lately."""
    async with visit.reading() as connection:
        open_ones = await vouchers(connection, state="waiting", limit=200)
        decided = [one for one in await vouchers(connection, state=None, limit=60) if one.state != "waiting"]
        names = await staff_names(connection)
    with section(visit.t("console.fund.waits_for_second")):
        if not open_ones:
            empty(visit.t("console.fund.no_vouchers"))
        else:
            table(open_ones, *_columns(visit, names), Column(visit.t("console.account.what"), partial(_decide, visit)))
    if decided:
        with section(visit.t("console.fund.decided")):
            table(
                decided,
                *_columns(visit, names),
                Column(visit.t("console.fund.state"), lambda one: visit.t(f"fund.voucher_state.{one.state}")),
                Column(visit.t("console.fund.by"), lambda one: names.get(one.decided_by or "", one.decided_by or "–")),
            )


def _columns(visit: Visit, names: dict[str, str]) -> list[Column[Voucher]]:
    return [
        Column(visit.t("console.fund.voucher"), lambda one: str(one.id)),
        Column(visit.t("console.fund.what"), lambda one: visit.t(f"fund.voucher.{one.kind}")),
        Column(visit.t("console.fund.says"), partial(_body, visit)),
        Column(visit.t("console.fund.recorded_by"), lambda one: names.get(one.recorded_by, one.recorded_by)),
    ]


def _body(visit: Visit, voucher: Voucher) -> None:
    said: list[str] = []
    for name, value in voucher.body.items():
        if value in (None, "", False):
            continue
        words = _value(visit, name, value)
        said.append(f"{visit.t(f'console.fund.field.{name}')}: {words}")
    if voucher.note:
        said.append(voucher.note)
    with ui.element("div"):
        for line in said:
            with ui.element("div"):
                span(line)
        if (row := voucher.body.get("row")) is not None:
            ui.link(visit.t("console.fund.see_row"), f"/fund/rows/{row}")


def _value(visit: Visit, name: str, value: Any) -> str:
    if name == "parts":
        nobody = visit.t("fund.reason.gift_without_pledge")
        return ", ".join(f"{code or nobody} {visit.catalogue.money(amount)}" for code, amount in value)
    if name in ("amount", "value"):
        return visit.catalogue.money(int(value))
    if name == "commune":
        return visit.place(str(value))
    if name == "day":
        return visit.catalogue.date(date.fromisoformat(str(value)))
    return visit.t(f"fund.level.{value}") if name == "level" else "✓" if value is True else str(value)


def _decide(visit: Visit, voucher: Voucher) -> None:
    if not visit.may(APPROVE):
        return
    if voucher.recorded_by == by_staff(visit.staff.id):
        span(visit.t("console.fund.own_voucher"))
        return

    async def yes() -> None:
        async with visit.acting(APPROVE) as acting:
            await approve(acting.connection, voucher.id, staff_id=acting.staff.id, now=acting.now)
        ui.notify(visit.t("console.fund.approved", voucher=voucher.id), type="positive")
        ui.navigate.reload()

    async def no(reason: str) -> None:
        async with visit.acting(APPROVE) as acting:
            await reject(acting.connection, voucher.id, reason=reason, staff_id=acting.staff.id, now=acting.now)
        ui.navigate.reload()

    name = f"{visit.t('console.fund.voucher')} {voucher.id}"
    with ui.element("div").classes("ct-row"):
        words = visit.t("console.fund.approve")
        ui.button(words, on_click=yes).props(f'dense aria-label="{words}: {name}"')
        words = visit.t("console.fund.reject")
        ui.button(
            words, on_click=lambda: ask_reason(visit, visit.t("console.fund.why_not", voucher=voucher.id), no)
        ).props(f'flat dense color=negative aria-label="{words}: {name}"')


@waiting
async def vouchers_wait(connection: AsyncConnection, visit: Visit) -> list[Waiting]:
    """Vouchers that wait for whoever looks: those of others."""
    if not visit.staff.has(Role.FUND_APPROVER):
        return []
    mine = by_staff(visit.staff.id)
    number = sum(one.recorded_by != mine for one in await vouchers(connection, state="waiting", limit=200))
    return [
        Waiting(visit.t("console.fund.vouchers_wait", number=visit.catalogue.number(number)), "/fund/vouchers", number)
    ]
