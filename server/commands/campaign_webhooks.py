"""`campaign webhooks`: addresses that are told of results."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from scheduler.actors import NotThere
from scheduler.webhooks import EVENTS, delete_webhook, register_webhook
from server.commands.campaign_actor import AUTHORS, As, AsJson, DataDir, as_staff
from server.commands.common import out, print_json, read_settings
from store.queries.webhooks import CallRecord, calls_of, webhooks_of

webhooks = typer.Typer(help="Addresses that are told of results.", no_args_is_help=True)


@webhooks.command("add")
def add(
    url: Annotated[str, typer.Argument(help="https address of your own system.")],
    actor: As,
    event: Annotated[list[str] | None, typer.Option(help=f"Of {', '.join(EVENTS)}. None given: all.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add an address, and print the secret of its signatures: it is shown this once."""
    private = read_settings(data_dir=data_dir).webhooks_to_private_addresses
    number, secret = as_staff(
        actor,
        AUTHORS,
        lambda connection, desk, who: register_webhook(
            connection, desk.clock, who, url=url, events=event or [], allow_private=private
        ),
        data_dir=data_dir,
    )
    if as_json:
        print_json({"id": number, "secret": secret})
    else:
        out.print(f"{number}  {secret}", markup=False)


@webhooks.command("list")
def list_all(actor: As, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show the addresses of the organisation."""
    found = as_staff(
        actor, AUTHORS, lambda connection, desk, who: webhooks_of(connection, who.organisation), data_dir=data_dir
    )
    if as_json:
        print_json({"webhooks": [asdict(one) for one in found]})
        return
    for one in found:
        out.print(f"{one.id}  {one.url}  {', '.join(one.events)}", markup=False)


@webhooks.command("calls")
def calls(webhook_id: int, actor: As, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show the newest calls to an address and how they went."""

    async def work(connection: Any, desk: Any, who: Any) -> list[CallRecord]:
        if webhook_id not in {one.id for one in await webhooks_of(connection, who.organisation)}:
            raise NotThere("not_there")
        return await calls_of(connection, webhook_id)

    found = as_staff(actor, AUTHORS, work, data_dir=data_dir)
    if as_json:
        print_json({"calls": [asdict(one) for one in found]})
        return
    for one in found:
        out.print(f"{one.event}  {one.subject}  {one.state}  {one.attempts}  {one.last_result or ''}", markup=False)


@webhooks.command("remove")
def remove(webhook_id: int, actor: As, data_dir: DataDir = None) -> None:
    """Tell an address nothing any more."""
    as_staff(
        actor, AUTHORS, lambda connection, desk, who: delete_webhook(connection, who, webhook_id), data_dir=data_dir
    )
