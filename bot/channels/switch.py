"""Closing and opening a channel as staff do it: with a reason, in the audit log, and what stands where."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.capabilities import CAPABILITIES, TELEGRAM, TERMINAL, ZALO, ZALO_ANONYMOUS, ZALO_BOT, ZALO_PHONE
from content.translations import Catalogue
from store.queries.audit import record_audit
from store.queries.channel_events import event_figures
from store.queries.channel_switch import close_channel, closed_channels, count_queued, open_channel
from store.queries.sending_limits import account_statuses

#: Channels that can be closed. The command line is nobody's channel.
SWITCHED = tuple(name for name in CAPABILITIES if name != TERMINAL)
#: One account stands behind all of these: they are closed and opened together.
_TOGETHER = {ZALO: (ZALO, ZALO_ANONYMOUS, ZALO_PHONE)}
#: The setting with which setting a channel up begins; docs/channels.md tells the rest.
FIRST_SETTING = {
    **dict.fromkeys((ZALO, ZALO_ANONYMOUS, ZALO_PHONE), "CHUNGTAY_ZALO_OA_ID"),
    ZALO_BOT: "CHUNGTAY_ZALO_BOT_TOKEN",
    TELEGRAM: "CHUNGTAY_TELEGRAM_TOKEN",
}
#: A shorter reason tells a colleague nothing.
LEAST_REASON = 8


class SwitchRefused(Exception):
    """It cannot be done. `key` is `channel.error.<key>` of the catalogues."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def text(self, catalogue: Catalogue) -> str:
        """What happened and what to do next."""
        return catalogue.text(f"channel.error.{self.key}", **self.values)


@dataclass(frozen=True)
class ChannelStatus:
    """How a channel stands, for staff. Times in UTC.

    Attributes:
        set_up: an account is named for it. Without one nothing comes or leaves there, open or closed.
    """

    channel: str
    set_up: bool
    closed_since: datetime | None
    closed_because: str | None
    queued: int
    used_today: int | None
    daily_quota: int | None
    per_window: int | None
    window_seconds: float | None
    bulk_waits_until: datetime | None
    account_paused: str | None
    last_event_at: datetime | None
    unread_events: int


def _checked(channel: str) -> str:
    if channel not in SWITCHED:
        raise SwitchRefused("not_a_channel", channel=channel, channels=", ".join(SWITCHED))
    return channel


async def close(connection: AsyncConnection, channel: str, *, reason: str, actor: int | None, now: datetime) -> None:
    """Close a channel. Nothing leaves on it from the commit on; what waits goes another way or waits.

    Raises:
        SwitchRefused: no such channel, closed already, or no reason given.
    """
    reason = " ".join(reason.split())
    _checked(channel)
    if len(reason) < LEAST_REASON:
        raise SwitchRefused("reason_missing", least=LEAST_REASON)
    done = [
        await close_channel(connection, one, reason=reason, actor=actor, now=now)
        for one in _TOGETHER.get(channel, (channel,))
    ]
    if not any(done):
        raise SwitchRefused("closed_already", channel=channel)
    await _note(connection, "closed", channel, actor, now, reason=reason)


async def reopen(connection: AsyncConnection, channel: str, *, actor: int | None, now: datetime) -> None:
    """Open a channel; what still waits on it leaves.

    Raises:
        SwitchRefused: no such channel, or it is open.
    """
    _checked(channel)
    done = [await open_channel(connection, one) for one in _TOGETHER.get(channel, (channel,))]
    if not any(done):
        raise SwitchRefused("open_already", channel=channel)
    await _note(connection, "opened", channel, actor, now)


async def _note(
    connection: AsyncConnection, what: str, channel: str, actor: int | None, now: datetime, **details: object
) -> None:
    await record_audit(
        connection,
        actor=actor,
        action=f"channel.{what}",
        subject=f"channel:{channel}",
        now=now,
        details={"channel": channel, **details},
    )


async def channel_statuses(connection: AsyncConnection, set_up: Collection[str]) -> list[ChannelStatus]:
    """Return how each channel stands. `set_up`: names of those for which the settings name an account."""
    closed = {one.channel: one for one in await closed_channels(connection)}
    accounts = {one.channel: one for one in await account_statuses(connection)}
    found = []
    for channel in SWITCHED:
        closure, account = closed.get(channel), accounts.get(channel)
        events = await event_figures(connection, channel)
        found.append(
            ChannelStatus(
                channel=channel,
                set_up=channel in set_up,
                closed_since=closure.since if closure else None,
                closed_because=closure.reason if closure else None,
                queued=await count_queued(connection, channel),
                used_today=account.used_today if account else None,
                daily_quota=account.daily_quota if account else None,
                per_window=account.per_window if account else None,
                window_seconds=account.window_seconds if account else None,
                bulk_waits_until=account.blocked_until if account else None,
                account_paused=account.paused_reason if account else None,
                last_event_at=events.last,
                unread_events=events.unread,
            )
        )
    return found
