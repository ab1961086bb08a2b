"""Made-up recipients on the simulated channel: some take messages, some block, some never answer."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.simulated import SIMULATED
from console.demo.registry import Demo, demo_maker
from console.shell.visit import actor_of
from scheduler.contact_lists import add_simulated
from store.consent_purposes import ConsentPurpose
from store.queries.consents import record_consent
from store.queries.contact_lists import lists_of, members_of
from store.queries.people import remember
from store.staff_roles import Role

LIST = "người nhận giả lập"
GUESTS = "khách mời giả lập"
#: Enough that counts by commune are shown, and few enough failures that a campaign is not stopped for them.
EACH = {"succeed": 118, "block": 1, "fail": 1}
_COMMUNES = ("23500", "23284", "23284", "23500", "23500", "23284", "23500", "23500")
_GROUPS = ("poor", "near_poor", "newly_escaped")


@demo_maker("people", position=10)
async def people(connection: AsyncConnection, demo: Demo) -> None:
    """Make them known to live in two communes, with the consents that this takes."""
    author = actor_of(demo.staff[Role.CAMPAIGN_AUTHOR])
    now = demo.desk.clock.now()
    if any(one.name == LIST for one in await lists_of(connection, author.organisation)):
        return
    await add_simulated(connection, author, name=LIST, now=now, each=EACH, kind="contacts")
    await add_simulated(connection, author, name=GUESTS, now=now)
    for number, person in enumerate(await members_of(connection, organisation=author.organisation, name=LIST)):
        known = {"commune": _COMMUNES[number % len(_COMMUNES)], "household_group": _GROUPS[number % len(_GROUPS)]}
        for field, value in known.items():
            await record_consent(
                connection,
                person_id=person,
                purpose=ConsentPurpose(field),
                given=True,
                words="(mẫu)",
                language="vi",
                channel=SIMULATED,
                now=now,
            )
            await remember(connection, person_id=person, field=field, value=value, now=now)


_MESSAGES = text("""
insert into incoming (conversation_id, channel, provider_message_id, text, received_at, answered_at)
select conversation.id, channel, 'demo-' || conversation.id || '-' || day, '', at, at
from conversation cross join generate_series(0, 13) as day
cross join lateral (select cast(:now as timestamptz) - make_interval(days => day, mins => (conversation.id % 90)::int))
    as moment(at)
where channel = :channel and address not like 'ok-helpdesk-%' and (conversation.id * 7 + day * 5) % 11 < 3
on conflict do nothing
""")


@demo_maker("messages", position=15)
async def messages(connection: AsyncConnection, demo: Demo) -> None:
    """Let them have written in the last two weeks, in words that are erased already, so that charts show something."""
    now = demo.desk.clock.now()
    await connection.execute(_MESSAGES, {"now": now, "channel": SIMULATED})
