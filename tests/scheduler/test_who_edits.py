"""Campaigns of officers whose duty lies in some communes, and of two who edit at once."""

from dataclasses import replace

import pytest

from scheduler.actors import Actor, Refused
from scheduler.approval import approve_campaign
from scheduler.campaigns import content_of, create_campaign, edit_campaign, pause_campaign
from store.clock import SetClock
from store.database import Database
from tests.scheduler.drafts import content, submitted
from tests.scheduler.people import desk_at, person, staff

HERE, ELSEWHERE = "23284", "23500"


async def officer(database: Database, clock: SetClock, login: str, *areas: str) -> Actor:
    return replace(await staff(database, clock, login), areas=frozenset(areas))


@pytest.mark.parametrize("communes", [[], [ELSEWHERE], [HERE, ELSEWHERE]])
async def test_an_officer_of_a_commune_writes_to_no_other(
    database: Database, clock: SetClock, communes: list[str]
) -> None:
    mai = await officer(database, clock, "mai", HERE)
    async with database.transaction() as connection:
        with pytest.raises(Refused, match="other_area"):
            await create_campaign(
                connection, desk_at(clock), mai, title="Thử", content=content(audience={"communes": communes})
            )


async def test_a_campaign_does_not_slip_out_of_the_officers_communes_by_an_edit(
    database: Database, clock: SetClock
) -> None:
    mai, desk = await officer(database, clock, "mai", HERE), desk_at(clock)
    async with database.transaction() as connection:
        made = await create_campaign(connection, desk, mai, title="Thử", content=content(audience={"communes": [HERE]}))
        with pytest.raises(Refused, match="other_area"):
            await edit_campaign(connection, desk, mai, made.id, title="Thử", content=content())
        same = await edit_campaign(connection, desk, mai, made.id, title="Thử lại", content=content_of(made))
    assert same.title == "Thử lại"


async def test_a_second_person_of_a_commune_approves_and_steers_only_what_stays_there(
    database: Database, clock: SetClock
) -> None:
    desk, author = desk_at(clock), await staff(database, clock, "mai")
    second = await officer(database, clock, "lan", HERE)
    await person(database, clock.now(), "p", commune=ELSEWHERE)
    made, request = await submitted(database, desk, author, content())
    async with database.transaction() as connection:
        with pytest.raises(Refused, match="other_area"):
            await approve_campaign(
                connection, desk, second, request.id, rendering=request.rendering, audience=request.audience
            )
        with pytest.raises(Refused, match="other_area"):
            await pause_campaign(connection, desk, second, made.id)


async def test_whoever_saves_over_a_version_that_they_did_not_see_is_told(database: Database, clock: SetClock) -> None:
    desk, mai, lan = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    async with database.transaction() as connection:
        made = await create_campaign(connection, desk, mai, title="Thử", content=content())
        await edit_campaign(
            connection, desk, mai, made.id, title="Của Mai", content=content(), seen_version=made.version
        )
        with pytest.raises(Refused, match="changed_meanwhile"):
            await edit_campaign(
                connection, desk, lan, made.id, title="Của Lan", content=content(), seen_version=made.version
            )
        over = await edit_campaign(
            connection, desk, lan, made.id, title="Của Lan", content=content(), seen_version=made.version + 1
        )
    assert over.title == "Của Lan" and over.version == made.version + 2
