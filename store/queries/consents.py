"""What people agreed to and what they withdrew. Nothing here is ever changed or deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.consent_purposes import ConsentPurpose

_ADD = text("""
insert into consent (person_id, purpose, subject, given, text, language, channel, at)
values (:person_id, :purpose, :subject, :given, :text, :language, :channel, :now)
""")


async def record_consent(
    connection: AsyncConnection,
    *,
    person_id: int,
    purpose: ConsentPurpose,
    given: bool,
    words: str,
    language: str,
    channel: str,
    now: datetime,
    subject: str = "",
) -> None:
    """Note that a person gave or withdrew consent.

    Args:
        words: the very words that the person was shown; may be empty only for a withdrawal.
        channel: where it was said.
        subject: what exactly, such as a topic; empty for the purpose as a whole.

    Raises:
        sqlalchemy.exc.IntegrityError: consent given without words, or an unknown person.
    """
    await connection.execute(
        _ADD,
        {
            "person_id": person_id,
            "purpose": purpose.value,
            "subject": subject,
            "given": given,
            "text": words,
            "language": language,
            "channel": channel,
            "now": now,
        },
    )


#: SQL expression: what `person.id` said last about `:purpose`, either about `:subject` or about the purpose as a whole;
#: null when never asked. For queries over many people.
CONSENT_OF_PERSON = """(
    select given from consent
    where consent.person_id = person.id and consent.purpose = :purpose and consent.subject in ('', :subject)
    order by consent.id desc limit 1
)"""

_HAS = text(f"select {CONSENT_OF_PERSON} from person where person.id = :person_id")


async def consent_of(
    connection: AsyncConnection, *, person_id: int, purpose: ConsentPurpose, subject: str = ""
) -> bool | None:
    """Return what a person said last: True given, False withdrawn or refused, None never asked.

    A word about the whole purpose counts for every subject: "no news at all" ends the news of each topic, and asking
    for a topic again after that begins that one anew.
    """
    given = (
        await connection.execute(_HAS, {"person_id": person_id, "purpose": purpose.value, "subject": subject})
    ).scalar_one_or_none()
    return None if given is None else bool(given)


@dataclass(frozen=True)
class ConsentEntry:
    """One thing that a person said about one purpose."""

    purpose: str
    subject: str
    given: bool
    words: str
    language: str
    channel: str
    at: datetime


_HISTORY = text("""
select purpose, subject, given, text, language, channel, at from consent where person_id = :person_id order by id
""")


async def consent_history(connection: AsyncConnection, *, person_id: int) -> list[ConsentEntry]:
    """Return everything that a person ever said about consent, oldest first."""
    return [ConsentEntry(*row) for row in await connection.execute(_HISTORY, {"person_id": person_id})]


_NEWEST = text("""
select distinct on (purpose, subject) purpose, subject, given, text, language, channel, at from consent
where person_id = :person_id order by purpose, subject, id desc
""")


async def consents_now(connection: AsyncConnection, *, person_id: int) -> list[ConsentEntry]:
    """Return what a person said last about each purpose and subject."""
    return [ConsentEntry(*row) for row in await connection.execute(_NEWEST, {"person_id": person_id})]


_WITHDRAW_ALL = text("""
insert into consent (person_id, purpose, subject, given, text, language, channel, at)
select :person_id, purpose, subject, false, '', language, :channel, :now from (
    select distinct on (purpose, subject) purpose, subject, given, language from consent
    where person_id = :person_id order by purpose, subject, id desc
) as newest where given
returning purpose
""")


async def withdraw_all(connection: AsyncConnection, *, person_id: int, channel: str, now: datetime) -> Sequence[str]:
    """Withdraw every consent that holds; return the purposes."""
    rows = await connection.execute(_WITHDRAW_ALL, {"person_id": person_id, "channel": channel, "now": now})
    return rows.scalars().all()


_MOVE = text("update consent set person_id = :to where person_id = :whose")


async def move_consents(connection: AsyncConnection, *, whose: int, to: int) -> None:
    """Hand the history of a person on to the one that they were merged into."""
    await connection.execute(_MOVE, {"whose": whose, "to": to})


_COPY_REFUSALS = text("""
insert into consent (person_id, purpose, subject, given, text, language, channel, at)
select :to, purpose, subject, false, text, language, channel, at from (
    select distinct on (purpose, subject) * from consent
    where person_id = :whose order by purpose, subject, id desc
) as newest where not given order by id
""")


async def copy_refusals(connection: AsyncConnection, *, whose: int, to: int) -> None:
    """Let what a person refused hold for another row too: whoever leaves a linked person takes every "no" along."""
    await connection.execute(_COPY_REFUSALS, {"whose": whose, "to": to})
