"""People and staff for tests of campaigns."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from content.library import load_library
from scheduler.actors import Actor
from scheduler.desk import Desk
from scheduler.routes import Prices
from store.clock import SetClock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import record_consent
from store.queries.kept_answers import keep_answers
from store.queries.people import remember
from store.queries.staff import Duty, add_staff
from store.staff_roles import Role

_CONVERSATION = text("""
insert into conversation (channel, address, language, created_at, last_message_at)
values (:channel, :address, :language, :wrote, :wrote) returning id, person_id
""")


def desk_at(clock: SetClock, **changes: Any) -> Desk:
    """The desk of a test: the shipped content, a price for Zalo."""
    values: dict[str, Any] = {"prices": Prices(zalo_billed=55), "public_address": "https://hoidap.example", **changes}
    return Desk(clock=clock, library=load_library(), **values)


async def staff(database: Database, clock: SetClock, login: str, organisation: str = "mttq") -> Actor:
    """An account that may write and approve; what one may not approve is what one wrote."""
    async with database.transaction() as connection:
        number = await add_staff(
            connection,
            login=login,
            name=f"Cán bộ {login}",
            organisation=organisation,
            duties=[Duty(Role.CAMPAIGN_AUTHOR), Duty(Role.CAMPAIGN_APPROVER)],
            now=clock.now(),
        )
    return Actor(number, organisation)


async def person(
    database: Database,
    now: datetime,
    name: str,
    *,
    channel: str = "telegram",
    language: str = "vi",
    wrote_before: timedelta = timedelta(hours=2),
    agrees: bool | None = True,
    topics: Sequence[str] = ("",),
    commune: str | None = None,
    answers: Mapping[str, Any] | None = None,
) -> int:
    """Somebody who wrote once, and what they agreed to; returns the person's number."""
    async with database.transaction() as connection:
        values = {"channel": channel, "address": name, "language": language, "wrote": now - wrote_before}
        conversation, number = (await connection.execute(_CONVERSATION, values)).one()
        said: dict[str, Any] = {"language": language, "channel": channel, "now": now, "words": "Bác có đồng ý không?"}
        for topic in topics if agrees is not None else ():
            await record_consent(
                connection, person_id=number, purpose=ConsentPurpose.NEWS, given=agrees, subject=topic, **said
            )
        if commune is not None:
            await record_consent(connection, person_id=number, purpose=ConsentPurpose.COMMUNE, given=True, **said)
            await remember(connection, person_id=number, field="commune", value=commune, now=now)
        if answers is not None:
            await keep_answers(
                connection, conversation_id=conversation, answers=answers, consent_text="Bác có đồng ý không?", now=now
            )
    return int(number)
