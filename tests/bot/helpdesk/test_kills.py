"""Connections killed at random while officers answer: each answer is queued once, each ticket has one assignee."""

import asyncio
import random

from sqlalchemy import text

from bot.helpdesk.opening import open_ticket
from bot.helpdesk.work import reply
from store.clock import SetClock
from store.database import LOST_CONNECTION, Database
from store.queries.staff import Staff
from store.ticket_states import TicketReason
from tests.bot.helpdesk.desk import officer, resident, ticket
from tests.bot.helpdesk.test_tickets import opened

ANSWERS = 40
KILLS = 25


async def kill_everybody(database: Database, chance: random.Random) -> None:
    """Cut all connections to this database but our own, again and again."""
    for _ in range(KILLS):
        await asyncio.sleep(chance.random() / 50)
        try:
            async with database.single() as connection:
                others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                await connection.execute(text(f"{others} and pid <> pg_backend_pid()"))
        except LOST_CONNECTION:
            continue


async def until_done(work: object) -> object:
    """Do what a page does when the line is cut: try again with the same key."""
    while True:
        try:
            return await work()  # type: ignore[operator]
        except LOST_CONNECTION:
            await asyncio.sleep(0.005)


async def test_each_answer_is_queued_once_whatever_connection_dies(database: Database, clock: SetClock) -> None:
    conversation = await resident(database, clock)
    made = await opened(database, clock, conversation)
    mai = await officer(database, clock, present=True)

    async def answer(number: int) -> None:
        async def once() -> None:
            async with database.transaction() as connection:
                await reply(connection, mai, made.id, f"câu {number}", now=clock.now(), key=f"key{number}")

        await until_done(once)

    chance = random.Random(7)
    async with asyncio.TaskGroup() as group:
        group.create_task(kill_everybody(Database(database.url), chance))
        for number in range(ANSWERS):
            group.create_task(answer(number))
    async with database.single() as connection:
        said = (
            await connection.execute(
                text("select message ->> 'text' from delivery where conversation_id = :id"), {"id": conversation}
            )
        ).scalars()
        numbers = sorted(int(one.rsplit(" ", 1)[1]) for one in said)
    assert numbers == list(range(ANSWERS))


async def test_a_ticket_that_is_opened_while_connections_die_is_one_ticket(database: Database, clock: SetClock) -> None:
    conversation = await resident(database, clock)
    staff: list[Staff] = [await officer(database, clock, present=True) for _ in range(2)]
    codes: set[str] = set()

    async def ask() -> None:
        async def once() -> None:
            async with database.transaction() as connection:
                made = await open_ticket(
                    connection, reason=TicketReason.MEDIA, conversation_id=conversation, now=clock.now()
                )
            assert made is not None
            codes.add(made.code)

        await until_done(once)

    async with asyncio.TaskGroup() as group:
        group.create_task(kill_everybody(Database(database.url), random.Random(11)))
        for _ in range(ANSWERS):
            group.create_task(ask())
    async with database.single() as connection:
        (number,) = (await connection.execute(text("select id from ticket"))).scalars()
    assert codes == {(await ticket(database, number)).code}
    assert (await ticket(database, number)).assignee_id in {one.id for one in staff}
