"""Messengers: how each stands, its tokens, and the switch that closes one for all processes at once."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from bot.channels.capabilities import ZALO
from bot.channels.switch import FIRST_SETTING, LEAST_REASON, ChannelStatus, channel_statuses, close, reopen
from bot.channels.zalo.consent import ZaloConsent
from console.access.actions import action
from console.campaigns.phone import channel_name
from console.shell.frame import section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Told, Visit
from console.shell.words import span
from console.zalo_consent import GIVEN, OUTCOMES, TOKENS
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
async def channels(visit: Visit, zalo: str = "") -> None:
    """Show how channels stand; administrators close and open them, and give the tokens of Zalo.

    Args:
        zalo: what became of the consent from which the person comes back; see `console.zalo_consent`.
    """
    if zalo in OUTCOMES:
        with ui.element("div").props("role=status").classes("ct-note" if zalo == GIVEN else "ct-note ct-bad"):
            span(visit.t(f"console.channels.consent_{zalo}"))

    @ui.refreshable
    async def all_of_it() -> None:
        async with visit.reading(by_itself=True) as connection:
            statuses = await channel_statuses(connection, visit.parts.channels)
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
        consent = visit.parts.zalo_consent
        if not tokens and consent is None:
            return
        with section(visit.t("console.channels.tokens")):
            if tokens:
                table(
                    tokens,
                    Column(visit.t("console.channels.account"), lambda one: one.oa_id),
                    Column(visit.t("console.channels.token_state"), lambda one: _token(visit, one)),
                    Column(visit.t("console.channels.expires"), lambda one: visit.moment(one.expires_at)),
                    Column(visit.t("console.channels.refreshed"), lambda one: visit.moment(one.refreshed_at)),
                )
            if consent is not None and visit.may(TOKENS):
                _ways_to_tokens(visit, consent, all_of_it.refresh)

    await all_of_it()


def _now(visit: Visit, one: ChannelStatus) -> None:
    with ui.element("div"):
        if one.closed_since is not None:
            span(visit.t("console.channels.closed", since=visit.moment(one.closed_since))).classes("ct-bad")
            with ui.element("div").classes("ct-small ct-muted"):
                span(one.closed_because or "")
        elif not one.set_up:
            span(visit.t("console.channels.not_set_up")).classes("ct-muted")
            with ui.element("div").classes("ct-small ct-muted"):
                span(visit.t("console.channels.set_up_next", setting=FIRST_SETTING.get(one.channel, "")))
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


def _ways_to_tokens(visit: Visit, consent: ZaloConsent, refresh: Refresh) -> None:
    span(visit.t("console.channels.consent_means", address=consent.back_to)).classes("ct-muted ct-small")

    async def ask() -> None:
        async with visit.acting(TOKENS) as acting:
            target = consent.ask(acting.staff.id)
        ui.navigate.to(target)

    with ui.element("div").classes("ct-row"):
        ui.button(visit.t("console.channels.consent"), on_click=ask)
        ui.button(visit.t("console.channels.paste"), on_click=lambda: _ask_for_pair(visit, consent, refresh)).props(
            "outline"
        )


def _ask_for_pair(visit: Visit, consent: ZaloConsent, refresh: Refresh) -> None:
    with ui.dialog() as dialog, ui.card():
        ui.label(visit.t("console.channels.paste_title")).classes("ct-title")
        ui.label(visit.t("console.channels.paste_means"))
        access = ui.input(visit.t("console.channels.access_token"), password=True).classes("w-full")
        again = ui.input(visit.t("console.channels.refresh_token"), password=True).classes("w-full")

        async def do() -> None:
            pair = (access.value or "").strip(), (again.value or "").strip()
            if not all(pair):
                raise Told("console.channels.paste_both")
            async with visit.acting(TOKENS) as acting:
                await consent.tokens.give(*pair)
                await acting.record("channel.tokens_given", f"channel:{ZALO}", details={"channel": ZALO})
            dialog.close()
            await refresh()

        with ui.element("div").classes("ct-row"):
            ui.button(visit.t("console.channels.paste"), on_click=do)
            ui.button(visit.t("console.channels.not_now"), on_click=dialog.close).props("flat")
    dialog.open()


def _switch(visit: Visit, one: ChannelStatus, refresh: Refresh) -> None:
    if not visit.may(SWITCH):
        return
    if one.closed_since is not None:
        ui.button(visit.t("console.channels.reopen"), on_click=lambda: _reopen(visit, one, refresh)).props("outline")
    elif one.set_up or one.queued:
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
