"""What reactions say about answers, as data; and what the ledger makes of them, in whatever order they come."""

import json

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.channels.capabilities import TELEGRAM, ZALO
from bot.channels.reactions import MEANINGS, meaning_of
from bot.channels.telegram.parsing import Reacted as ReactedOnTelegram
from bot.channels.telegram.parsing import parse
from bot.learning.open_questions import OpenQuestions
from bot.learning.ratings import Ratings
from store.clock import SetClock
from store.database import Database
from store.queries.reactions import Reacted
from tests.standins.telegram import BOT_ID

ANSWER = {"text": "a", "receipt": "23456AB", "statement": "credit_loan/how_much", "topic": "credit_loan"}


@pytest.mark.parametrize(
    ("channel", "icons", "meaning"),
    [
        (TELEGRAM, "👍", "up"),
        (TELEGRAM, "❤️", "up"),
        (TELEGRAM, "❤", "up"),
        (TELEGRAM, "👍 ❤", "up"),
        (TELEGRAM, "👎", "down"),
        (TELEGRAM, "😡", "down"),
        (TELEGRAM, "👍 👎", None),
        (TELEGRAM, "🤔", None),
        (TELEGRAM, "custom_emoji", None),
        (TELEGRAM, "", None),
        (ZALO, "/-heart", "up"),
        (ZALO, "/-strong", "up"),
        (ZALO, ":-h", "down"),
        (ZALO, ":-((", None),
        (ZALO, "/-remove", None),
        ("web", "👍", None),
    ],
)
def test_a_reaction_says_that_an_answer_helped_that_it_did_not_or_nothing(
    channel: str, icons: str, meaning: str | None
) -> None:
    assert meaning_of(channel, icons) == meaning


def test_each_meaning_is_one_of_a_thumb() -> None:
    assert {one for meanings in MEANINGS.values() for one in meanings.values()} == {"up", "down"}


@pytest.mark.parametrize("emoji", ["\ud83d", "a\0b", "👍" * 3000])
def test_an_emoji_that_no_table_would_take_is_cleaned(emoji: str) -> None:
    update = {
        "update_id": 9,
        "message_reaction": {
            "chat": {"id": 600000001, "type": "private"},
            "message_id": 11,
            "user": {"id": 600000001, "is_bot": False, "first_name": "Mẫu"},
            "date": 1795399200,
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": emoji}],
        },
    }
    reacted = parse(update, BOT_ID)
    assert isinstance(reacted, ReactedOnTelegram)
    assert "\0" not in reacted.icons and len(reacted.icons.encode()) <= 20_000


class Chat:
    """A chat with one answer that left as `m-1`."""

    def __init__(self, database: Database, clock: SetClock) -> None:
        self.database = database
        self.clock = clock
        self.ratings = Ratings(database, clock, OpenQuestions(database, clock))

    async def reacts(self, icons: str, at_ms: int, *, rank: int = 0, message_id: str = "m-1") -> str:
        return await self.ratings.react(Reacted(message_id, icons, at_ms, rank), channel=TELEGRAM, address="600")

    async def conversation(self) -> int:
        async with self.database.single() as connection:
            return int((await connection.execute(text("select id from conversation"))).scalar_one())

    async def counted(self) -> list[tuple[str, int, int]]:
        async with self.database.single() as connection:
            query = "select day, helpful, wrong from answer_rating where helpful > 0 or wrong > 0 order by day"
            rows = await connection.execute(text(query))
            return [(f"{row.day:%d/%m}", row.helpful, row.wrong) for row in rows]


@pytest_asyncio.fixture
async def chat(database: Database, clock: SetClock) -> Chat:
    async with database.transaction() as connection:
        conversation = (
            await connection.execute(
                text(
                    "insert into conversation (channel, address, created_at, last_message_at) "
                    "values ('telegram', '600', :now, :now) returning id"
                ),
                {"now": clock.now()},
            )
        ).scalar_one()
        await connection.execute(
            text(
                "insert into delivery (conversation_id, kind, priority, channel, address, message, created_at, state, "
                "settled_at, provider_message_id) values (:conversation, 'answer', 0, 'telegram', '600', "
                "cast(:message as jsonb), :now, 'sent', :now, 'm-1')"
            ),
            {"conversation": conversation, "now": clock.now(), "message": json.dumps(ANSWER)},
        )
    return Chat(database, clock)


async def test_a_reaction_counts_like_a_thumb_is_changed_and_taken_back(chat: Chat) -> None:
    assert await chat.reacts("👍", 1000) == "rated"
    assert await chat.counted() == [("23/11", 1, 0)]
    assert await chat.reacts("👎", 2000) == "rated"
    assert await chat.counted() == [("23/11", 0, 1)]
    assert await chat.reacts("", 3000) == "rated"
    assert await chat.counted() == []


async def test_a_reaction_that_loses_its_meaning_takes_the_thumb_back(chat: Chat) -> None:
    await chat.reacts("❤", 1000)
    assert await chat.reacts("🤔", 2000) == "rated"
    assert await chat.counted() == []


async def test_a_change_on_another_day_leaves_the_day_on_which_it_was_counted(chat: Chat) -> None:
    await chat.reacts("👍", 1000)
    chat.clock.advance(days=1)
    await chat.reacts("👎", 2000)
    assert await chat.counted() == [("24/11", 0, 1)]


async def test_delivered_twice_or_late_the_last_by_the_platforms_time_stands(chat: Chat) -> None:
    await chat.reacts("👎", 2000)
    assert await chat.reacts("👎", 2000) == "reaction_again"
    assert await chat.reacts("👍", 1000) == "reaction_again"
    assert await chat.counted() == [("23/11", 0, 1)]
    # Within one second of Telegram its own numbers tell.
    assert await chat.reacts("👍", 2000, rank=7) == "rated"
    assert await chat.reacts("", 2000, rank=6) == "reaction_again"
    assert await chat.counted() == [("23/11", 1, 0)]


async def test_a_thumb_that_was_pressed_is_not_taken_back_by_a_reaction_that_says_nothing(chat: Chat) -> None:
    conversation = await chat.conversation()
    rated = await chat.ratings.rate(conversation, "up", code="23456AB")
    assert rated is not None and rated.counted
    assert await chat.reacts("😢", 1000) == "reaction"
    assert await chat.reacts("", 2000) == "reaction"
    assert await chat.counted() == [("23/11", 1, 0)]
    assert await chat.reacts("👎", 3000) == "rated"
    assert await chat.counted() == [("23/11", 0, 1)]


async def test_another_thumb_replaces_the_first(chat: Chat) -> None:
    conversation = await chat.conversation()
    for value in ("up", "up", "down", "down"):
        await chat.ratings.rate(conversation, value, code="23456AB")
    assert await chat.counted() == [("23/11", 0, 1)]


async def test_a_reaction_to_a_part_of_a_long_answer_is_one_to_the_answer(chat: Chat) -> None:
    async with chat.database.transaction() as connection:
        await connection.execute(
            text(
                "insert into sent_part (channel, key, number, provider_message_id, sent_at) "
                "select channel, id::text, 1, 'm-0', settled_at from delivery"
            )
        )
    assert await chat.reacts("👍", 1000, message_id="m-0") == "rated"
    assert await chat.counted() == [("23/11", 1, 0)]


async def test_a_reaction_to_anything_else_is_kept_and_harmless(chat: Chat) -> None:
    async with chat.database.transaction() as connection:
        await connection.execute(text("update delivery set kind = 'campaign'"))
    assert await chat.reacts("👎", 1000) == "reaction"
    assert await chat.reacts("❤", 1000, message_id="of-an-officer") == "reaction"
    assert await chat.counted() == []
    async with chat.database.single() as connection:
        kept = (await connection.execute(text("select message_id, icons from reaction order by message_id"))).all()
    assert [tuple(one) for one in kept] == [("m-1", "👎"), ("of-an-officer", "❤")]
    stranger = await chat.ratings.react(Reacted("m-1", "👍", 1, 0), channel=TELEGRAM, address="601")
    assert stranger == "reaction"


async def test_a_trial_of_staff_is_no_vote(chat: Chat) -> None:
    async with chat.database.transaction() as connection:
        await connection.execute(text("update conversation set staff_test = true"))
    assert await chat.reacts("👎", 1000) == "rated"
    assert await chat.counted() == []
