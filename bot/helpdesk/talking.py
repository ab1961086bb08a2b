"""Saying something into a chat for the desk: through the delivery ledger, as a reply, on the person's own channel."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.capabilities import CAPABILITIES, LEAST
from bot.channels.fitting import fitted
from bot.channels.ledger import LEDGER_CHANNELS
from bot.helpdesk.hours import DeskRules
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from content.translations import Catalogue, catalogue_for
from store.delivery_states import DeliveryKind, Priority
from store.queries.deliveries import queue_deliveries
from store.queries.desk import DeskChat, desk_chat, desk_rules
from store.queries.silence import end_silence, keep_silent
from store.queries.ticket_history import add_ticket_event
from store.queries.tickets import change_ticket, open_tickets_of
from store.ticket_states import TicketEventKind, TicketState


async def say(
    connection: AsyncConnection,
    conversation_id: int,
    chat: DeskChat,
    text: str,
    *,
    now: datetime,
    buttons: Sequence[Button] = (),
) -> None:
    """Queue one message of the desk to a person."""
    message = OutgoingMessage(text=text, buttons=tuple(buttons), language=chat.language)
    shape = fitted(message, CAPABILITIES.get(chat.channel, LEAST), catalogue_for(chat.language))
    await queue_deliveries(
        connection,
        [shape.to_json()],
        conversation_id=conversation_id,
        incoming_id=None,
        channel=chat.channel,
        address=chat.address,
        kind=DeliveryKind.OFFICER,
        priority=Priority.REPLY,
        now=now,
        shows_at_once=chat.channel in LEDGER_CHANNELS,
    )


def menu_button(catalogue: Catalogue) -> Button:
    """Return the button to the bot's menu."""
    return Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))


async def bot_comes_back(connection: AsyncConnection, conversation_id: int, *, now: datetime) -> bool:
    """End a silence that is over by `now` and say so with one line; False where there is nothing to end."""
    if not await end_silence(connection, conversation_id=conversation_id, now=now):
        return False
    chat = await desk_chat(connection, conversation_id)
    assert chat is not None
    catalogue = catalogue_for(chat.language)
    await say(
        connection,
        conversation_id,
        chat,
        catalogue.text("desk.bot_back"),
        now=now,
        buttons=[menu_button(catalogue)],
    )
    return True


async def officer_wrote_elsewhere(connection: AsyncConnection, *, conversation_id: int, now: datetime) -> None:
    """Note that an officer answered in the messenger's own tool: the bot keeps quiet as if they had written here.

    To be called by a channel for an echo of a message that this system did not send. Nothing is sent by it.
    """
    rules = DeskRules.of(await desk_rules(connection))
    await keep_silent(connection, conversation_id=conversation_id, until=now + rules.silent)
    for ticket in await open_tickets_of(connection, conversation_id):
        await change_ticket(
            connection,
            ticket.id,
            state=TicketState.OPEN.value,
            answered_at=now,
            first_answered_at=ticket.first_answered_at or now,
            answer_due_at=None,
            snoozed_until=None,
        )
        await add_ticket_event(connection, ticket.id, TicketEventKind.REPLIED, now=now, details={"where": "messenger"})
