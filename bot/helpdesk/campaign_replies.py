"""Words that somebody writes back to a campaign: a person reads those that the bot cannot answer.

Where the campaign says that its replies are for staff, a person reads them all, whatever the bot says to them. Buttons,
numbers, commands and codes are said to the bot.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.helpdesk.opening import open_ticket
from bot.helpdesk.routing import staffed
from store.database import Database
from store.queries.campaign_replies import about_campaign, campaign_written_to
from store.queries.desk import desk_chat, organisations_at_the_desk
from store.queries.leases import LeasedConversation, WaitingMessage
from store.ticket_states import TicketReason

#: Message key under which the person hears that staff read what they wrote.
KEY = "campaign_reply_opened"
#: Said where the bot has nothing to say: the ticket is told in its place. "That is wrong" with no answer before it is
#: said of the campaign.
_NOTHING_SAID = frozenset({"do_not_know", "out_of_scope", "wrong_answer"})
#: Keys of replies that ask back. Who does not choose has no answer, and seven offers of ten are wrong
#: (`bot.actions.did_you_mean`): without a ticket nobody would read what they wrote.
_ASKS_BACK = frozenset({"did_you_mean", "out_of_scope_near"})
#: Keys of replies that leave a question open.
_NOT_ANSWERED = _NOTHING_SAID | _ASKS_BACK | {"no_source"}
#: Keys of replies to what is for nobody else: thanks, greetings, what opened a ticket of its own or named the office.
_FOR_NOBODY = frozenset(
    {
        *("greet", "goodbye", "thanks", "help", "menu", "welcome", "bot_challenge", "chitchat"),
        *("crisis", "ticket_opened", "ticket_danger", "complaint_opened", "complaint_kinds", "contact_person"),
    }
)

Said = Sequence[Mapping[str, Any]]


async def with_ticket(
    database: Database, conversation: LeasedConversation, message: WaitingMessage, said: Said, *, now: datetime
) -> Said:
    """Open a ticket where words answer a campaign and are for a person; return what to say, which tells of it.

    May be called again for the same message: the ticket is the same. Where nobody sees to tickets nothing changes.
    """
    keys = {str(one["custom"].get("key")) for one in said if isinstance(one.get("custom"), Mapping)}
    if not keys or keys & _FOR_NOBODY or message.text.strip().isdecimal():
        return said
    # Every message is looked at: one statement by itself is a third of a transaction's round trips.
    async with database.single() as connection:
        campaign = await campaign_written_to(connection, conversation.id, at=message.received_at)
    if campaign is None or not (campaign.to_staff or keys & _NOT_ANSWERED):
        return said
    async with database.transaction() as connection:
        chat = await desk_chat(connection, conversation.id)
        at_the_desk = await organisations_at_the_desk(connection, area=(chat.commune if chat else None) or "")
        if not at_the_desk:
            return said
        ticket = await open_ticket(
            connection,
            reason=TicketReason.CAMPAIGN_REPLY,
            about=about_campaign(campaign.id),
            now=now,
            conversation_id=conversation.id,
            topic=campaign.topic,
            organisation=staffed(campaign.organisation, at_the_desk),
        )
    if ticket is None:
        return said
    told = {"custom": {"key": KEY, "title": campaign.title, **ticket.told(now)}}
    if keys & _ASKS_BACK:
        # Offers come last: a typed number is one of theirs.
        return [told, *said]
    return [*(one for one in said if one.get("custom", {}).get("key") not in _NOTHING_SAID), told]
