"""Messengers: how each stands, its tokens, and the switch that closes one for all processes at once."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from bot.channels.switch import LEAST_REASON, ChannelStatus, channel_statuses, close, reopen
from console.access.actions import action
from console.campaigns.phone import channel_name
from console.shell.frame import section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.words import span
from store.queries.zalo_tokens import TokenRow, all_tokens
from store.staff_roles import Role

Refresh = Callable[[], Awaitable[None]]

SWITCH = action("channel.switch", Role.ADMINISTRATOR)


@page(
    "/channels",
    name="channels",
    roles=(Role.ADMINISTRATOR, Role.AUDITOR),
    group=Group.SYSTEM,
    icon="hub",
    position=10,
)
async def channels(visit: Visit) -> None:
    """Show how channels stand; administrators close and open them."""

    @ui.refreshable
    async def all_of_it() -> None:
        async with visit.reading(by_itself=True) as connection:
            statuses = await channel_statuses(connection)
            tokens = await all_tokens(connection)
        with section(visit.t("console.channels.state")):
            table(
                statuses,
                Column(visit.t("console.channels.channel"), lambda one: channel_name(visit, one.channel)),
                Column(visit.t("console.channels.now"), lambda one: _now(visit, one)),
                Column(visit.t("console.channels.queued"), lambda one: one.queued, number=True),
                Column(visit.t("console.channels.today"), lambda one: _today(one), number=True),
                Column(visit.t("console.channels.limit"), lambda one: _limit(visit, one)),
                Column(visit.t("console.channels.last_event"), lambda one: visit.moment(one.last_event_at)),
                Column(visit.t("console.channels.action"), lambda one: _switch(visit, one, all_of_it.refresh)),
            )
        if tokens:
            with section(visit.t("console.channels.tokens")):
                table(
                    tokens,
                    Column(visit.t("console.channels.account"), lambda one: one.oa_id),
                    Column(visit.t("console.channels.token_state"), lambda one: _token(visit, one)),
                    Column(visit.t("console.channels.expires"), lambda one: visit.moment(one.expires_at)),
                    Column(visit.t("console.channels.refreshed"), lambda one: visit.moment(one.refreshed_at)),
                )

    await all_of_it()


def _now(visit: Visit, one: ChannelStatus) -> None:
    with ui.element("div"):
        if one.closed_since is not None:
            span(visit.t("console.channels.closed", since=visit.moment(one.closed_since))).classes("ct-bad")
            with ui.element("div").classes("ct-small ct-muted"):
                span(one.closed_because or "")
        elif one.account_paused is not None:
            span(visit.t("console.channels.paused", reason=one.account_paused)).classes("ct-bad")
        else:
            span(visit.t("console.channels.open"))


def _today(one: ChannelStatus) -> str:
    if one.used_today is None:
        return "–"
    return f"{one.used_today}" if one.daily_quota is None else f"{one.used_today} / {one.daily_quota}"


def _limit(visit: Visit, one: ChannelStatus) -> str:
    if one.per_window is None or one.window_seconds is None:
        return "–"
    return visit.t("console.channels.per_window", number=one.per_window, seconds=round(one.window_seconds))


def _token(visit: Visit, one: TokenRow) -> None:
    if one.needs_consent is not None:
        span(visit.t("console.channels.needs_consent", reason=one.needs_consent)).classes("ct-bad")
    else:
        span(visit.t("console.channels.token_works"))


def _switch(visit: Visit, one: ChannelStatus, refresh: Refresh) -> None:
    if not visit.may(SWITCH):
        return
    if one.closed_since is not None:
        ui.button(visit.t("console.channels.reopen"), on_click=lambda: _reopen(visit, one, refresh)).props("outline")
    else:
        ui.button(visit.t("console.channels.close"), on_click=lambda: _ask_why(visit, one, refresh)).props(
            "outline color=negative"
        )


async def _reopen(visit: Visit, one: ChannelStatus, refresh: Refresh) -> None:
    async with visit.acting(SWITCH) as acting:
        await reopen(acting.connection, one.channel, actor=acting.staff.id, now=acting.now)
    await refresh()


def _ask_why(visit: Visit, one: ChannelStatus, refresh: Refresh) -> None:
    name = channel_name(visit, one.channel)
    with ui.dialog() as dialog, ui.card():
        ui.label(visit.t("console.channels.close_title", channel=name)).classes("ct-title")
        ui.label(visit.t("console.channels.close_means"))
        reason = ui.input(visit.t("console.channels.reason", least=LEAST_REASON)).classes("w-full")

        async def do() -> None:
            async with visit.acting(SWITCH) as acting:
                await close(
                    acting.connection,
                    one.channel,
                    reason=reason.value or "",
                    actor=acting.staff.id,
                    now=acting.now,
                )
            dialog.close()
            await refresh()

        with ui.element("div").classes("ct-row"):
            ui.button(visit.t("console.channels.close"), on_click=do).props("color=negative")
            ui.button(visit.t("console.channels.not_now"), on_click=dialog.close).props("flat")
    dialog.open()
