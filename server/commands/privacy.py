"""`privacy`: a person's right to see and to have erased what is held about them."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.privacy import erase as erase_data
from server.commands.common import fail, notes, out, print_json, read_settings
from server.commands.on_database import with_database
from store.clock import SystemClock
from store.database import Database
from store.queries.audit import record_audit
from store.queries.people import conversation_at, person_of
from store.queries.personal_data import HELD, export_person

privacy = typer.Typer(help="What is held about a person: see it all, erase it.", no_args_is_help=True)

_Channel = Annotated[str, typer.Option(help="Where the person writes: web, zalo, zalo_bot, telegram.")]
_Address = Annotated[str, typer.Option(help="Their id there: user id of Zalo, chat id of Telegram.")]
_DataDir = Annotated[Path | None, typer.Option(help="Where the embedded database lives.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


class _Nobody(Exception):
    pass


async def _person_at(connection: AsyncConnection, channel: str, address: str) -> int:
    conversation = await conversation_at(connection, channel=channel, address=address)
    if conversation is None:
        raise _Nobody
    return await person_of(connection, conversation_id=conversation)


def _fail_nobody(channel: str) -> None:
    fail(f"nobody writes from that address on {channel}. Look it up in the console, under people.", code=1)


@privacy.command("export")
def export(
    channel: _Channel,
    address: _Address,
    file: Annotated[Path | None, typer.Option("--out", help="Write there instead of printing.")] = None,
    data_dir: _DataDir = None,
) -> None:
    """All that is held about a person over all their chats, as JSON."""
    if file is not None and file.exists():
        fail(f"{file} exists already. Name a file that does not.")

    async def work(database: Database) -> Any:
        async with database.transaction() as connection:
            person = await _person_at(connection, channel, address)
            await _note(connection, "person.exported", person)
            return await export_person(connection, person_id=person)

    try:
        held = with_database(read_settings(data_dir=data_dir), work)
    except _Nobody:
        _fail_nobody(channel)
    if file is None:
        print_json(held)
        return
    with file.open("xb") as stream:
        file.chmod(0o600)
        stream.write(orjson.dumps(held, option=orjson.OPT_INDENT_2))
    out.print(f"{file}: hand it over in a way that only that person reads.", markup=False)


@privacy.command("erase")
def erase(
    channel: _Channel,
    address: _Address,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: _DataDir = None,
    as_json: _AsJson = False,
) -> None:
    """Erase all that is held about a person over all their chats. It cannot be undone."""
    if not yes:
        typer.confirm("Erase all that is held about this person? It cannot be undone.", abort=True, err=True)

    async def work(database: Database) -> dict[str, int]:
        now = SystemClock().now()
        async with database.transaction() as connection:
            person = await _person_at(connection, channel, address)
            await _note(connection, "person.erased", person)
            return dict(await erase_data(connection, person_id=person, channel="console", now=now))

    try:
        touched = with_database(read_settings(data_dir=data_dir), work)
    except _Nobody:
        _fail_nobody(channel)
    kept = {held.table: held.kept_because for held in HELD if held.kept_because and touched[held.table]}
    if as_json:
        print_json({"erased": touched, "kept": kept})
        return
    out.print("Erased: " + ", ".join(f"{table} {count}" for table, count in touched.items() if count), markup=False)
    for table, reason in kept.items():
        notes.print(f"Of {table} stays: {reason}.", markup=False)


async def _note(connection: AsyncConnection, action: str, person: int) -> None:
    await record_audit(
        connection,
        actor=None,
        action=action,
        subject=f"person:{person}",
        now=SystemClock().now(),
        details={"person": person},
    )
