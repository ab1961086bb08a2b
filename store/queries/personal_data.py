"""All that is held about one person: where it lies, how it is shown, how it is erased.

`HELD` names every table whose rows belong to a person or to one of their chats; a test compares it with the tables
that there are, so that nobody adds a table about people without saying what becomes of it. What accounting law or
proof of consent keeps is kept without anything that says whose it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.queries.consents import copy_refusals
from store.queries.ticket_history import forget_ticket_words


@dataclass(frozen=True)
class Held:
    """Rows of one table about one person.

    Attributes:
        table: name of the table, also in the export.
        belongs: the column that leads to the person: `person_id`, or `conversation_id` of one of their chats.
        shown: SQL for the columns that the export shows.
        erased: what follows `update table set`, or None where the rows are deleted.
        only: SQL condition on the rows that are erased.
        kept_because: why anything stays; empty where nothing does.
    """

    table: str
    belongs: Literal["person_id", "conversation_id"]
    shown: str
    erased: str | None = None
    only: str = "true"
    kept_because: str = ""


#: In the order in which it is erased.
HELD: tuple[Held, ...] = (
    Held(
        "incoming",
        "conversation_id",
        "channel, text, payload, received_at, answered_at",
        "text = '', payload = null, wishes = '{}'::jsonb, answered_at = coalesce(answered_at, :now)",
        "(conversation_id <> :keep or answered_at is not null)",
        kept_because="that a message came, so that it is not answered again when the provider repeats it",
    ),
    Held(
        "delivery",
        "conversation_id",
        "channel, address, kind, message, filled, state, created_at, settled_at",
        # A claimed row is being sent this moment; its sender settles it.
        "address = 'erased:' || conversation_id, message = case when campaign_run_id is null then '{}'::jsonb end, "
        "filled = null, person_id = null, "
        "recipient = case when campaign_run_id is null then null else 'erased:' || id end, "
        "provider_message_id = null, "
        "state = case when state = 'queued' then 'cancelled' else state end, "
        "settled_at = coalesce(settled_at, :now)",
        "state <> 'claimed'",
        "that something was sent, for the counts of a campaign",
    ),
    Held("kept_answers", "conversation_id", "answers, consent_text, consented_at"),
    Held("trade_interest", "conversation_id", "trade, consent_text, consented_at"),
    Held(
        "course_interest",
        "conversation_id",
        "(select code from course where course.id = course_id) as course, state, phone, consent_text, consented_at, "
        "registered_at, withdrawn_at, phone_consent_text, phone_given_at",
    ),
    Held("reaction", "conversation_id", "message_id, icons, kept_at"),
    Held("poll_answer", "conversation_id", "campaign_id, question, option, answered_at"),
    Held("closure_notice", "conversation_id", "channel, since"),
    Held("link_code", "conversation_id", "expires_at"),
    Held("link_attempt", "conversation_id", "at"),
    Held(
        "account_report",
        "conversation_id",
        "subject, words, reported_at",
        "conversation_id = null",
        kept_because="a warning about a false account, for staff, without who gave it",
    ),
    Held(
        "pledge",
        "conversation_id",
        "code, kind, amount, received, schedule, donor_kind, donor_name, name_shown, goods, goods_place, contact, "
        "contact_consent_text, state, created_at",
        "donor_name = null, name_key = null, name_shown = 'hidden', contact = null, contact_consent_text = null, "
        "conversation_id = null",
        kept_because="the accounts of the fund, without the donor; what the bank tells of a transfer stays as it came",
    ),
    Held(
        "ticket",
        "conversation_id",
        "code, reason, topic, area, state, opened_at, resolved_at, (select array_agg(event.text order by event.id) "
        "from ticket_event as event where ticket_id = ticket.id and event.text <> '') as notes",
        "conversation_id = null, open_key = null, state = 'resolved', resolved_at = coalesce(resolved_at, :now)",
        kept_because="that an officer was asked about something, for the report of obstacles, without words and person",
    ),
    Held("contact_list_member", "person_id", "list_id, fields"),
    Held("bulk_reach", "person_id", "reached_at"),
    Held(
        "consent",
        "person_id",
        "purpose, subject, given, text, language, channel, at",
        "person_id = person_id",
        "false",
        "proof of what was agreed to and withdrawn, with nothing that says whose it was",
    ),
    Held(
        "conversation",
        "person_id",
        "channel, address, language, created_at, last_message_at, unreachable_since",
        "address = 'erased:' || id, language = 'vi', introduced_at = null, waiting = 0, oldest_waiting_at = null",
        "id <> :keep",
        kept_because="an empty row, for the counts of messages",
    ),
)

_EXPORTS = {
    held.table: text(
        f"select {held.shown} from {held.table} where {held.belongs} "
        + (
            "= :person_id"
            if held.belongs == "person_id"
            else "in (select id from conversation where person_id = :person_id)"
        )
    )
    for held in HELD
}
_PERSON = text("""
select id, created_at, commune, household_group, phone, language, preferred_channel, erased_at
from person where id = :person_id
""")


async def export_person(connection: AsyncConnection, *, person_id: int) -> Mapping[str, Any] | None:
    """Return all that is held about a person: `person`, and for each table of `HELD` a list of rows.

    None when there is no such person. Money is in đồng, times are UTC.
    """
    person = (await connection.execute(_PERSON, {"person_id": person_id})).mappings().one_or_none()
    if person is None:
        return None
    found: dict[str, Any] = {"person": dict(person)}
    for table, statement in _EXPORTS.items():
        rows = await connection.execute(statement, {"person_id": person_id})
        found[table] = [dict(row) for row in rows.mappings()]
    return found


_CHATS = text("select id, channel, address from conversation where person_id = :person_id order by id for update")
_TRACKERS_EXIST = text("select to_regclass('rasa.tracker') is not null")
_ERASE_TRACKERS = text("delete from rasa.tracker where sender_id = any(:senders)")
_ERASE_EVENTS = text(
    "update channel_event set body = null, address = '' where channel = :channel and address = :address"
)
_ERASE_PACE = text("delete from chat_pace where channel = :channel and address = :address")
#: What Zalo's account knows of a person beside the chat. The chat that is kept needs it for the answer on its way.
_ERASE_ZALO = (
    text("delete from zalo_contact where user_id = :address and :channel = 'zalo'"),
    text("delete from zalo_request where address = :address and cast(:channel as text) like 'zalo%'"),
)
#: People who wait in a request for approval to be written to by a campaign.
_ERASE_AWAITED = text("delete from campaign_recipient where recipient = any(:recipients)")
_ERASE_PERSON = text("""
update person set commune = null, household_group = null, phone = null, language = null, preferred_channel = null,
    changed_at = :now, erased_at = coalesce(erased_at, :now)
where id = :person_id
""")


_NEW_PERSON = text("insert into person (created_at) values (:now) returning id")
_GIVE_CHAT = text("update conversation set person_id = :person_id, introduced_at = null where id = :keep")


async def erase_person(
    connection: AsyncConnection, *, person_id: int, now: datetime, keep: int | None = None
) -> Mapping[str, int]:
    """Erase all that is held about a person and return how many rows of each table it touched.

    Whoever writes again from the same chat is a new person to the system. Harmless when done twice. Seats in courses
    are given to others by `bot.privacy.erase`, which calls this.

    Args:
        keep: the conversation in which the person asks for it and waits for the answer: emptied as the others, but its
            address stays, as that of a new person who keeps every "no" that was said.
    """
    chats = (await connection.execute(_CHATS, {"person_id": person_id})).all()
    touched: dict[str, int] = {}
    if (await connection.execute(_TRACKERS_EXIST)).scalar_one():
        senders = [str(chat.id) for chat in chats]
        touched["rasa.tracker"] = (await connection.execute(_ERASE_TRACKERS, {"senders": senders})).rowcount
    recipients = [f"person:{person_id}", *(f"conversation:{chat.id}" for chat in chats)]
    awaited = await connection.execute(_ERASE_AWAITED, {"recipients": recipients})
    touched["campaign_recipient"] = awaited.rowcount
    for chat in chats:
        where = {"channel": chat.channel, "address": chat.address}
        await connection.execute(_ERASE_EVENTS, where)
        await connection.execute(_ERASE_PACE, where)
        await forget_ticket_words(connection, conversation_id=chat.id)
        if chat.id != keep:
            for statement in _ERASE_ZALO:
                await connection.execute(statement, where)
    values = {"person_id": person_id, "chats": [chat.id for chat in chats], "now": now, "keep": keep or 0}
    for held in HELD:
        touched[held.table] = await _erase(connection, held, values)
    if keep is not None:
        new = (await connection.execute(_NEW_PERSON, {"now": now})).scalar_one()
        await copy_refusals(connection, whose=person_id, to=new)
        await connection.execute(_GIVE_CHAT, {"person_id": new, "keep": keep})
    touched["person"] = (await connection.execute(_ERASE_PERSON, {"person_id": person_id, "now": now})).rowcount
    return touched


async def _erase(connection: AsyncConnection, held: Held, values: Mapping[str, Any]) -> int:
    whose = "person_id = :person_id" if held.belongs == "person_id" else "conversation_id = any(:chats)"
    change = f"delete from {held.table}" if held.erased is None else f"update {held.table} set {held.erased}"
    statement = text(f"{change} where {whose} and {held.only}")
    return (await connection.execute(statement, {name: values[name] for name in statement.compile().params})).rowcount
