"""`fund allocations`, `allocate`, `take-back`, `deliver`, `goods-in`, `goods-out`: what becomes of gifts."""

from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from fund.views import allocation_json
from server.commands.common import out, print_json
from server.commands.fund_actor import (
    READERS,
    As,
    AsJson,
    Commune,
    DataDir,
    Day,
    Level,
    Note,
    as_staff,
    day_text,
    money,
    record_for_approval,
)
from store.queries.fund_uses import Allocation, allocations
from store.queries.staff import Staff

_Amount = Annotated[int, typer.Argument(help="Whole đồng.", min=1)]
_Allocation = Annotated[int, typer.Argument(help="Number of the allocation, from `chungtay fund allocations`.")]
_Value = Annotated[int, typer.Option(help="Whole đồng, where somebody valued them.", min=0)]


def list_allocations(actor: As, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show what is set aside, and how much of it was handed over."""

    async def work(connection: AsyncConnection, staff: Staff, now: datetime) -> list[Allocation]:
        return await allocations(connection)

    found = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        print_json({"allocations": [allocation_json(one) for one in found]})
        return
    for one in found:
        handed = f"đã trao {money(one.delivered)}"
        out.print(f"{one.id}  {one.allocated_on:%d/%m/%Y}  {money(one.amount)}, {handed}  {one.title}", markup=False)


def allocate(
    title: Annotated[str, typer.Argument(help="What people read: “Sửa nhà cho hộ nghèo, đợt 1”.")],
    amount: _Amount,
    actor: As,
    programme: Annotated[str, typer.Option(help="Programme, or id of a purpose that donors could choose.")],
    level: Level = "province",
    commune: Commune = None,
    household: Annotated[str | None, typer.Option(help="One household, masked: “A* N***”.")] = None,
    household_consent: Annotated[str | None, typer.Option(help="The words that it agreed to.")] = None,
    note: Note = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Record that money is set aside; what was given for something else is left alone."""
    body = {
        "title": title,
        "programme": programme,
        "amount": amount,
        "level": level,
        "commune": commune,
        "household": household,
        "household_consent_text": household_consent,
    }
    record_for_approval("allocate", body, note=note, login=actor, data_dir=data_dir, as_json=as_json)


def take_back(
    allocation: _Allocation, actor: As, note: Note = "", data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Record that an allocation is taken back of which nothing was handed over."""
    body = {"allocation": allocation}
    record_for_approval("cancel_allocation", body, note=note, login=actor, data_dir=data_dir, as_json=as_json)


def deliver(
    allocation: _Allocation,
    amount: _Amount,
    actor: As,
    document: Annotated[str, typer.Option(help="Which document proves it: “Biên bản 12/BB-MTTQ”.")],
    day: Day = None,
    row: Annotated[int | None, typer.Option(help="Statement row that paid it, where there is one by now.")] = None,
    note: Note = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Record that money of an allocation was handed over."""
    body = {"allocation": allocation, "amount": amount, "day": day_text(day), "document": document, "row": row}
    record_for_approval("deliver", body, note=note, login=actor, data_dir=data_dir, as_json=as_json)


def goods_in(
    code: Annotated[str, typer.Argument(help="Code of the gift in kind.")],
    actor: As,
    day: Day = None,
    value: _Value = 0,
    note: Note = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Record that a gift in kind came."""
    body = {"code": code, "day": day_text(day), "value": value}
    record_for_approval("goods_in", body, note=note, login=actor, data_dir=data_dir, as_json=as_json)


def goods_out(
    what: Annotated[str, typer.Argument(help="What and how many.")],
    actor: As,
    day: Day = None,
    value: _Value = 0,
    commune: Commune = None,
    note: Note = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Record that goods were handed over."""
    body = {"what": what, "day": day_text(day), "value": value, "commune": commune}
    record_for_approval("goods_out", body, note=note, login=actor, data_dir=data_dir, as_json=as_json)


def add_use_commands(group: typer.Typer) -> None:
    """Add the commands of this file to `fund`."""
    group.command("allocations")(list_allocations)
    for command in (allocate, take_back, deliver, goods_in, goods_out):
        group.command(command.__name__.replace("_", "-"))(command)
