"""`campaign`: campaigns from draft to results."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.table import Table

from content.campaigns import load_starters
from content.translations import catalogue_for
from scheduler.approval import approve_campaign, refuse_campaign, submit_campaign
from scheduler.calendar import release_occurrence
from scheduler.campaigns import (
    cancel_campaign,
    content_of,
    create_campaign,
    create_from_starter,
    edit_campaign,
    own_campaign,
    parse_content,
    pause_campaign,
    resume_campaign,
)
from scheduler.preview import preview_campaign
from scheduler.reports import local_text
from scheduler.trials import send_test
from scheduler.views import approval_json, campaign_json, preview_json
from server.commands.campaign_actor import APPROVERS, AUTHORS, READERS, As, AsJson, DataDir, as_staff
from server.commands.campaign_lists import lists
from server.commands.campaign_results import add_result_commands
from server.commands.campaign_webhooks import webhooks
from server.commands.common import fail, out, print_json
from store.campaign_states import CAMPAIGN_LABELS, CampaignState
from store.queries.approvals import approvals_of
from store.queries.campaigns import StoredCampaign, list_campaigns
from store.queries.occurrences import occurrences_of

campaign = typer.Typer(help="Campaigns: write, test, approve, watch.", no_args_is_help=True)
campaign.add_typer(lists, name="lists")
campaign.add_typer(webhooks, name="webhooks")
add_result_commands(campaign)

_Id = Annotated[int, typer.Argument(help="Number of the campaign.")]


def _read_content(file: Path) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        fail(f"{file}: {error.strerror}.")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        fail(f"{file}: is not YAML or JSON in UTF-8 ({error}).")
    if not isinstance(loaded, dict):
        fail(f"{file}: holds no mapping. See docs/campaigns.md, or begin with a starter.")
    return loaded


def _print(found: StoredCampaign, *, as_json: bool) -> None:
    if as_json:
        print_json(campaign_json(found))
    else:
        label = CAMPAIGN_LABELS[found.state]["vi"]
        out.print(f"{found.id}  {found.code}  {found.title}  ({label}, bản {found.version})", markup=False)


@campaign.command("starters")
def starters(as_json: AsJson = False) -> None:
    """Show the starter campaigns."""
    found = load_starters()
    if as_json:
        print_json({"starters": [{"id": name, "title": one.title} for name, one in found.items()]})
        return
    for name, one in found.items():
        out.print(f"{name}: {one.title}", markup=False)


@campaign.command("new")
def new(
    actor: As,
    starter: Annotated[str | None, typer.Option(help="Begin with a starter campaign.")] = None,
    file: Annotated[Path | None, typer.Option(help="Content as YAML or JSON.")] = None,
    title: Annotated[str, typer.Option(help="Title, with --file.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="A rehearsal: only made-up people get it.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a draft from a starter or a file."""
    if (starter is None) is (file is None):
        fail("give either --starter or --file. Starters: chungtay campaign starters")
    data = None if file is None else _read_content(file)

    async def work(connection: Any, desk: Any, who: Any) -> StoredCampaign:
        if starter is not None:
            return await create_from_starter(connection, desk, who, starter, demo=demo)
        assert data is not None
        return await create_campaign(connection, desk, who, title=title, content=parse_content(data), demo=demo)

    _print(as_staff(actor, AUTHORS, work, data_dir=data_dir), as_json=as_json)


@campaign.command("edit")
def edit(
    campaign_id: _Id,
    file: Annotated[Path, typer.Argument(help="New content as YAML or JSON.")],
    actor: As,
    title: Annotated[str | None, typer.Option(help="New title.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a new version. Whatever was approved or planned for the old one is void."""
    data = _read_content(file)

    async def work(connection: Any, desk: Any, who: Any) -> StoredCampaign:
        found = await own_campaign(connection, who, campaign_id)
        content = parse_content(data)
        return await edit_campaign(connection, desk, who, campaign_id, title=title or found.title, content=content)

    _print(as_staff(actor, AUTHORS, work, data_dir=data_dir), as_json=as_json)


@campaign.command("list")
def list_all(
    actor: As,
    state: Annotated[str | None, typer.Option(help=f"Only one state: {', '.join(CampaignState)}.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show the campaigns of the organisation, newest first."""
    if state is not None and state not in set(CampaignState):
        fail(f"unknown state “{state}”. States are {', '.join(CampaignState)}.")

    async def work(connection: Any, desk: Any, who: Any) -> list[StoredCampaign]:
        organisation = None if who.everywhere else who.organisation
        states = None if state is None else [CampaignState(state)]
        return await list_campaigns(connection, organisation=organisation, states=states)

    found = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        print_json({"campaigns": [campaign_json(one) for one in found]})
        return
    table = Table("", "Mã", "Tên", "Tổ chức", "Trạng thái", "Bản")
    for one in found:
        label = CAMPAIGN_LABELS[one.state]["vi"]
        table.add_row(str(one.id), one.code, one.title, one.organisation, label, str(one.version))
    out.print(table)


@campaign.command("show")
def show(campaign_id: _Id, actor: As, data_dir: DataDir = None) -> None:
    """Print a campaign with its content, requests and leavings, as JSON."""

    async def work(connection: Any, desk: Any, who: Any) -> dict[str, Any]:
        found = await own_campaign(connection, who, campaign_id)
        return {
            **campaign_json(found),
            "content": content_of(found).model_dump(mode="json"),
            "approvals": [approval_json(one) for one in await approvals_of(connection, campaign_id)],
            "occurrences": [asdict(one) for one in await occurrences_of(connection, campaign_id)],
        }

    print_json(as_staff(actor, READERS, work, data_dir=data_dir))


@campaign.command("preview")
def preview(campaign_id: _Id, actor: As, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show who would get what by which way, what it costs, and messages exactly as people would see them."""

    async def work(connection: Any, desk: Any, who: Any) -> dict[str, Any]:
        seen = await preview_campaign(connection, desk, await own_campaign(connection, who, campaign_id))
        return preview_json(seen, catalogue_for("vi"))

    seen = as_staff(actor, READERS, work, data_dir=data_dir)
    if as_json:
        print_json(seen)
        return
    catalogue = catalogue_for("vi")
    out.print(f"{seen['recipients']} người nhận", markup=False)
    for route, number in seen["by_route"].items():
        out.print(f"  {catalogue.text(f'campaign.route.{route}')}: {number}", markup=False)
    for reason, number in seen["left_out"].items():
        out.print(f"  không gửi, {catalogue.text(f'campaign.left_out.{reason}')}: {number}", markup=False)
    cost = seen["cost"]
    out.print("Chi phí: " + (catalogue.text("campaign.cost_not_known") if cost is None else catalogue.money(cost)))
    for sample in seen["samples"]:
        out.rule(f"{sample['variant']} {sample['channel']}")
        out.print(sample["message"]["text"], markup=False)
        out.print(" ".join(f"[{button['title']}]" for button in sample["message"]["buttons"]), markup=False)
    for complaint in seen["complaints"]:
        out.print(f"! {complaint}", markup=False)


@campaign.command("test")
def test(
    campaign_id: _Id,
    actor: As,
    guests: Annotated[str, typer.Option(help="Name of the guest list.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Send it to a guest list at once, marked as a test."""
    runs = as_staff(
        actor,
        AUTHORS,
        lambda connection, desk, who: send_test(connection, desk, who, campaign_id, guests=guests),
        data_dir=data_dir,
    )
    if as_json:
        print_json({"runs": runs})
    else:
        out.print(f"Đã xếp gửi thử: {', '.join(map(str, runs))}", markup=False)


@campaign.command("submit")
def submit(
    campaign_id: _Id,
    actor: As,
    emergency: Annotated[
        str | None, typer.Option(help="Why it has to leave at any hour; the approval is the second signature.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Freeze words and audience, and ask a second person for approval."""
    request = as_staff(
        actor,
        AUTHORS,
        lambda connection, desk, who: submit_campaign(connection, desk, who, campaign_id, emergency_reason=emergency),
        data_dir=data_dir,
    )
    if as_json:
        print_json(approval_json(request))
        return
    out.print(
        f"Yêu cầu {request.id}: {request.number} người nhận, lời {request.rendering}, người nhận {request.audience}",
        markup=False,
    )


@campaign.command("approve")
def approve(
    request_id: Annotated[int, typer.Argument(help="Number of the request.")],
    actor: As,
    rendering: Annotated[str, typer.Option(help="Fingerprint of the words that you saw.")],
    audience: Annotated[str, typer.Option(help="Fingerprint of the recipients that you saw.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Approve exactly what was submitted, as a second person of the organisation."""
    due = as_staff(
        actor,
        APPROVERS,
        lambda connection, desk, who: approve_campaign(
            connection, desk, who, request_id, rendering=rendering, audience=audience
        ),
        data_dir=data_dir,
    )
    if as_json:
        print_json({"due_at": due.isoformat()})
    else:
        out.print(f"Đã duyệt; gửi lúc {local_text(due)}", markup=False)


@campaign.command("refuse")
def refuse(
    request_id: Annotated[int, typer.Argument(help="Number of the request.")],
    actor: As,
    reason: Annotated[str, typer.Option(help="Why.")],
    data_dir: DataDir = None,
) -> None:
    """Refuse a request; the campaign is a draft again."""
    as_staff(
        actor,
        APPROVERS,
        lambda connection, desk, who: refuse_campaign(connection, desk, who, request_id, reason=reason),
        data_dir=data_dir,
    )


@campaign.command("pause")
def pause(
    campaign_id: _Id,
    actor: As,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Hold back what is leaving and what is planned."""
    found = as_staff(
        actor,
        (*AUTHORS, *APPROVERS),
        lambda connection, desk, who: pause_campaign(connection, desk, who, campaign_id, reason=reason),
        data_dir=data_dir,
    )
    _print(found, as_json=as_json)


@campaign.command("resume")
def resume(campaign_id: _Id, actor: As, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Let a paused or stopped campaign go on."""
    found = as_staff(
        actor,
        (*AUTHORS, *APPROVERS),
        lambda connection, desk, who: resume_campaign(connection, desk, who, campaign_id),
        data_dir=data_dir,
    )
    _print(found, as_json=as_json)


@campaign.command("cancel")
def cancel(
    campaign_id: _Id,
    actor: As,
    reason: Annotated[str, typer.Option(help="Why.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Let nothing of it leave any more."""
    found = as_staff(
        actor,
        (*AUTHORS, *APPROVERS),
        lambda connection, desk, who: cancel_campaign(connection, desk, who, campaign_id, reason=reason),
        data_dir=data_dir,
    )
    _print(found, as_json=as_json)


@campaign.command("release")
def release(
    occurrence_id: Annotated[int, typer.Argument(help="Number of the leaving, from `show`.")],
    actor: As,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Let a leaving go that was held because its time had passed."""
    state = as_staff(
        actor,
        APPROVERS,
        lambda connection, desk, who: release_occurrence(connection, desk, who, occurrence_id),
        data_dir=data_dir,
    )
    if as_json:
        print_json({"state": state.value})
    else:
        out.print(state.value, markup=False)
