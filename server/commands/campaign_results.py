"""Commands on what became of campaigns: progress, comparison, polls, export, calendar, relays."""

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from content.place_units import load_places
from content.translations import catalogue_for
from scheduler.campaigns import own_campaign
from scheduler.clashes import Calendar, calendar_with_clashes
from scheduler.journal import note
from scheduler.relay_pack import MEDIA, make_relays, relay_pack
from scheduler.reports import (
    Report,
    compare_versions,
    local_text,
    poll_results,
    recipients_sheet,
    report_campaign,
)
from scheduler.reports import replies as replies_of
from server.commands.campaign_actor import AUTHORS, READERS, As, AsJson, DataDir, as_staff
from server.commands.common import fail, out, print_json, read_settings
from store.delivery_states import LABELS, DeliveryState
from store.queries.relays import relays_of

_Id = Annotated[int, typer.Argument(help="Number of the campaign.")]


def add_result_commands(app: typer.Typer) -> None:
    """Put the commands of this file into `campaign`."""
    for command in (progress, compare, poll, replies, export, calendar, pack, relays):
        app.command(command.__name__)(command)


def progress(campaign_id: _Id, actor: As, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show where it stands: recipients by state and reason, by commune and language; small numbers are hidden."""

    async def work(connection: Any, desk: Any, who: Any) -> Report:
        return await report_campaign(connection, await own_campaign(connection, who, campaign_id))

    found = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        print_json(found.as_json())
        return
    table = Table("", "Số")
    for state, number in found.by_state.items():
        table.add_row(LABELS[DeliveryState(state)]["vi"], str(number))
    figures = {
        "bấm nút": found.clicked,
        "trả lời": found.replied,
        "chuyển cán bộ": found.handed_over,
        "cán bộ chưa xong": found.waiting,
        "từ chối": found.opted_out,
    }
    for name, number in figures.items():
        table.add_row(name, str(number))
    for commune, shown in found.by_commune.items():
        table.add_row(commune or "không rõ xã", "<5" if shown is None else str(shown))
    out.print(table)


def compare(
    campaign_id: _Id,
    actor: As,
    by: Annotated[str, typer.Option(help="clicked or replied.")] = "clicked",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Compare the two versions of the words, with the interval of the difference."""
    if by not in ("clicked", "replied"):
        fail("--by is clicked or replied.")

    async def work(connection: Any, desk: Any, who: Any) -> dict[str, Any]:
        found = await own_campaign(connection, who, campaign_id)
        return (await compare_versions(connection, found, by=by)).as_json()

    found = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        print_json(found)
        return
    for name in ("a", "b"):
        one = found[name]
        out.print(f"{name.upper()}: {one['number']}/{one['of']} ({one['low']:.1%}–{one['high']:.1%})", markup=False)
    out.print(f"B - A: {found['low']:.1%} … {found['high']:.1%}: {found['verdict']}", markup=False)


def poll(campaign_id: _Id, actor: As, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Count the answers of its poll; small numbers are hidden."""

    async def work(connection: Any, desk: Any, who: Any) -> list[dict[str, Any]]:
        results = await poll_results(connection, await own_campaign(connection, who, campaign_id), "vi")
        return [asdict(one) for one in results]

    found = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        print_json({"questions": found})
        return
    for one in found:
        out.print(one["question"], markup=False)
        for words, number in one["answers"]:
            out.print(f"  {words}: {'<5' if number is None else number}", markup=False)


def replies(
    campaign_id: _Id,
    actor: As,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many, the newest.")] = 100,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what people wrote back, without names, numbers and contacts."""

    async def work(connection: Any, desk: Any, who: Any) -> list[dict[str, Any]]:
        campaign = await own_campaign(connection, who, campaign_id)
        return [asdict(one) for one in await replies_of(connection, campaign, limit=limit)]

    found = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        print_json({"replies": found})
        return
    for one in found:
        out.print(f"{one['day']:%d/%m}  {one['words']}", markup=False)


def export(
    campaign_id: _Id,
    actor: As,
    file: Annotated[Path, typer.Option("--out", help=".csv or .xlsx")],
    data_dir: DataDir = None,
) -> None:
    """Write every recipient with what became of it. The download is written into the audit log."""
    ending = file.suffix.lower().lstrip(".")
    if ending not in ("csv", "xlsx"):
        fail(f"{file}: give it a name that ends with .csv or .xlsx.")

    async def work(connection: Any, desk: Any, who: Any) -> bytes:
        found = await own_campaign(connection, who, campaign_id)
        await note(connection, by=who.id, action="exported", campaign=campaign_id, now=desk.clock.now())
        return await recipients_sheet(connection, found, catalogue_for("vi"), ending=ending)

    file.write_bytes(as_staff(actor, READERS, work, data_dir=data_dir))
    out.print(str(file), markup=False)


def calendar(
    actor: As,
    days: Annotated[int, typer.Option(min=1, max=400, help="So many days from now.")] = 30,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show what leaves, of all organisations, and where two get in each other's way."""

    async def work(connection: Any, desk: Any, who: Any) -> Calendar:
        now = desk.clock.now()
        return await calendar_with_clashes(connection, now - timedelta(days=1), now + timedelta(days=days))

    found = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        print_json(asdict(found))
        return
    table = Table("", "Lúc", "Tổ chức", "Tên", "Trạng thái", "Người nhận")
    for one in found.entries:
        number = "" if one.recipients is None else str(one.recipients)
        table.add_row(
            str(one.occurrence_id), local_text(one.due_at), one.organisation, one.title, one.state.value, number
        )
    out.print(table)
    for clash in found.clashes:
        shared = "?" if clash.shared is None else clash.shared
        out.print(f"! {clash.first} và {clash.second} cùng ngày, chung người nhận: {shared}", markup=False)


def pack(
    campaign_id: _Id,
    actor: As,
    folder: Annotated[Path, typer.Option("--out", help="Folder to write into.")],
    data_dir: DataDir = None,
) -> None:
    """Write the pack for villages: loudspeaker script, A4 poster, group text, talking points."""
    made = as_staff(
        actor,
        READERS,
        lambda connection, desk, who: relay_pack(connection, desk, who, campaign_id),
        data_dir=data_dir,
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.files.items():
        (folder / name).write_bytes(content)
        out.print(str(folder / name), markup=False)


def relays(
    campaign_id: _Id,
    actor: As,
    add: Annotated[list[str] | None, typer.Option(help="CODE:VILLAGE, such as 23284:Thôn giả định 1.")] = None,
    medium: Annotated[list[str] | None, typer.Option(help=f"Of {', '.join(MEDIA)}.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make links with which relays confirm that they spread the word, and show who confirmed."""
    places = [(one.partition(":")[0], one.partition(":")[2]) for one in add or ()]
    media = tuple(medium or MEDIA[:1])
    if unknown := [one for one in media if one not in MEDIA]:
        fail(f"“{unknown[0]}” is no medium. Media are {', '.join(MEDIA)}.")

    async def work(connection: Any, desk: Any, who: Any) -> list[Any]:
        await own_campaign(connection, who, campaign_id)
        if places:
            await make_relays(connection, desk, who, campaign_id, places=places, media=media)
        return await relays_of(connection, campaign_id)

    found = as_staff(actor, AUTHORS if places else READERS, work, data_dir=data_dir)
    address = (read_settings(data_dir=data_dir).public_address or "").rstrip("/")
    if as_json:
        print_json({"relays": [{**asdict(one), "link": f"{address}/da-phat/{one.code}"} for one in found]})
        return
    for one in found:
        place = load_places().units[one.commune].name
        done = local_text(one.confirmed_at) if one.confirmed_at else "chưa"
        out.print(f"{place}, {one.village}, {one.medium}: {done}  {address}/da-phat/{one.code}", markup=False)
