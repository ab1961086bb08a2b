"""The books: accounts that donors are told, papers for donors, seals, and that nobody changed anything."""

from functools import partial

from nicegui import ui

from console.access.actions import action
from console.fund_desk.work import READERS, RECORD, record_voucher, typed_amount
from console.shell.ask import ask_sure
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Told, Visit
from console.shell.words import items, paragraph, sentence
from content.translations import catalogue_for
from fund.accounts import Accounts, FundAccount, kept_accounts
from fund.banks import BANKS
from fund.paper_pdf import paper_pdf
from fund.papers import NoPaper, issue_paper
from fund.pledge_codes import typed_pledge_codes
from fund.verifying import verify_books
from store.queries.fund_ledger import Seal, seals
from store.staff_roles import Role

VERIFY = action("fund.verify", *READERS)
ISSUE = action("fund.issue_paper", Role.FUND_RECORDER)
_SEALS = 30


@page("/fund/books", name="fund_books", roles=READERS, group=Group.FUND, icon="menu_book", position=50)
async def fund_books(visit: Visit) -> None:
    """Show accounts and seals; check the books; issue papers; record accounts and cash."""
    async with visit.reading() as connection:
        accounts = await kept_accounts(connection)
        sealed = await seals(connection)
    ui.link(visit.t("console.fund.public_page"), "../../so-quy", new_tab=True)  # beside the console, not in it
    _seals(visit, sealed)
    _accounts(visit, accounts)
    if visit.may(ISSUE):
        _papers(visit, accounts)
    if visit.may(RECORD):
        _cash(visit)


def _seals(visit: Visit, sealed: list[Seal]) -> None:
    with section(visit.t("fund.page.seals")):
        if not sealed:
            empty(visit.t("fund.page.no_seal"))
        else:
            table(
                list(reversed(sealed[-_SEALS:])),
                Column(visit.t("console.fund.day"), lambda one: visit.catalogue.date(one.day)),
                Column(visit.t("console.fund.entries"), lambda one: visit.catalogue.number(one.entries), number=True),
                Column(visit.t("fund.page.seal"), lambda one: one.hash),
            )
        told = ui.element("div").props('role="status"')

        async def verify() -> None:
            async with visit.reading() as connection:
                found = await verify_books(connection)
            told.clear()
            number = visit.catalogue.number
            with told:
                if found.faults:
                    with ui.element("div").classes("ct-warning"):
                        paragraph(visit.t("console.fund.faults", number=number(len(found.faults))))
                        items([one.text(visit.catalogue) for one in found.faults[:50]])
                else:
                    paragraph(visit.t("console.fund.whole", entries=number(found.entries), rows=number(found.rows)))

        if visit.may_somewhere(VERIFY):
            ui.button(visit.t("console.fund.verify"), on_click=verify)


def _accounts(visit: Visit, accounts: Accounts) -> None:
    with section(visit.t("fund.page.accounts")):
        if not accounts:
            empty(visit.t("fund.page.no_account"))
        else:
            columns = [
                Column[FundAccount](visit.t("console.fund.account"), lambda one: one.number),
                Column[FundAccount](visit.t("console.fund.bank"), lambda one: one.bank_name),
                Column[FundAccount](visit.t("console.fund.holder"), lambda one: one.holder),
                Column[FundAccount](visit.t("console.fund.place"), lambda one: visit.place(one.commune or "")),
            ]
            if visit.may(RECORD):
                columns.append(Column[FundAccount](visit.t("console.account.what"), partial(_retire, visit)))
            table(accounts.all, *columns)
        if not visit.may(RECORD):
            return
        paragraph(visit.t("console.fund.account_how"))
        with ui.element("div").classes("ct-row"):
            bank = ui.select(BANKS, label=visit.t("console.fund.bank"), with_input=True, clearable=True).props(
                "outlined dense"
            )
            other = ui.input(visit.t("console.fund.other_bank")).props("outlined dense maxlength=80")
            number = ui.input(visit.t("console.fund.account")).props("outlined dense maxlength=40")
            holder = ui.input(visit.t("console.fund.holder")).props("outlined dense maxlength=120")
            commune = ui.input(visit.t("console.fund.commune_code")).props("outlined dense maxlength=5")

        async def go() -> None:
            own = str(commune.value or "").strip() or None
            body = {
                "bank": bank.value or other.value or "",
                "number": number.value or "",
                "holder": holder.value or "",
                "level": "commune" if own else "province",
                "commune": own,
            }
            await record_voucher(visit, "set_account", body)

        ui.button(sentence(visit.t("fund.voucher.set_account")), on_click=go)


def _retire(visit: Visit, one: FundAccount) -> None:
    sure = visit.t("console.fund.retire_sure", number=one.number)
    do = partial(record_voucher, visit, "retire_account", {"number": one.number})
    ui.button(sentence(visit.t("fund.voucher.retire_account")), on_click=lambda: ask_sure(visit, sure, do)).props(
        "flat dense color=negative"
    )


def _papers(visit: Visit, accounts: Accounts) -> None:
    with section(visit.t("console.fund.papers")).classes("ct-stack"):
        code = ui.input(visit.t("console.fund.code")).props("outlined dense maxlength=40")
        kinds = {one: visit.t(f"fund.paper.{one}") for one in ("receipt", "letter", "summary")}
        kind = ui.select(kinds, label=visit.t("fund.page.paper_kind"), value="receipt").props("outlined dense")
        year = ui.number(visit.t("console.fund.year"), value=visit.today.year, format="%d").props("outlined dense")

        async def issue() -> None:
            codes = typed_pledge_codes(str(code.value or ""))
            if not codes:
                raise Told("console.fund.no_code")
            wanted = int(year.value) if kind.value == "summary" and year.value else None
            try:
                async with visit.acting(ISSUE) as acting:
                    paper = await issue_paper(
                        acting.connection,
                        codes[0],
                        kind.value,
                        year=wanted,
                        staff_id=acting.staff.id,
                        now=acting.now,
                    )
            except NoPaper as refused:
                raise Told(f"fund.paper_refused.{refused.cause}") from refused
            account = accounts.for_commune(paper.pledge.commune)
            content = paper_pdf(
                paper,
                issuer=account.holder if account is not None else visit.t("fund.page.title"),
                public_address=visit.parts.desk.public_address,
                catalogue=catalogue_for(paper.pledge.language),
            )
            ui.download.content(content, f"{paper.code}.pdf", "application/pdf")
            ui.notify(visit.t("console.fund.issued", code=paper.code), type="positive")

        ui.button(visit.t("console.fund.issue"), on_click=issue)


def _cash(visit: Visit) -> None:
    with section(sentence(visit.t("fund.voucher.cash_in"))).classes("ct-stack"):
        code = ui.input(visit.t("console.fund.code_or_none")).props("outlined dense maxlength=40")
        amount = ui.input(visit.t("console.fund.amount")).props("outlined dense inputmode=numeric")
        day = ui.input(visit.t("console.fund.day"), value=visit.today.isoformat()).props("outlined dense type=date")

        async def go() -> None:
            codes = typed_pledge_codes(str(code.value or ""))
            if code.value and not codes:
                raise Told("console.fund.no_code")
            body = {"code": codes[0] if codes else None, "amount": typed_amount(amount.value), "day": str(day.value)}
            await record_voucher(visit, "cash_in", body)

        ui.button(visit.t("console.fund.record"), on_click=go)
