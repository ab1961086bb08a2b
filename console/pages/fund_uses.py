"""Uses: money set aside, and what of it was handed over."""

from functools import partial

from nicegui import ui

from console.fund_desk.work import READERS, RECORD, record_voucher, typed_amount
from console.shell.ask import ask_sure
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.words import paragraph, sentence
from content.place_units import load_places
from store.queries.fund_uses import Allocation, allocations


@page("/fund/uses", name="fund_uses", roles=READERS, group=Group.FUND, icon="volunteer_activism", position=40)
async def fund_uses(visit: Visit) -> None:
    """Show allocations; record new ones, deliveries, and that one is taken back."""
    async with visit.reading() as connection:
        found = await allocations(connection, limit=200)
    money = visit.catalogue.money
    with section(visit.t("console.fund.set_aside")):
        if not found:
            empty(visit.t("console.fund.nothing_set_aside"))
        else:
            columns = [
                Column[Allocation](visit.t("console.fund.day"), lambda one: visit.catalogue.date(one.allocated_on)),
                Column[Allocation](visit.t("console.fund.title"), lambda one: one.title),
                Column[Allocation](visit.t("console.fund.place"), lambda one: visit.place(one.commune or "")),
                Column[Allocation](visit.t("fund.total.allocated"), lambda one: money(one.amount), number=True),
                Column[Allocation](visit.t("fund.total.delivered"), lambda one: money(one.delivered), number=True),
            ]
            if visit.may(RECORD):
                columns.append(Column[Allocation](visit.t("console.account.what"), partial(_take_back, visit)))
            table(found, *columns)
    if visit.may(RECORD):
        _set_aside(visit)
        if open_ones := [one for one in found if one.delivered < one.amount]:
            _hand_over(visit, open_ones)


def _take_back(visit: Visit, one: Allocation) -> None:
    if one.delivered:
        return
    sure = visit.t("console.fund.take_back_sure", title=one.title)
    do = partial(record_voucher, visit, "cancel_allocation", {"allocation": one.id})
    ui.button(sentence(visit.t("fund.voucher.cancel_allocation")), on_click=lambda: ask_sure(visit, sure, do)).props(
        "flat dense color=negative"
    )


def _set_aside(visit: Visit) -> None:
    with section(sentence(visit.t("fund.voucher.allocate"))).classes("ct-stack"):
        paragraph(visit.t("console.fund.allocate_how"))
        communes = {"": visit.t("console.frame.whole_province")}
        communes |= {code: unit.name for code, unit in load_places().units.items()}
        levels = {one: visit.t(f"fund.level.{one}") for one in ("province", "commune")}
        title = ui.input(visit.t("console.fund.title")).props("outlined dense maxlength=200").classes("ct-narrow")
        programme = ui.input(visit.t("console.fund.programme")).props("outlined dense maxlength=100")
        amount = ui.input(visit.t("console.fund.amount")).props("outlined dense inputmode=numeric")
        level = ui.select(levels, label=visit.t("console.fund.level"), value="province").props("outlined dense")
        commune = ui.select(communes, label=visit.t("console.fund.place"), value="", with_input=True).props(
            "outlined dense"
        )
        household = ui.input(visit.t("console.fund.household")).props("outlined dense maxlength=100")
        consent = ui.input(visit.t("console.fund.household_consent")).props("outlined dense maxlength=300")

        async def go() -> None:
            body = {
                "title": title.value or "",
                "programme": programme.value or "",
                "amount": typed_amount(amount.value),
                "level": level.value,
                "commune": commune.value or None,
                "household": household.value or None,
                "household_consent_text": consent.value or None,
            }
            await record_voucher(visit, "allocate", body)

        ui.button(visit.t("console.fund.record"), on_click=go)


def _hand_over(visit: Visit, open_ones: list[Allocation]) -> None:
    with section(sentence(visit.t("fund.voucher.deliver"))).classes("ct-stack"):
        money = visit.catalogue.money
        left = {one.id: f"{one.title} – {money(one.amount - one.delivered)}" for one in open_ones}
        which = ui.select(left, label=visit.t("console.fund.title"), value=open_ones[0].id).props("outlined dense")
        amount = ui.input(visit.t("console.fund.amount")).props("outlined dense inputmode=numeric")
        day = ui.input(visit.t("console.fund.day"), value=visit.today.isoformat()).props("outlined dense type=date")
        document = ui.input(visit.t("console.fund.document")).props("outlined dense maxlength=200")
        row = ui.input(visit.t("console.fund.paying_row")).props("outlined dense inputmode=numeric")

        async def go() -> None:
            typed = str(row.value or "").strip()
            body = {
                "allocation": which.value,
                "amount": typed_amount(amount.value),
                "day": str(day.value),
                "document": document.value or "",
                "row": int(typed) if typed.isdecimal() else None,
            }
            await record_voucher(visit, "deliver", body)

        ui.button(visit.t("console.fund.record"), on_click=go)
