"""Made-up recipients on the simulated channel: some take messages, some block, some never answer."""

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
#: Of each behaviour; enough that counts by commune are shown.
EACH = 30
_COMMUNES = ("23500", "23284", "23284", "23500", "23500", "23284", "23500", "23500")
_GROUPS = ("poor", "near_poor", "newly_escaped")


@demo_maker("people", position=10)
async def people(connection: AsyncConnection, demo: Demo) -> None:
    """Make them known to live in two communes, with the consents that this takes."""
    author = actor_of(demo.staff[Role.CAMPAIGN_AUTHOR])
    now = demo.desk.clock.now()
    if any(one.name == LIST for one in await lists_of(connection, author.organisation)):
        return
    await add_simulated(connection, author, name=LIST, now=now, each=EACH)
    await add_simulated(connection, author, name=GUESTS, now=now)
    for number, person in enumerate(await members_of(connection, organisation=author.organisation, name=LIST)):
        known = {"commune": _COMMUNES[number % len(_COMMUNES)], "household_group": _GROUPS[number % len(_GROUPS)]}
        for field, value in known.items():
            await record_consent(
                connection,
                person_id=person,
                purpose=ConsentPurpose(field),
                given=True,
                words="[DEMO]",
                language="vi",
                channel=SIMULATED,
                now=now,
            )
            await remember(connection, person_id=person, field=field, value=value, now=now)
