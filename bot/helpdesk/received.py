"""What people send that is no text: a smile for a sticker; for the rest a person, and polite words meanwhile."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.received import ReceivedKind
from bot.helpdesk.opening import OpenedTicket, desk_is_staffed, open_ticket
from store.database import Database
from store.queries.deliveries import last_answer
from store.queries.desk import desk_chat
from store.queries.leases import LeasedConversation, WaitingMessage
from store.queries.ticket_history import add_ticket_event
from store.queries.ticket_media import add_media
from store.queries.tickets import open_tickets_of
from store.queries.unfetched_media import media_before
from store.ticket_states import TicketEventKind, TicketReason, TicketState

#: Key in `Incoming.wishes` under which a channel hands on `bot.channels.received.Received`.
RECEIVED = "received"
#: An album arrives as single pictures: one word of thanks for all of them.
ONE_ALBUM = timedelta(seconds=20)
#: Rasa forgets a form after as long without a message (`session_expiration_time` in nlu/domain.yml).
FORM_WAITS = timedelta(minutes=60)

_KINDS = {
    ReceivedKind.PHOTO: "image",
    ReceivedKind.VOICE: "audio",
    ReceivedKind.VIDEO: "video",
    ReceivedKind.FILE: "file",
    ReceivedKind.LOCATION: "location",
}


#: Message data as from an action.
Said = Sequence[Mapping[str, Any]]


def has_words(message: WaitingMessage) -> bool:
    """True where somebody also wrote something. A channel may put a label in place of words, with a payload beside."""
    return bool(message.text) and message.payload is None


async def notice(
    database: Database, conversation: LeasedConversation, message: WaitingMessage, *, silent: bool, now: datetime
) -> Said | None:
    """Hand what came beside or instead of words to a person, and return what to say of it, which may be nothing.

    None: there were only words.

    May be called again for the same message. `silent`: an officer is talking there; then nothing is said.
    """
    received = message.wishes.get(RECEIVED)
    if not isinstance(received, Mapping):
        return None
    kind = ReceivedKind(received["kind"])
    if kind is ReceivedKind.STICKER:
        return [] if silent else [_data("received_sticker", kind)]
    if kind not in _KINDS:
        return [] if silent else [_data("received_nothing", kind)]
    async with database.transaction() as connection:
        known, before = await media_before(connection, conversation_id=conversation.id, incoming_id=message.id)
        ticket = await _ticket(connection, conversation, now)
        if ticket is None:
            return [] if silent else [_data("received_unstaffed", kind)]
        if not known:
            await _keep(connection, ticket.id, conversation.channel, message, kind, received, now)
    if silent or (before is not None and message.received_at - before < ONE_ALBUM):
        return []
    key = "received_more" if not ticket.new and not known else "received_by_person"
    return [_with_ticket(_data(key, kind), ticket, now)]


async def question_that_waits(
    database: Database, conversation: LeasedConversation, *, now: datetime
) -> Mapping[str, Any] | None:
    """Return the question of a form that was shown last and still waits for its reply, to be shown again; else None."""
    async with database.single() as connection:
        message = await last_answer(connection, conversation_id=conversation.id, since=now - FORM_WAITS)
    return message if message is not None and message.get("waits") else None


async def _ticket(connection: AsyncConnection, conversation: LeasedConversation, now: datetime) -> OpenedTicket | None:
    """Return the ticket that it goes to: the one in which somebody talks already, else one of its own."""
    for one in await open_tickets_of(connection, conversation.id):
        if one.state is TicketState.OPEN:
            return OpenedTicket(one.id, one.code, False, one.state, now, True)
    chat = await desk_chat(connection, conversation.id)
    if not await desk_is_staffed(connection, (chat.commune if chat is not None else None) or ""):
        return None
    return await open_ticket(connection, reason=TicketReason.MEDIA, now=now, conversation_id=conversation.id)


async def _keep(
    connection: AsyncConnection,
    ticket_id: int,
    channel: str,
    message: WaitingMessage,
    kind: ReceivedKind,
    received: Mapping[str, Any],
    now: datetime,
) -> None:
    content, name, reference = None, "", None
    if kind is ReceivedKind.LOCATION:
        content, name = f"{received.get('latitude')}, {received.get('longitude')}\n".encode(), "vi-tri.txt"
    else:
        reference = {"channel": channel, "reference": received.get("reference") or ""}
    await add_media(
        connection,
        ticket_id,
        kind=_KINDS[kind],
        mime="text/plain" if content is not None else "application/octet-stream",
        now=now,
        name=name,
        size=received.get("size"),
        incoming_id=message.id,
        reference=reference,
        content=content,
    )
    await add_ticket_event(connection, ticket_id, TicketEventKind.MEDIA, now=now)


def _data(key: str, kind: ReceivedKind) -> dict[str, Any]:
    return {"custom": {"key": key, "kind": kind.value}}


def _with_ticket(said: dict[str, Any], ticket: OpenedTicket, now: datetime) -> dict[str, Any]:
    return {"custom": {**said["custom"], **ticket.told(now)}}
