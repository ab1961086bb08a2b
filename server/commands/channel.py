"""`channel`: how the messengers stand, closing and opening them, and their tokens."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.base import Failed
from bot.channels.capabilities import ZALO
from bot.channels.switch import FIRST_SETTING, SWITCHED, SwitchRefused, channel_statuses, close, reopen
from bot.channels.zalo.templates import Templates
from bot.channels.zalo.tokens import TokenState
from content.translations import catalogue_for
from server.channels import channels_set_up
from server.commands.common import fail, notes, out, print_json, read_settings
from server.commands.on_database import with_database
from server.settings import Settings
from server.zalo import zalo_account, zalo_calls
from store.clock import LOCAL_ZONE, SystemClock
from store.database import Database
from store.queries.audit import record_audit
from store.queries.zalo_templates import Template, all_templates
from store.queries.zalo_tokens import token_changes

channel = typer.Typer(help="Messengers: how they stand, the kill switch, tokens.", no_args_is_help=True)

_Name = Annotated[str, typer.Argument(metavar="CHANNEL", help=f"One of {', '.join(SWITCHED)}.")]
_DataDir = Annotated[Path | None, typer.Option(help="Where the embedded database lives.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def _in_transaction[Result](settings: Settings, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    async def run(database: Database) -> Result:
        async with database.transaction() as connection:
            return await work(connection)

    try:
        return with_database(settings, run)
    except SwitchRefused as refused:
        fail(refused.text(catalogue_for("en")), code=1)


@channel.command("list")
def list_channels(data_dir: _DataDir = None, as_json: _AsJson = False) -> None:
    """Show each channel: set up or not, open or closed and why, what waits, limits, when it delivered last."""
    settings = read_settings(data_dir=data_dir)
    set_up = channels_set_up(settings)
    found = _in_transaction(settings, lambda connection: channel_statuses(connection, set_up))
    if as_json:
        print_json([asdict(one) for one in found])
        return
    table = Table("channel", Column("state", no_wrap=True), "waits", "today", "limit", "last event", "note")
    for one in found:
        state = "closed" if one.closed_since is not None else "open" if one.set_up else "not set up"
        limit = f"{one.per_window} / {one.window_seconds:.0f} s" if one.per_window and one.window_seconds else "–"
        last = one.last_event_at.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y %H:%M") if one.last_event_at else "–"
        note = one.closed_because or one.account_paused or ""
        table.add_row(one.channel, state, f"{one.queued}", f"{one.used_today or 0}", limit, last, note)
    out.print(table)
    # Below the table: in a narrow column the name of a setting is broken into pieces.
    for setting in sorted({FIRST_SETTING[one.channel] for one in found if not one.set_up}):
        names = ", ".join(one.channel for one in found if FIRST_SETTING.get(one.channel) == setting)
        out.print(f"Not set up: {names}. Begin with {setting}; see docs/channels.md.")


@channel.command("disable")
def disable(
    name: _Name,
    reason: Annotated[str, typer.Option(help="Why, for colleagues; residents do not see it.")],
    data_dir: _DataDir = None,
) -> None:
    """Close a channel: nothing more leaves on it; messages go to people's other chats or wait."""
    clock = SystemClock()

    async def work(connection: AsyncConnection) -> None:
        await close(connection, name, reason=reason, actor=None, now=clock.now())

    _in_transaction(read_settings(data_dir=data_dir), work)
    notes.print(f"{name} is closed. chungtay channel enable {name} opens it again.")


@channel.command("enable")
def enable(name: _Name, data_dir: _DataDir = None) -> None:
    """Open a channel again; what waits there leaves."""
    clock = SystemClock()

    async def work(connection: AsyncConnection) -> None:
        await reopen(connection, name, actor=None, now=clock.now())

    _in_transaction(read_settings(data_dir=data_dir), work)
    notes.print(f"{name} is open.")


@channel.command("token")
def token(
    name: _Name,
    show: Annotated[bool, typer.Option(help="Only show how the tokens stand.")] = False,
    code: Annotated[
        str | None, typer.Option(help="Code of a consent, in place of a pair; with --verifier.", metavar="CODE")
    ] = None,
    verifier: Annotated[str | None, typer.Option(help="PKCE verifier that belongs to the code.")] = None,
    lasts_hours: Annotated[float, typer.Option(help="How long the access token still works.", min=0, max=25)] = 1.0,
    data_dir: _DataDir = None,
    as_json: _AsJson = False,
) -> None:
    """Give a pair of tokens (asked for without showing them, or two lines on standard input), or show their state."""
    settings = read_settings(data_dir=data_dir)
    account = zalo_account(settings)
    if name != ZALO:
        fail(f"“{name}” has no tokens that are kept here; only {ZALO} has.")
    if account is None:
        fail("no Zalo account is set up. Set CHUNGTAY_ZALO_OA_ID and the others of docs/settings.md first.")
    pair = ("", "") if show or code is not None else _asked_for()
    clock = SystemClock()

    async def work(database: Database) -> tuple[TokenState, list[Any]]:
        zalo = zalo_calls(settings, account, database, clock)
        try:
            if code is not None:
                await zalo.tokens.exchange_code(code, verifier or "")
            elif not show:
                await zalo.tokens.give(*pair, lasts=timedelta(hours=lasts_hours))
            async with database.transaction() as connection:
                if not show:
                    await record_audit(
                        connection,
                        actor=None,
                        action="channel.tokens_given",
                        subject=f"channel:{name}",
                        now=clock.now(),
                        details={"channel": name},
                    )
                return await zalo.tokens.state(), list(await token_changes(connection, account.oa_id))
        finally:
            await zalo.calls.close()

    state, changes = with_database(settings, work)
    if as_json:
        print_json({**asdict(state), "changes": [asdict(one) for one in changes]})
        return
    if not state.given:
        out.print("No tokens have been given.")
        return
    if state.needs_consent is not None:
        out.print(f"A person must give the account's consent anew: {state.needs_consent}.")
    assert state.expires_at is not None and state.refreshed_at is not None
    out.print(f"Access token until {state.expires_at.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M}.")
    out.print(f"Refresh token of {state.refreshed_at.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M}; it lives three months.")
    for one in changes:
        out.print(f"  {one.at.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M} {one.what} {one.reason or ''}".rstrip())


@channel.command("template")
def template(
    template_id: Annotated[str | None, typer.Argument(help="Id of a template that Zalo approved.")] = None,
    data_dir: _DataDir = None,
    as_json: _AsJson = False,
) -> None:
    """Register a template (what it demands is asked from Zalo), or look again; without an id, list them."""
    settings = read_settings(data_dir=data_dir)
    account = zalo_account(settings)
    if account is None:
        fail("no Zalo account is set up. Set CHUNGTAY_ZALO_OA_ID and the others of docs/settings.md first.")
    clock = SystemClock()

    async def work(database: Database) -> list[Template] | Failed:
        zalo = zalo_calls(settings, account, database, clock)
        try:
            if template_id is not None:
                made = await Templates(database, clock, zalo.client).register(template_id)
                return made if isinstance(made, Failed) else [made]
            async with database.single() as connection:
                return list(await all_templates(connection))
        finally:
            await zalo.calls.close()

    found = with_database(settings, work)
    if isinstance(found, Failed):
        fail(f"Zalo does not say what template {template_id} demands ({found.reason}). See docs/channels.md.", code=1)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        places = ", ".join(f"{place.name} ≤ {place.longest or '?'}" for place in one.parameters)
        out.print(f"{one.id} {one.name} ({one.status}): {places}")


def _asked_for() -> tuple[str, str]:
    if sys.stdin.isatty():
        access = typer.prompt("Access token", hide_input=True)
        refresh = typer.prompt("Refresh token", hide_input=True)
    else:
        access, refresh = (*(line.strip() for line in sys.stdin.read().splitlines() if line.strip()), "", "")[:2]
    if not access or not refresh:
        fail("both tokens are needed: the access token on the first line, the refresh token on the second.")
    return access, refresh
