"""The first page: what waits for me, how things stand, what needs a hand."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from nicegui import ui
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.helpdesk.officers import scope_of
from console.campaigns.actions import READERS
from console.campaigns.phone import channel_name
from console.shell.charts import bars, lines
from console.shell.frame import section
from console.shell.live import live
from console.shell.registry import Group, page
from console.shell.visit import Visit
from console.shell.waiting import Waiting, all_waiting, waiting
from console.shell.words import paragraph, span
from console.tickets.words import reason_words
from content.place_units import load_places
from fund.views import totals_json
from store.campaign_states import CampaignState
from store.clock import LOCAL_ZONE
from store.queries.campaigns import list_campaigns
from store.queries.figures import answers_by_topic, figures_now, messages_by_day, people_by_commune
from store.queries.fund_ledger import totals
from store.queries.incidents import held_leavings, paused_accounts, stopped_runs
from store.queries.tickets import count_tickets, list_tickets
from store.small_numbers import hide_small
from store.staff_roles import Role
from store.ticket_states import EscalationStep, TicketState

DAYS = 14
REFRESH_SECONDS = 30.0
#: Late tickets that are named one by one.
_LATE_SHOWN = 5


@page("/", name="today", group=Group.WORK, icon="today", position=1)
async def today(visit: Visit) -> None:
    """Show what waits and how things stand."""

    # Inside: one outside would be redrawn for everybody, with what whoever refreshed it may see.
    @ui.refreshable
    async def now() -> None:
        await _waits(visit)
        await _figures(visit)

    await now()
    live(visit, REFRESH_SECONDS, now.refresh)
    await _charts(visit)


async def _waits(visit: Visit) -> None:
    async with visit.reading(by_itself=True) as connection:
        found = await all_waiting(connection, visit)
    incidents, tasks = [one for one in found if one.incident], [one for one in found if not one.incident]
    if incidents:
        with section(visit.t("console.today.incidents")):
            _list(incidents, "ct-bad")
    with section(visit.t("console.today.waits")):
        if tasks:
            _list(tasks, "")
        else:
            paragraph(visit.t("console.today.nothing")).classes("ct-muted")


def _list(found: Sequence[Waiting], tone: str) -> None:
    with ui.element("ul").classes("ct-tasks"):
        for one in found:
            with ui.element("li").classes(tone), ui.link(target=one.target):
                span(one.words)


async def _figures(visit: Visit) -> None:
    midnight = datetime.combine(visit.today, time(), LOCAL_ZONE)
    async with visit.reading(by_itself=True) as connection:
        found = await figures_now(connection, since=midnight, areas=visit.areas_of(*Role), demo=visit.staff.demo)
        fund = totals_json(await totals(connection))
    with section(visit.t("console.today.figures")), ui.element("div").classes("ct-grid"):
        for name in ("people", "reachable", "messages", "answered", "unsure", "handed_over", "running"):
            with ui.element("div").classes("ct-figure").props(f'data-figure="{name}"'):
                with ui.element("b"):
                    span(visit.catalogue.number(getattr(found, name)))
                span(visit.t(f"console.today.{name}"))
        for name in ("received", "delivered"):
            with ui.element("div").classes("ct-figure").props(f'data-figure="fund_{name}"'):
                with ui.element("b"):
                    span(visit.catalogue.money(sum(row[name] for row in fund)))
                span(visit.t(f"console.today.fund_{name}"))


async def _charts(visit: Visit) -> None:
    since = datetime.combine(visit.today - timedelta(days=DAYS - 1), time(), LOCAL_ZONE)
    areas = visit.areas_of(*Role)
    async with visit.reading() as connection:
        messages = await messages_by_day(connection, since=since, areas=areas, demo=visit.staff.demo)
        topics = await answers_by_topic(connection, since=since)
        communes = hide_small(await people_by_commune(connection, areas=areas, demo=visit.staff.demo))
    days = [visit.today - timedelta(days=back) for back in reversed(range(DAYS))]
    with section(visit.t("console.today.last_days", number=DAYS)):
        if not messages and not topics and not communes:
            paragraph(visit.t("console.today.no_figures")).classes("ct-muted")
            return
        with ui.element("div").classes("ct-two"):
            if messages:
                with ui.element("div"):
                    by_channel = {
                        channel_name(visit, channel): [
                            sum(count for day, of, count in messages if day == one and of == channel) for one in days
                        ]
                        for channel in sorted({channel for _, channel, _ in messages})
                    }
                    heads = [f"{day:%d/%m}" for day in days]
                    lines(visit, visit.t("console.today.by_day"), heads, by_channel)
            names = {visit.t(f"topic.{topic}"): count for topic, count in topics.items() if _is_topic(visit, topic)}
            places = load_places().units
            known = {places[code].name: count for code, count in communes.items() if code in places and count}
            for heading, values in (("console.today.by_topic", names), ("console.today.by_commune", known)):
                if values:
                    with ui.element("div"):
                        bars(visit, visit.t(heading), values)


def _is_topic(visit: Visit, topic: str) -> bool:
    return f"topic.{topic}" in visit.catalogue


@waiting
async def campaigns_wait(connection: AsyncConnection, visit: Visit) -> list[Waiting]:
    """Campaigns that wait for a second person, and drafts of one's own."""
    staff = visit.staff
    if not staff.has(*READERS):
        return []
    found = await list_campaigns(
        connection, organisation=staff.organisation, states=[CampaignState.SUBMITTED, CampaignState.DRAFT]
    )
    lines_: list[Waiting] = []
    for one in found:
        if one.state is CampaignState.SUBMITTED and staff.has(Role.CAMPAIGN_APPROVER):
            lines_.append(Waiting(visit.t("console.today.approve", title=one.title), f"/campaigns/{one.id}"))
        elif one.state is CampaignState.DRAFT and staff.id == one.created_by:
            lines_.append(Waiting(visit.t("console.today.draft", title=one.title), f"/campaigns/{one.id}"))
    return lines_


@waiting
async def campaigns_stand_still(connection: AsyncConnection, visit: Visit) -> list[Waiting]:
    """Runs that the system stopped, and leavings that it held, each with its next step."""
    if not visit.staff.has(*READERS):
        return []
    of = None if visit.actor.everywhere else visit.staff.organisation
    stopped = [
        Waiting(visit.t("console.today.stopped", title=one.title), f"/campaigns/{one.campaign_id}", incident=True)
        for one in await stopped_runs(connection, organisation=of)
    ]
    held = [
        Waiting(visit.t("console.today.held", title=one.title), f"/campaigns/{one.campaign_id}", incident=True)
        for one in await held_leavings(connection, organisation=of)
    ]
    return stopped + held


@waiting
async def channels_are_shut(connection: AsyncConnection, visit: Visit) -> list[Waiting]:
    """Channels on which nothing leaves until somebody mends the account."""
    if not visit.staff.has(Role.ADMINISTRATOR):
        return []
    return [
        Waiting(visit.t("console.today.channel", channel=channel_name(visit, channel)), "/settings", incident=True)
        for channel in await paused_accounts(connection)
    ]


@waiting
async def tickets_wait(connection: AsyncConnection, visit: Visit) -> list[Waiting]:
    """Residents who wait for an officer."""
    scope = scope_of(visit.staff)
    if scope is None or not visit.staff.has(Role.HELP_DESK_OFFICER):
        return []
    counts = await count_tickets(connection, scope)
    number = counts[TicketState.PENDING] + counts[TicketState.OPEN]
    return [Waiting(visit.t("console.today.tickets", number=visit.catalogue.number(number)), "/tickets", number)]


@waiting
async def tickets_are_late(connection: AsyncConnection, visit: Visit) -> list[Waiting]:
    """Tickets that nobody answered in time: for officers at once, for administrators when that did not help either."""
    scope = scope_of(visit.staff)
    if scope is None or not visit.staff.has(Role.HELP_DESK_OFFICER, Role.ADMINISTRATOR):
        return []
    officer = visit.staff.has(Role.HELP_DESK_OFFICER)
    late = await list_tickets(
        connection,
        scope,
        states=[TicketState.PENDING, TicketState.OPEN],
        told=EscalationStep.COLLEAGUES if officer else EscalationStep.ADMINISTRATORS,
    )
    key = "console.today.late" if officer else "console.today.still_late"
    lines_ = [
        Waiting(
            visit.t(
                key,
                code=one.code,
                reason=reason_words(visit, one),
                whose=one.assignee_name or visit.t("desk.page.nobody"),
                due=visit.moment(one.answer_due_at),
            ),
            f"/tickets/{one.id}",
            incident=True,
        )
        for one in late[:_LATE_SHOWN]
    ]
    if len(late) > _LATE_SHOWN:
        more = visit.catalogue.number(len(late) - _LATE_SHOWN)
        lines_.append(Waiting(visit.t("console.today.more_late", number=more), "/tickets", incident=True))
    return lines_
