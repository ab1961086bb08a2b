"""When the bot keeps quiet: while a person talks, for all that is said to them. Buttons and commands are said to it."""

from datetime import datetime

from bot.helpdesk.codes import typed_ticket_code
from bot.link_codes import typed_link_code
from bot.payloads import typed_command
from store.database import Database
from store.queries.leases import LeasedConversation, WaitingMessage
from store.queries.silence import end_silence


def speaks_to_the_bot(message: WaitingMessage) -> bool:
    """True for what nobody would say to an officer: a button, a command such as /xoa, the code of a ticket."""
    if message.payload is not None:
        return True
    typed = (typed_command, typed_ticket_code, typed_link_code)
    return any(read(message.text) is not None for read in typed)


def is_silent(conversation: LeasedConversation, message: WaitingMessage, now: datetime) -> bool:
    """True where a message is left to the person who talks there."""
    until = conversation.silent_until
    return until is not None and until > now and not speaks_to_the_bot(message)


async def comes_back(database: Database, conversation: LeasedConversation, now: datetime) -> bool:
    """True once, after a person has talked here for the last time: the bot says that it is back."""
    if conversation.silent_until is None or conversation.silent_until > now:
        return False
    async with database.single() as connection:
        return await end_silence(connection, conversation_id=conversation.id, now=now)
