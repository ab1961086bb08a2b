"""The delivery ledger: queueing, and reading back. Claiming and settling are in `store/queries/sending.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.delivery_states import DeliveryKind, Priority
from store.filled_texts import filled_text

#: Notified when there is something to send.
TO_SEND = "to_send"
#: Notified with space-separated conversation ids when messages of theirs were settled. `12@ab3f`: by the process that
#: calls itself `ab3f`, which knows.
SETTLED = "settled"


QUEUED_COLUMNS = """conversation_id, incoming_id, kind, position, priority, channel, address, message, created_at,
    send_before, state, settled_at"""

#: How a new message to `:conversation_id` leaves: through a sender, or, where the person's channel shows the ledger
#: itself (`:shows_at_once`) and nothing older is still on its way out, with the commit that queues it. `:origin`
#: names the process that tells its own people, empty for none.
WAY_OUT = f"""
way_out as (
    select case when at_once then 'sent' else 'queued' end as state,
           case when at_once then cast(:now as timestamptz) end as settled_at,
           case when at_once then '{SETTLED}' else '{TO_SEND}' end as wakes,
           case when at_once then concat_ws('@', cast(:conversation_id as text), nullif(cast(:origin as text), ''))
                else '' end as whom
    from (select :shows_at_once and not exists (
        select 1 from delivery
        where conversation_id = :conversation_id and state in ('queued', 'claimed') and campaign_run_id is null
    ) as at_once) as asked
)"""

_QUEUE = text(f"""
with {WAY_OUT},
queued as (
    insert into delivery ({QUEUED_COLUMNS})
    select cast(:conversation_id as bigint), cast(:incoming_id as bigint), :kind, number - 1, cast(:priority as bigint),
           :channel, :address, message, cast(:now as timestamptz), cast(:send_before as timestamptz),
           way_out.state, way_out.settled_at
    from way_out, jsonb_array_elements(cast(:messages as jsonb)) with ordinality as one(message, number)
    order by number
    on conflict (incoming_id, kind, position) do nothing
    returning 1
)
select pg_notify(wakes, whom) from way_out where exists (select from queued)
""").bindparams(bindparam("messages", type_=JSONB))


async def queue_deliveries(
    connection: AsyncConnection,
    messages: Sequence[Mapping[str, Any]],
    *,
    conversation_id: int,
    incoming_id: int | None,
    channel: str,
    address: str,
    kind: DeliveryKind,
    priority: Priority,
    now: datetime,
    shows_at_once: bool = False,
    send_before: datetime | None = None,
) -> None:
    """Queue `messages` to one person, in this order. Queueing the same answer again changes nothing.

    `shows_at_once`: the person's channel shows the ledger itself, see `WAY_OUT`.
    """
    await connection.execute(
        _QUEUE,
        {
            "conversation_id": conversation_id,
            "incoming_id": incoming_id,
            "kind": kind.value,
            "priority": priority.value,
            "channel": channel,
            "address": address,
            "messages": [dict(message) for message in messages],
            "now": now,
            "send_before": send_before,
            "shows_at_once": shows_at_once,
            "origin": "",
        },
    )


_ANSWERS_TO = text("""
select delivery.id, delivery.message, delivery.created_at, delivery.state,
       incoming.answered_at is not null as answered, delivery.kind
from incoming left join delivery on delivery.incoming_id = incoming.id
where incoming.id = :incoming_id order by delivery.id
""").columns(message=JSONB)


@dataclass(frozen=True)
class AnswerSoFar:
    """What was sent in reply to one message, and whether that is all of it."""

    messages: list[Mapping[str, Any]]
    complete: bool


async def answer_to(connection: AsyncConnection, incoming_id: int) -> AnswerSoFar:
    """Return the messages sent so far in reply to a message; a notice ("please wait") does not complete it."""
    rows = (await connection.execute(_ANSWERS_TO, {"incoming_id": incoming_id})).all()
    answered = bool(rows) and rows[0].answered
    shown = [row for row in rows if row.id is not None and row.state not in ("queued", "claimed")]
    all_shown = len(shown) == sum(row.id is not None for row in rows)
    if answered:
        shown = [row for row in shown if row.kind == DeliveryKind.ANSWER]
    return AnswerSoFar([{**row.message, "id": row.id} for row in shown], complete=answered and all_shown)


#: The words of a row: its own, or the text of its campaign run, whose placeholders `delivery.filled` fills.
_WORDS = """coalesce(delivery.message, (
    select run_message.message from run_message
    where run_message.campaign_run_id = delivery.campaign_run_id and run_message.variant = delivery.variant
      and run_message.channel in (delivery.channel, '')
    order by run_message.channel desc limit 1
))"""

_SHOWN = text(f"""
select delivery.id, {_WORDS} as message, delivery.filled, delivery.created_at, delivery.kind,
    incoming.provider_message_id
from delivery left join incoming on incoming.id = delivery.incoming_id
where delivery.conversation_id = :conversation_id and (delivery.id > :after or delivery.settled_at > :or_since)
  and delivery.state in ('sent', 'delivered', 'seen')
order by delivery.id desc limit :limit
""").columns(message=JSONB, filled=JSONB)

_SAID = text("""
select id, text, provider_message_id, received_at from incoming
where conversation_id = :conversation_id order by id desc limit :limit
""")


@dataclass(frozen=True)
class ShownMessage:
    """A message as the person's chat shows it; `reply_to` is the provider id of what it answers."""

    id: int
    message: Mapping[str, Any]
    at: datetime
    kind: str
    reply_to: str | None


async def shown_messages(
    connection: AsyncConnection, *, conversation_id: int, after: int, or_since: datetime, limit: int = 200
) -> list[ShownMessage]:
    """Return what was sent into a conversation: numbered above `after` or settled after `or_since`, oldest first."""
    rows = await connection.execute(
        _SHOWN, {"conversation_id": conversation_id, "after": after, "or_since": or_since, "limit": limit}
    )
    newest_first = [
        ShownMessage(
            row.id,
            filled_text(row.message, row.filled) if row.filled else row.message,
            row.created_at,
            row.kind,
            row.provider_message_id,
        )
        for row in rows
    ]
    return newest_first[::-1]


@dataclass(frozen=True)
class SaidMessage:
    """A message as the person wrote it."""

    id: int
    text: str
    provider_message_id: str
    at: datetime


async def said_messages(connection: AsyncConnection, *, conversation_id: int, limit: int = 200) -> list[SaidMessage]:
    """Return the last `limit` messages that the person sent, oldest first."""
    rows = (await connection.execute(_SAID, {"conversation_id": conversation_id, "limit": limit})).all()
    return [SaidMessage(row.id, row.text, row.provider_message_id, row.received_at) for row in reversed(rows)]


_COUNT_STATES = text("select state, count(*) as number from delivery group by state")


async def count_by_state(connection: AsyncConnection) -> dict[str, int]:
    """Return how many messages of the ledger are in each state."""
    return {row.state: int(row.number) for row in await connection.execute(_COUNT_STATES)}


# A campaign's row was numbered when its audience was frozen, which says nothing about when it was shown.
_OFFERED = text(f"""
select case when shown.message ->> 'numbered' = 'false' then '[]' else shown.message -> 'buttons' end as buttons
from (
    select {_WORDS} as message from delivery
    where conversation_id = :conversation_id and state in ('sent', 'delivered', 'seen')
      and kind in ('answer', 'campaign')
    order by settled_at desc nulls last, id desc limit 1
) as shown
""").columns(buttons=JSONB)


async def offered_buttons(connection: AsyncConnection, *, conversation_id: int) -> list[str]:
    """Return the payloads of the buttons under the last message, in the order in which people number them."""
    buttons = (await connection.execute(_OFFERED, {"conversation_id": conversation_id})).scalar_one_or_none()
    return [button["payload"] for button in buttons or ()]


_LAST_ANSWER = text("""
select message from delivery
where conversation_id = :conversation_id and kind = 'answer' and created_at > :since and message is not null
order by id desc limit 1
""").columns(message=JSONB)


async def last_answer(
    connection: AsyncConnection, *, conversation_id: int, since: datetime
) -> Mapping[str, Any] | None:
    """Return the last message of the last answer in a chat, None where none was queued since a moment."""
    values = {"conversation_id": conversation_id, "since": since}
    found: Mapping[str, Any] | None = (await connection.execute(_LAST_ANSWER, values)).scalar_one_or_none()
    return found


_TITLE = text("""
select button ->> 'title' as title
from (
    select delivery.id, message from delivery join conversation on conversation.id = delivery.conversation_id
    where conversation.channel = :channel and conversation.address = :address and message is not null
    order by delivery.id desc limit 20
) as shown, jsonb_array_elements(shown.message -> 'buttons') as button
where button ->> 'payload' = :payload
order by shown.id desc limit 1
""")


_ASKED_FOR_PHONE = text("""
select message -> 'phone_request' is not null from delivery
where conversation_id = (select id from conversation where channel = :channel and address = :address)
  and kind = 'answer' and message is not null
order by id desc limit 1
""")


async def was_asked_for_phone(connection: AsyncConnection, *, channel: str, address: str) -> bool:
    """Return True if the last answer that a person got asks for their telephone number."""
    return bool((await connection.execute(_ASKED_FOR_PHONE, {"channel": channel, "address": address})).scalar())


async def title_of_button(connection: AsyncConnection, *, channel: str, address: str, payload: str) -> str | None:
    """Return what the button said that a person pressed, None when none of the last messages had it."""
    values = {"channel": channel, "address": address, "payload": payload}
    found = (await connection.execute(_TITLE, values)).scalar_one_or_none()
    return None if found is None else str(found)
