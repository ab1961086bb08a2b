"""The matching desk: rows that wait, the likeliest pledges of each, and what somebody decides."""

from functools import partial

from nicegui import ui

from console.fund_desk.work import READERS, RECORD, record_voucher, typed_amount
from console.shell.frame import empty, section, tab, title
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Missing, Told, Visit
from console.shell.words import paragraph, sentence, span
from fund.matching import RowState
from fund.names import public_name_of, row_for
from fund.pledge_codes import typed_pledge_codes
from fund.suggestions import Suggestion, credits_that_went_back, suggestions_for
from store.queries.fund_statements import StatementRow, get_row, rows_in_states

_WAITING = (RowState.UNCHECKED, RowState.AMBIGUOUS, RowState.UNKNOWN)
_A_PAGE = 50


@page("/fund/rows", name="fund_rows", roles=READERS, group=Group.FUND, icon="join_inner", position=20)
async def fund_rows(visit: Visit, state: str = "", after: int = 0) -> None:
    """Show the rows in a state; without one, all that wait."""
    states = [RowState(state)] if state in set(RowState) else list(_WAITING)
    async with visit.reading() as connection:
        listed = await rows_in_states(connection, states, after=after, limit=_A_PAGE + 1)
    found = [row_for(visit.staff, one) for one in listed]
    with ui.element("div").classes("ct-row"):
        tab(visit.t("console.fund.all_waiting"), "/fund/rows", chosen=not state)
        for one in RowState:
            tab(visit.t(f"fund.row.{one}"), f"/fund/rows?state={one}", chosen=state == one)
    with section(visit.t("console.fund.rows")):
        if not found:
            empty(visit.t("console.fund.no_rows"))
            return
        rows_table(visit, found[:_A_PAGE])
        if len(found) > _A_PAGE:
            ui.link(visit.t("console.fund.next"), f"/fund/rows?state={state}&after={found[_A_PAGE - 1].id}")


def rows_table(visit: Visit, rows: list[StatementRow]) -> None:
    """Draw statement rows; each leads to its page."""

    def memo(row: StatementRow) -> None:
        ui.link(row.memo[:120] or "–", f"/fund/rows/{row.id}")

    table(
        rows,
        Column(visit.t("console.fund.day"), lambda row: visit.catalogue.date(row.booked_on)),
        Column(visit.t("console.fund.amount"), lambda row: visit.catalogue.money(row.amount), number=True),
        Column(visit.t("console.fund.memo"), memo),
        Column(visit.t("console.fund.state"), lambda row: _standing(visit, row)),
    )


def _standing(visit: Visit, row: StatementRow) -> str:
    reason = f": {visit.t(f'fund.reason.{row.reason}')}" if row.reason else ""
    return f"{visit.t(f'fund.row.{row.state}')}{reason}"


@page("/fund/rows/{row_id}", name="fund_row", roles=READERS, example={"row_id": 1})
async def fund_row(visit: Visit, row_id: int) -> None:
    """Show one row with the likeliest pledges, and record what it is."""
    async with visit.reading() as connection:
        row = await get_row(connection, row_id)
        if row is None:
            raise Missing
        suggested = await suggestions_for(connection, row)
        came = await credits_that_went_back(connection, row)
    row = row_for(visit.staff, row)
    title(visit, f"{visit.catalogue.money(row.amount)}, {visit.catalogue.date(row.booked_on)}")
    with section(sentence(_standing(visit, row))):
        paragraph(row.memo)
        paragraph(" · ".join(one for one in (row.counter_name, row.account, row.reference, row.source) if one))
    if not visit.may(RECORD):
        return
    if row.state in _WAITING:
        if row.amount > 0:
            _suggested(visit, row, suggested)
            _by_hand(visit, row)
        elif came:
            _gave_back(visit, row, came)
        _discard(visit, row, "discard")
    elif row.state in (RowState.MATCHED, RowState.DISCARDED) or (row.state == RowState.REFUNDED and row.amount < 0):
        _discard(visit, row, "undo")


def _suggested(visit: Visit, row: StatementRow, suggested: list[Suggestion]) -> None:
    with section(visit.t("console.fund.likely")):
        if not suggested:
            paragraph(visit.t("console.fund.none_likely"))
            return

        def assign(one: Suggestion) -> None:
            body = {"row": row.id, "parts": [[one.pledge.code, row.amount]]}
            ui.button(
                visit.t("console.fund.assign_all"),
                on_click=partial(record_voucher, visit, "assign", body, to="/fund/rows"),
            ).props(f'dense aria-label="{visit.t("console.fund.assign_all")} {one.pledge.code}"')

        money = visit.catalogue.money
        table(
            suggested,
            Column(visit.t("console.fund.code"), lambda one: one.pledge.code),
            Column(visit.t("console.fund.why"), lambda one: visit.t(f"fund.suggestion.{one.why}")),
            Column(visit.t("fund.total.pledged"), lambda one: money(one.pledge.promised), number=True),
            Column(visit.t("fund.total.received"), lambda one: money(one.pledge.received), number=True),
            Column(
                visit.t("console.fund.name"), lambda one: one.pledge.donor_name or public_name_of(one.pledge) or "–"
            ),
            Column(visit.t("console.account.what"), assign),
        )


def _by_hand(visit: Visit, row: StatementRow) -> None:
    with section(visit.t("console.fund.by_hand")).classes("ct-stack"):
        paragraph(visit.t("console.fund.by_hand_how"))
        written = ui.textarea(visit.t("console.fund.parts")).props("outlined autogrow").classes("ct-narrow")

        async def assign() -> None:
            await record_voucher(
                visit, "assign", {"row": row.id, "parts": parts_of(str(written.value or ""))}, to="/fund/rows"
            )

        async def gift() -> None:
            await record_voucher(visit, "assign", {"row": row.id, "parts": [[None, row.amount]]}, to="/fund/rows")

        with ui.element("div").classes("ct-row"):
            ui.button(visit.t("console.fund.assign_parts"), on_click=assign)
            ui.button(visit.t("console.fund.gift_without"), on_click=gift).props("flat")


def parts_of(written: str) -> list[tuple[str | None, int]]:
    """Read a line for each part: code and amount, or an amount alone for a gift without a pledge.

    Raises:
        Told: a line is neither.
    """
    parts: list[tuple[str | None, int]] = []
    for line in filter(None, (line.strip() for line in written.splitlines())):
        codes = typed_pledge_codes(line)
        amount = line.replace("=", " ").split()[-1]
        if len(codes) > 1 or (codes and len(line.replace("=", " ").split()) < 2):
            raise Told("console.fund.no_part", line=line)
        parts.append((codes[0] if codes else None, typed_amount(amount)))
    if not parts:
        raise Told("console.fund.no_part", line="")
    return parts


def _gave_back(visit: Visit, row: StatementRow, came: list[StatementRow]) -> None:
    with section(visit.t("console.fund.gives_back")):
        reopen = ui.checkbox(visit.t("console.fund.reopen"))

        def button(one: StatementRow) -> None:
            async def refund() -> None:
                body = {"row": row.id, "gift_row": one.id, "reopen": bool(reopen.value)}
                await record_voucher(visit, "refund", body, to="/fund/rows")

            ui.button(visit.t("console.fund.is_refund"), on_click=refund).props("dense")

        table(
            came,
            Column(visit.t("console.fund.day"), lambda one: visit.catalogue.date(one.booked_on)),
            Column(visit.t("console.fund.memo"), lambda one: one.memo[:120]),
            Column(visit.t("console.account.what"), button),
        )


def _discard(visit: Visit, row: StatementRow, kind: str) -> None:
    with section(visit.t(f"console.fund.{kind}_heading")):
        span(visit.t(f"console.fund.{kind}_how"))
        ui.button(
            sentence(visit.t(f"fund.voucher.{kind}")),
            on_click=partial(record_voucher, visit, kind, {"row": row.id}, to="/fund/rows"),
        ).props("flat color=negative")
