"""`fund`: the money side of the fund from statement to seal. Who records never approves."""

from typing import Annotated, Any

import typer

from fund.accounts import kept_accounts
from fund.office import approve, reject
from fund.views import account_json, voucher_json
from server.commands.common import fail, out, print_json
from server.commands.fund_actor import (
    APPROVERS,
    READERS,
    As,
    AsJson,
    Commune,
    DataDir,
    Level,
    Note,
    as_staff,
    record_for_approval,
    with_fund,
    words,
)
from server.commands.fund_books import add_book_commands
from server.commands.fund_rows import add_row_commands
from server.commands.fund_uses import add_use_commands
from store.queries.fund_vouchers import Voucher, vouchers

fund = typer.Typer(help="The fund: statements, matching, uses, seals, papers.", no_args_is_help=True)
account = typer.Typer(help="The accounts that donors are told.", no_args_is_help=True)
fund.add_typer(account, name="account")
add_row_commands(fund)
add_use_commands(fund)
add_book_commands(fund)

_Number = Annotated[int, typer.Argument(help="Number of the voucher.")]


@account.command("list")
def list_accounts(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show the accounts in use, and those of former times."""
    found = with_fund(lambda connection, now: kept_accounts(connection, retired=True), data_dir=data_dir)
    if as_json:
        print_json({"accounts": [account_json(one) for one in found.all]})
        return
    for one in found.all:
        out.print(f"{one.bank_name}  {one.number}  {one.holder}  {one.commune or 'tỉnh'}", markup=False)


@account.command("set")
def set_account(
    bank: Annotated[str, typer.Argument(help="BIN of six digits (fund/banks.py), or the name of a bank without one.")],
    number: Annotated[str, typer.Argument(help="Number of the account.")],
    holder: Annotated[str, typer.Argument(help="Name of its holder, as the bank writes it.")],
    actor: As,
    level: Level = "province",
    commune: Commune = None,
    note: Note = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Record an account; donors are told it once a second person approves."""
    body = {"bank": bank, "number": number, "holder": holder, "level": level, "commune": commune}
    record_for_approval("set_account", body, note=note, login=actor, data_dir=data_dir, as_json=as_json)


@account.command("retire")
def retire_account(
    number: Annotated[str, typer.Argument(help="Number of the account.")],
    actor: As,
    note: Note = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Record that donors are not told an account any more; its statements are still read."""
    record_for_approval(
        "retire_account", {"number": number}, note=note, login=actor, data_dir=data_dir, as_json=as_json
    )


@fund.command("vouchers")
def list_vouchers(
    actor: As,
    state: Annotated[str | None, typer.Option(help="waiting, approved or rejected; all when empty.")] = "waiting",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what waits for a second person."""

    async def work(connection: Any, staff: Any, now: Any) -> list[Voucher]:
        return await vouchers(connection, state=state or None)

    found = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        print_json({"vouchers": [voucher_json(one) for one in found]})
        return
    for one in found:
        said = ", ".join(f"{name} {value}" for name, value in one.body.items() if value not in (None, ""))
        out.print(f"{one.id}  {words(f'fund.voucher.{one.kind}')}: {said}  {one.note}", markup=False)


@fund.command("approve")
def approve_one(number: _Number, actor: As, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Book what a colleague recorded."""

    async def work(connection: Any, staff: Any, now: Any) -> int | None:
        return (await approve(connection, number, staff_id=staff.id, now=now)).decided.made

    made = as_staff(actor, APPROVERS, work, data_dir=data_dir)
    if as_json:
        print_json({"voucher": number, "state": "approved", "made": made})
    else:
        out.print(f"Đã duyệt phiếu {number}" + (f": phân bổ số {made}" if made is not None else ""))


@fund.command("reject")
def reject_one(
    number: _Number,
    actor: As,
    reason: Annotated[str, typer.Option(help="Why; who recorded it reads this.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Send back what a colleague recorded."""
    if not reason.strip():
        fail("say why, with --reason.")

    async def work(connection: Any, staff: Any, now: Any) -> Voucher:
        return await reject(connection, number, reason=reason, staff_id=staff.id, now=now)

    rejected = as_staff(actor, APPROVERS, work, data_dir=data_dir)
    if as_json:
        print_json(voucher_json(rejected))
    else:
        out.print(f"Không duyệt phiếu {number}")
