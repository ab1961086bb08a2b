"""The role `delivery`: who sends, and fetches what people sent along."""

from typing import TYPE_CHECKING

from bot.channels.media import MediaFetcher
from bot.delivery import Sender
from bot.delivery.pressure import DeskPressure
from store.queries.campaign_runs import RUN_CHANGED
from store.queries.deliveries import TO_SEND

if TYPE_CHECKING:
    from server.runtime import Runtime


async def start(runtime: "Runtime") -> None:
    """Start sending."""
    sender = Sender(
        runtime.database,
        runtime.clock,
        {one.channel.name: one.channel for one in runtime.connections},
        limits={one.channel.name: one.limit for one in runtime.connections if one.limit is not None},
        pace=DeskPressure(runtime.database, runtime.clock, calm=runtime.settings.campaigns_slow_from_tickets),
    )
    runtime.listener.on(TO_SEND, sender.wake)
    runtime.listener.on(RUN_CHANGED, sender.wake_bulk)
    runtime.keep_running("delivery", sender.run)
    for connection in runtime.connections:
        for name, run in connection.sending.items():
            runtime.keep_running(name, run)
    media = {one.channel.name: one.media for one in runtime.connections if one.media is not None}
    if media:
        runtime.keep_running("media", MediaFetcher(runtime.database, runtime.clock, media).run)
