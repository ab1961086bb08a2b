"""Made-up people on Telegram who said yes to news, and a campaign run to them, frozen into the ledger."""

import time
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text

from bot.channels.capabilities import TELEGRAM
from store.database import Database
from store.queries.campaign_runs import NewRun, Recipient, create_run, freeze_recipients, put_run_message
from store.run_states import Purpose

#: Chats of recipients begin with this digit, those of people who are answered with the next.
RECIPIENTS_FROM, ANSWERED_FROM = 1_000_000_000, 2_000_000_000
#: Sent at any hour, so that a measurement at night is one too.
AT_ANY_HOUR = {"open_from": "00:00:00", "open_until": "23:59:59.999999", "on_holidays": True}
WORDS = (
    "Xã {commune} mời bà con dự lớp dạy nghề (mẫu). Học phí và tiền ăn do chương trình lo. "
    "Ai muốn học thì bấm nút bên dưới hoặc nhắn 'học nghề'. Không muốn nhận tin nữa: nhắn 'dừng'."
)

_PEOPLE = """
insert into conversation (channel, address, created_at, last_message_at)
select '{channel}', ({first} + number)::text, now(), now() from generate_series(0, {number} - 1) as number
"""
_CONSENTS = """
insert into consent (person_id, purpose, given, text, language, channel, at)
select person_id, 'news', true, 'Bác có muốn nhận tin của xã không? (mẫu)', 'vi', channel, now() from conversation
where channel = '{channel}' and not exists (select from consent where consent.person_id = conversation.person_id)
"""
_CHATS = text("""
select id, address, person_id from conversation
where channel = :channel and cast(address as bigint) between :first and :last order by id
""")


async def settle_people(database: Database, number: int, *, first: int = RECIPIENTS_FROM) -> None:
    """Have so many people write once and say yes to news."""
    async with database.transaction() as connection:
        values = {"channel": TELEGRAM, "first": first, "number": number}
        await connection.exec_driver_sql(_PEOPLE.format(**values))
        await connection.exec_driver_sql(_CONSENTS.format(**values))
    async with database.single() as connection:
        for table in ("conversation", "consent", "person"):
            await connection.exec_driver_sql(f"vacuum analyze {table}")


async def chats(database: Database, number: int, *, first: int = RECIPIENTS_FROM) -> Iterator[tuple[int, str, int]]:
    """Return conversation, address and person of the first so many people."""
    values = {"channel": TELEGRAM, "first": first, "last": first + number - 1}
    async with database.single() as connection:
        rows = (await connection.execute(_CHATS, values)).all()
    return ((row.id, row.address, row.person_id) for row in rows)


async def freeze_run(
    database: Database, number: int, *, now: datetime, first: int = RECIPIENTS_FROM, canary_size: int = 50
) -> tuple[int, float]:
    """Freeze a waiting run to the first so many people; return its id and how many seconds freezing took."""
    recipients = [
        Recipient(f"person:{person}", chat, TELEGRAM, address, person, "vi", {"commune": f"Số {person % 96} (mẫu)"})
        for chat, address, person in await chats(database, number, first=first)
    ]
    run = NewRun("mttq", "Lớp dạy nghề (mẫu)", Purpose.POLICY_NEWS, rules=AT_ANY_HOUR, canary_size=canary_size)
    message = {
        "text": WORDS,
        "language": "vi",
        "buttons": [{"title": "Xem lớp học", "payload": "/courses"}, {"title": "Thôi nhận tin", "payload": "/stop"}],
    }
    begun = time.perf_counter()
    async with database.transaction() as connection:
        run_id = await create_run(connection, run, now=now)
        await put_run_message(connection, run_id, variant="vi", message=message)
        await freeze_recipients(connection, run_id, recipients, now=now)
    took = time.perf_counter() - begun
    async with database.single() as connection:
        # What autovacuum does by itself within a minute.
        await connection.exec_driver_sql("analyze delivery")
    return run_id, took
