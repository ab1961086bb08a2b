"""What a channel brings into a process."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter

from bot.channels.base import Channel
from bot.channels.media import MediaSource
from bot.channels.zalo.consent import ZaloConsent
from store.queries.sending_limits import AccountLimit

Run = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Connection:
    """One channel in this process.

    Attributes:
        channel: sends; runs where the role is `delivery`.
        router: its webhook; served where the role is `web`.
        receiving: what runs beside it where the role is `web` (pollers, keepers of webhooks), by name. Each runs until
            cancelled and is started again when it fails.
        reading: the same where the role is `conversation`: readers of stored events. What acknowledges does no more
            than that, so that messengers hear at once that an event arrived, however much there is to read.
        sending: the same where the role is `delivery`.
        hears: database notifications that wake what reads -> callback with their payload.
        note: what an administrator should know of it now, in a word; None when all is well.
        media: hands out what people sent along.
        close: gives back connections when the process stops.
        limit: of the account, where the settings say another than the channel's capabilities.
        zalo_consent: gets the tokens of this account, for staff in the console.
    """

    channel: Channel
    router: APIRouter | None = None
    receiving: Mapping[str, Run] = field(default_factory=dict)
    reading: Mapping[str, Run] = field(default_factory=dict)
    sending: Mapping[str, Run] = field(default_factory=dict)
    hears: Mapping[str, Callable[[str], None]] = field(default_factory=dict)
    note: Callable[[], Awaitable[str | None]] | None = None
    media: MediaSource | None = None
    close: Run | None = None
    limit: AccountLimit | None = None
    zalo_consent: ZaloConsent | None = None
