"""Sending approved templates to telephone numbers: to people who agreed and whom no chat reaches."""

from bot.channels.base import Failed, SendResult, Sent, Shipment
from bot.channels.capabilities import ZALO_BY_PHONE, ZALO_PHONE
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.client import ZaloClient
from bot.channels.zalo.template_sending import WOULD_COST, TemplateSending
from bot.channels.zalo.templates import Templates, body_to_phone
from bot.messages import OutgoingMessage
from store.clock import Clock, local_date
from store.database import Database
from store.delivery_errors import ErrorClass
from store.queries.sending_limits import set_daily_quota
from store.queries.zalo_requests import note_taken


class ZaloPhoneChannel:
    """The address is a telephone number in E.164."""

    name = ZALO_PHONE
    capabilities = ZALO_BY_PHONE

    def __init__(
        self, account: ZaloAccount, database: Database, clock: Clock, client: ZaloClient, templates: Templates
    ) -> None:
        self._database = database
        self._clock = clock
        self._client = client
        self._by_money = TemplateSending(account, database, clock, templates, self.name)

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        """Hand the message's template over; a message without one cannot go this way."""
        if message.template is None:
            return Failed(ErrorClass.RECIPIENT, "zalo_no_template")
        if not shipment.may_cost:
            return WOULD_COST
        body = body_to_phone(address, message.template, shipment.key)
        answer = await self._by_money.send(
            message.template, address, shipment, lambda: self._client.template_to_phone(body)
        )
        if isinstance(answer, Failed):
            return answer
        async with self._database.single() as connection:
            message_id = f"{answer.data.get('msg_id') or answer.data.get('message_id') or ''}"
            await note_taken(connection, key=shipment.key, position=0, message_id=message_id)
            quota = answer.data.get("quota")
            if isinstance(quota, dict):
                whole, left = f"{quota.get('dailyQuota', '')}", f"{quota.get('remainingQuota', '')}"
                if whole.isdecimal() and left.isdecimal():
                    used = int(whole) - int(left)
                    day = local_date(self._clock.now())
                    await set_daily_quota(connection, self.name, quota=int(whole), used=max(0, used), day=day)
        return Sent(message_id or None)
