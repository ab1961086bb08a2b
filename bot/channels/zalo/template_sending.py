"""Sending approved templates, which cost money: counted against the day's cap before Zalo is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.channels.base import Failed, Shipment
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.client import Refusal
from bot.channels.zalo.templates import TEMPLATE_DIGEST, Templates
from bot.channels.zalo_http import Answer
from bot.messages import TemplateMessage
from store.clock import Clock, local_date
from store.database import Database
from store.delivery_errors import ErrorClass
from store.queries.paid_messages import give_back_paid_messages, take_paid_messages
from store.queries.zalo_requests import note_request

WOULD_COST = Failed(ErrorClass.BILLING, "zalo_would_cost")
CAP_OF_THE_DAY = Failed(ErrorClass.QUOTA, "zalo_paid_cap_reached")


@dataclass(frozen=True)
class TemplateSending:
    """Sends for one channel of the account; each channel has a count of its own. `channel`: its name."""

    account: ZaloAccount
    database: Database
    clock: Clock
    templates: Templates
    channel: str

    async def send(
        self,
        template: TemplateMessage,
        address: str,
        shipment: Shipment,
        ask: Callable[[], Awaitable[Answer | Refusal | Failed]],
    ) -> Answer | Failed:
        """Ask Zalo once (`ask`) if the template and the day's cap allow it; what did not leave does not count."""
        if (refused := await self.templates.refused(template)) is not None:
            return refused
        now = self.clock.now()
        day = local_date(now)
        async with self.database.single() as connection:
            if not await take_paid_messages(connection, channel=self.channel, day=day, cap=self.account.paid_per_day):
                return CAP_OF_THE_DAY
            await note_request(
                connection,
                key=shipment.key,
                position=0,
                is_last=True,
                address=address,
                digest=TEMPLATE_DIGEST,
                now=now,
            )
        answer = await self.templates.concluded(template, await ask(), shipment.key)
        if isinstance(answer, Failed) and answer.error is not ErrorClass.UNKNOWN:
            async with self.database.single() as connection:
                await give_back_paid_messages(connection, channel=self.channel, day=day)
        return answer
