"""What an officer does with a ticket beside writing: pass on, assign, put aside, resolve."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from nicegui import ui

from bot.helpdesk.hours import DeskRules
from bot.helpdesk.work import assign, hand_back, reopen, resolve, route, snooze, take_ticket
from console.access.actions import action
from console.campaigns.phone import channel_name
from console.shell.visit import Acting, Visit
from console.shell.words import span
from console.tickets.words import area_words, language_of, reason_words, state_words, topic_words
from content.place_units import load_places
from content.topics import Topic
from store.clock import LOCAL_ZONE
from store.queries.desk import desk_rules
from store.queries.staff import Staff, all_staff, organisations
from store.queries.tickets import TicketRow
from store.staff_roles import Role
from store.ticket_states import TicketState

ANSWER = action("ticket.answer", Role.HELP_DESK_OFFICER)
STEER = action("ticket.steer", Role.HELP_DESK_OFFICER, Role.ADMINISTRATOR)

Refresh = Callable[[], Awaitable[None]]


def facts(visit: Visit, ticket: TicketRow) -> None:
    """Draw what is known about a ticket."""
    silent = ticket.silent_until is not None and ticket.silent_until > visit.now
    shown = [
        (visit.t("desk.page.ticket"), ticket.code),
        (visit.t("desk.page.reason"), reason_words(visit, ticket)),
        (visit.t("desk.page.state"), state_words(visit, ticket.state)),
        (visit.t("desk.page.assignee"), ticket.assignee_name or visit.t("desk.page.nobody")),
        (visit.t("desk.page.area"), area_words(visit, ticket.area)),
        (visit.t("desk.page.topic"), topic_words(visit, ticket.topic)),
        (visit.t("desk.page.channel"), channel_name(visit, ticket.channel) if ticket.channel else "–"),
        (visit.t("desk.page.opened"), visit.moment(ticket.opened_at)),
        (visit.t("desk.page.due"), visit.moment(ticket.answer_due_at)),
    ]
    if ticket.snoozed_until is not None:
        shown.append((visit.t("desk.page.snoozed_until"), visit.moment(ticket.snoozed_until)))
    with ui.element("dl").classes("ct-facts"):
        for name, words in shown:
            with ui.element("dt"):
                span(name)
            with ui.element("dd"):
                span(words)
    if ticket.confidential:
        ui.label(visit.t("desk.page.confidential_note")).classes("ct-small ct-muted")
    if ticket.conversation_id is not None:
        until = visit.moment(ticket.silent_until)
        told = visit.t("desk.page.bot_silent", until=until) if silent else visit.t("desk.page.bot_talks")
        ui.label(told).classes(f"ct-state {'good' if silent else 'warn'}")


async def buttons(visit: Visit, ticket: TicketRow, refresh: Refresh) -> None:
    """Draw the buttons that may be pressed now."""
    area = ticket.area

    def doing(work: Callable[[Acting], Awaitable[object]], said: str) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            async with visit.acting(ANSWER if visit.may(ANSWER, area) else STEER, area) as acting:
                await work(acting)
            ui.notify(visit.t(f"desk.page.done.{said}"), type="positive")
            await refresh()

        return act

    with ui.element("div").classes("ct-row"):
        if ticket.state is TicketState.RESOLVED:
            if visit.may(STEER, area):
                again = doing(lambda a: reopen(a.connection, a.staff, ticket.id, now=a.now), "reopen")
                ui.button(visit.t("desk.page.reopen"), on_click=again)
            return
        mine = ticket.assignee_id == visit.staff.id and ticket.state is TicketState.OPEN
        if visit.may(ANSWER, area) and not mine:
            owner = ticket.assignee_id
            take = doing(
                lambda a: take_ticket(a.connection, a.staff, ticket.id, now=a.now, from_colleague=owner), "take"
            )
            key = "take" if owner in (None, visit.staff.id) else "take_from"
            ui.button(visit.t(f"desk.page.{key}", name=ticket.assignee_name or ""), on_click=take)
        silent = ticket.silent_until is not None and ticket.silent_until > visit.now
        if visit.may(STEER, area):
            if silent:
                back = doing(lambda a: hand_back(a.connection, a.staff, ticket.id, now=a.now), "hand_back")
                ui.button(visit.t("desk.page.hand_back"), on_click=back).props("outline")
            await _snooze_menu(visit, ticket, doing)
            done = doing(lambda a: resolve(a.connection, a.staff, ticket.id, now=a.now), "resolve")
            ui.button(visit.t("desk.page.resolve"), on_click=done).props("outline color=positive")


async def _snooze_menu(
    visit: Visit,
    ticket: TicketRow,
    doing: Callable[[Callable[[Acting], Awaitable[object]], str], Callable[[], Awaitable[None]]],
) -> None:
    async with visit.reading(by_itself=True) as connection:
        rules = DeskRules.of(await desk_rules(connection))
    now = visit.now
    midnight = (now.astimezone(LOCAL_ZONE) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    times: list[tuple[str, datetime | None]] = [
        (visit.t("desk.page.in_hours", number=1), now + timedelta(hours=1)),
        (visit.t("desk.page.in_hours", number=3), now + timedelta(hours=3)),
        (visit.t("desk.page.next_day"), rules.opens_at(midnight)),
        (visit.t("desk.page.next_week"), rules.opens_at(midnight + timedelta(days=6))),
    ]

    def until(moment: datetime) -> Callable[[], Awaitable[None]]:
        return doing(lambda a: snooze(a.connection, a.staff, ticket.id, until=moment, now=a.now), "snooze")

    with ui.dropdown_button(visit.t("desk.page.snooze"), auto_close=True).props("outline"):
        for words, moment in times:
            if moment is not None:
                ui.item(f"{words} ({visit.moment(moment)})", on_click=until(moment))


async def passing_on(visit: Visit, ticket: TicketRow, refresh: Refresh) -> None:
    """Draw the choices of who sees to a ticket."""
    area = ticket.area
    if ticket.state is TicketState.RESOLVED or not visit.may(STEER, area):
        return
    async with visit.reading(by_itself=True) as connection:
        colleagues = [one for one in await all_staff(connection) if _may_have(one, ticket)]
        names = {
            one.code: one.name if language_of(visit) == "vi" else one.name_in_english
            for one in await organisations(connection)
        }

    async def give(number: int | None) -> None:
        async with visit.acting(STEER, area) as acting:
            await assign(acting.connection, acting.staff, ticket.id, to=number or None, now=acting.now)
        await refresh()

    async def pass_on(**changes: object) -> None:
        async with visit.acting(STEER, area) as acting:
            await route(acting.connection, acting.staff, ticket.id, now=acting.now, **changes)  # type: ignore[arg-type]
        ui.notify(visit.t("desk.page.done.route"), type="positive")
        ui.navigate.to("/tickets") if "organisation" in changes or "area" in changes else await refresh()

    people = {0: visit.t("desk.page.nobody")} | {one.id: one.name for one in colleagues}
    ui.select(
        people,
        value=ticket.assignee_id if ticket.assignee_id in people else 0,
        label=visit.t("desk.page.give_to"),
        on_change=lambda event: give(event.value),
    )
    ui.select(
        names,
        value=ticket.organisation,
        label=visit.t("desk.page.organisation"),
        on_change=lambda event: pass_on(organisation=event.value),
    )
    units = {"": visit.t("desk.page.no_area")} | {one.id: one.name for one in load_places().units.values()}
    ui.select(
        units,
        value=ticket.area if ticket.area in units else "",
        label=visit.t("desk.page.area"),
        with_input=True,
        on_change=lambda event: pass_on(area=event.value or ""),
    )
    topics = {"": "–"} | {one.value: visit.t(f"topic.{one}") for one in Topic}
    ui.select(
        topics,
        value=ticket.topic if ticket.topic in topics else "",
        label=visit.t("desk.page.topic"),
        on_change=lambda event: pass_on(topic=event.value or ""),
    )
    ui.switch(
        visit.t("desk.page.confidential"),
        value=ticket.confidential,
        on_change=lambda event: pass_on(confidential=bool(event.value)),
    )


def _may_have(staff: Staff, ticket: TicketRow) -> bool:
    return (
        not staff.disabled
        and staff.organisation == ticket.organisation
        and staff.has(Role.HELP_DESK_OFFICER)
        and staff.may(Role.HELP_DESK_OFFICER, ticket.area)
    )
