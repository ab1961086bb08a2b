"""Sending to people on a Zalo Official Account, part by part, within what the account may send to them."""

import time
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.channels.base import LONGEST_SEND_SECONDS, Failed, SendResult, Sent, Shipment
from bot.channels.capabilities import WINDOW_MARGIN, ZALO, ZALO_OA
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.bodies import Part, digest_of, parts_of, picture
from bot.channels.zalo.client import SLOW_BELOW, Rate, Refusal, ZaloClient
from bot.channels.zalo.errors import UPLOAD_EXPIRED, until_next_minute
from bot.channels.zalo.template_sending import CAP_OF_THE_DAY, WOULD_COST, TemplateSending
from bot.channels.zalo.templates import Templates, body_to_user
from bot.channels.zalo.uploads import NoPicture, Uploads
from bot.channels.zalo_http import CALL_SECONDS, Answer
from bot.messages import OutgoingMessage
from store.clock import Clock, local_date
from store.database import Database
from store.delivery_errors import ErrorClass
from store.delivery_states import Priority
from store.queries.paid_messages import give_back_paid_messages, take_paid_messages
from store.queries.sending_limits import block_bulk, set_rate
from store.queries.zalo_contacts import note_interaction, read_contact
from store.queries.zalo_requests import note_request, note_taken, parts_taken

log = structlog.get_logger(__name__)

#: After so long no further part of a message is begun: with one more call the claim on its row would run out
#: (bot.delivery.CLAIM_LASTS). The next try goes on behind the parts that left.
BEGINS_PARTS_FOR = LONGEST_SEND_SECONDS - CALL_SECONDS

_WINDOW_CLOSED = Failed(ErrorClass.WINDOW_CLOSED, "zalo_window_closed")


class ZaloChannel:
    """Consultation messages to people who are known by the account's own id of them.

    Args:
        public_address: where people reach the public pages, for recordings and pictures.
    """

    name = ZALO
    capabilities = ZALO_OA

    def __init__(
        self,
        account: ZaloAccount,
        database: Database,
        clock: Clock,
        client: ZaloClient,
        uploads: Uploads,
        templates: Templates,
        *,
        public_address: str = "",
    ) -> None:
        self._account = account
        self._database = database
        self._clock = clock
        self._client = client
        self._uploads = uploads
        self._by_money = TemplateSending(account, database, clock, templates, self.name)
        self._public_address = public_address

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        """Hand the parts over one after the other; those that left in an earlier try are not sent again."""
        now = self._clock.now()
        async with self._database.single() as connection:
            left = await parts_taken(connection, shipment.key)
        parts = parts_of(message, address=self._public_address)
        paid = False
        if not left:
            gate = await self._window(address, shipment, now, parts=len(parts))
            if isinstance(gate, Failed):
                return await self._by_template(message, address, shipment) or gate
            paid = gate
        result = await self._send_parts(parts, left, address, shipment)
        if paid and isinstance(result, Failed) and result.error is not ErrorClass.UNKNOWN:
            async with self._database.single() as connection:
                # Once a part left, the others are sent later without being counted again.
                if not await parts_taken(connection, shipment.key):
                    day = local_date(now)
                    await give_back_paid_messages(connection, channel=self.name, day=day, number=len(parts))
        return result

    async def _by_template(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult | None:
        """Send the message's template in place of words that may not go; None where it has none, or money may not."""
        if message.template is None or not shipment.may_cost:
            return None
        body = body_to_user(address, message.template)
        answer = await self._by_money.send(
            message.template, address, shipment, lambda: self._client.template_to_user(body)
        )
        return await self._conclude(answer, 0, shipment)

    async def _send_parts(
        self, parts: list[Part], left: dict[int, str], address: str, shipment: Shipment
    ) -> SendResult:
        message_id = None
        begun = time.monotonic()
        for position, part in enumerate(parts):
            if position in left:
                message_id = left[position]
                continue
            if message_id is not None and time.monotonic() - begun > BEGINS_PARTS_FOR:
                return Failed(ErrorClass.RETRYABLE, "zalo_slow")
            sent = await self._send_part(part, position, len(parts), address, shipment)
            if isinstance(sent, Failed):
                if part.optional and sent.error is ErrorClass.PAYLOAD:
                    log.warning("zalo_part_left_out", reason=sent.reason)
                    continue
                return sent
            message_id = sent.provider_message_id
        return Sent(message_id)

    async def _send_part(self, part: Part, position: int, number: int, address: str, shipment: Shipment) -> SendResult:
        body = await self._body(part)
        if isinstance(body, Failed):
            return body
        digest = part.digest if part.image is None else digest_of("image", "")
        async with self._database.single() as connection:
            await note_request(
                connection,
                key=shipment.key,
                position=position,
                is_last=position == number - 1,
                address=address,
                digest=digest,
                now=self._clock.now(),
            )
        answer = await self._client.consult({"recipient": {"user_id": address}, "message": body})
        if isinstance(answer, Refusal) and answer.code == UPLOAD_EXPIRED and part.image is not None:
            await self._uploads.forget(part.image)
            body = await self._body(part)
            if isinstance(body, Failed):
                return body
            answer = await self._client.consult({"recipient": {"user_id": address}, "message": body})
        return await self._conclude(answer, position, shipment)

    async def _conclude(self, answer: Answer | Refusal | Failed, position: int, shipment: Shipment) -> SendResult:
        if isinstance(answer, Refusal):
            return answer.failed
        async with self._database.single() as connection:
            if isinstance(answer, Failed):
                if answer.error is not ErrorClass.UNKNOWN:
                    return answer
                # The echo may have been faster than the answer that never came.
                echoed = (await parts_taken(connection, shipment.key)).get(position)
                return answer if echoed is None else Sent(echoed)
            message_id = f"{answer.data.get('message_id') or answer.data.get('msg_id') or ''}"
            await note_taken(connection, key=shipment.key, position=position, message_id=message_id)
        return Sent(message_id or None)

    async def _body(self, part: Part) -> dict[str, Any] | Failed:
        if part.image is None:
            return dict(part.message)
        try:
            element = await self._uploads.picture(part.image)
        except NoPicture as error:
            return error.failed
        return picture(str(part.message.get("text", "")), element)

    async def _window(self, address: str, shipment: Shipment, now: datetime, *, parts: int) -> Failed | bool:
        """Return why free text may not leave now, else whether it is paid for: each of its parts."""
        last = await self._last_interaction(address)
        silent = None if last is None else now - last + WINDOW_MARGIN
        if silent is None or silent > (ZALO_OA.text_window or timedelta.max):
            return _WINDOW_CLOSED
        if silent <= (ZALO_OA.free_window or timedelta.max):
            return False
        # A campaign says itself whether it may cost. For what one person waits for, the installation's cap says it:
        # without one it is not held back for ever, but goes another way or fails.
        if not shipment.may_cost and (shipment.priority is Priority.BULK or self._account.paid_per_day == 0):
            return WOULD_COST if shipment.priority is Priority.BULK else _WINDOW_CLOSED
        async with self._database.single() as connection:
            cap, day = self._account.paid_per_day, local_date(now)
            taken = await take_paid_messages(connection, channel=self.name, day=day, cap=cap, number=parts)
        return True if taken else CAP_OF_THE_DAY

    async def _last_interaction(self, address: str) -> datetime | None:
        """Return when the person did something last, by our own ledger; Zalo is asked where that knows nothing."""
        async with self._database.single() as connection:
            contact = await read_contact(connection, oa_id=self._account.oa_id, user_id=address)
        if contact is not None and contact.last_interaction_at is not None:
            return contact.last_interaction_at
        answer = await self._client.interaction(address)
        if not isinstance(answer, Answer):
            return None
        stamp = f"{answer.data.get('last_interaction', '')}"
        if not stamp.isdecimal() or int(stamp) == 0:
            return None
        at = datetime.fromtimestamp(int(stamp) / 1000, self._clock.now().tzinfo)
        async with self._database.single() as connection:
            await note_interaction(
                connection,
                oa_id=self._account.oa_id,
                channel=self.name,
                user_id=address,
                user_id_by_app=None,
                at=at,
            )
        return at


class RateNotes:
    """Writes into the shared limits what Zalo's answers say about the calls of this minute."""

    def __init__(self, database: Database, clock: Clock, channel: str = ZALO) -> None:
        self._database = database
        self._clock = clock
        self._channel = channel
        self._limit: int | None = None

    async def heed(self, rate: Rate) -> None:
        """Take over the account's own limit; let bulk wait for the next minute when this one is nearly used up."""
        now = self._clock.now()
        if rate.limit != self._limit:
            self._limit = rate.limit
            async with self._database.single() as connection:
                await set_rate(connection, self._channel, per_window=rate.limit, share=ZALO_OA.reply_reserve)
        if rate.remaining < rate.limit * SLOW_BELOW:
            async with self._database.single() as connection:
                await block_bulk(connection, self._channel, until=now + until_next_minute(now), now=now)
