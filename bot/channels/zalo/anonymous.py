"""Sending to visitors of the account who did not say who they are: words, in answer to theirs (channels.md A7.7)."""

from bot.channels.base import Failed, SendResult, Sent, Shipment
from bot.channels.capabilities import ZALO_ANONYMOUS, ZALO_OA_ANONYMOUS
from bot.channels.media_lines import recording_line
from bot.channels.splitting import split_text
from bot.channels.zalo.bodies import absolute, digest_of
from bot.channels.zalo.client import Refusal, ZaloClient
from bot.messages import OutgoingMessage
from store.clock import Clock
from store.database import Database
from store.queries.zalo_requests import note_request, note_taken, parts_taken


class ZaloAnonymousChannel:
    """The address is the visitor's id and that of their conversation, with a colon between."""

    name = ZALO_ANONYMOUS
    capabilities = ZALO_OA_ANONYMOUS

    def __init__(self, database: Database, clock: Clock, client: ZaloClient, *, public_address: str = "") -> None:
        self._database = database
        self._clock = clock
        self._client = client
        self._public_address = public_address

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        """Hand the words over, part by part."""
        anonymous, _, conversation = address.partition(":")
        recipient = {"anonymous_id": anonymous, "conversation_id": conversation}
        text = message.text
        if message.audio and (link := absolute(message.audio, self._public_address)):
            text = f"{text}\n\n{recording_line(link, message.language)}"
        texts = split_text(text, self.capabilities.split_at or self.capabilities.max_text_length)
        async with self._database.single() as connection:
            left = await parts_taken(connection, shipment.key)
        message_id = None
        for position, words in enumerate(texts):
            if position in left:
                continue
            async with self._database.single() as connection:
                await note_request(
                    connection,
                    key=shipment.key,
                    position=position,
                    is_last=position == len(texts) - 1,
                    address=address,
                    digest=digest_of("text", words),
                    now=self._clock.now(),
                )
            answer = await self._client.answer_anonymous({"recipient": recipient, "message": {"text": words}})
            if isinstance(answer, Refusal):
                return answer.failed
            if isinstance(answer, Failed):
                return answer
            message_id = f"{answer.data.get('message_id') or ''}"
            async with self._database.single() as connection:
                await note_taken(connection, key=shipment.key, position=position, message_id=message_id)
        return Sent(message_id or None)
