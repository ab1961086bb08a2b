"""Every conversation belongs to a person; what is known about people is known with their consent."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from store.clock import SetClock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import consent_history, consent_of, consents_now, record_consent, withdraw_all
from store.queries.inbox import Stored, store_incoming
from store.queries.links import (
    CODE_LASTS,
    MOST_ATTEMPTS,
    LinkRefused,
    merge_people,
    put_link_code,
    unlink,
    use_link_code,
)
from store.queries.people import (
    WHERE_REACHED,
    NoConsent,
    contact_of,
    conversations_of,
    move_address,
    person_of,
    remember,
    set_unreachable,
)

WORDS = "Chúng tôi ghi nhớ xã của bà con để báo tin của xã. Bà con đồng ý không?"


async def say(database: Database, clock: SetClock, words: str, *, address: str, channel: str = "web") -> Stored:
    async with database.single() as connection:
        return await store_incoming(
            connection,
            channel=channel,
            address=address,
            provider_message_id=f"{address}:{words}",
            text=words,
            payload=None,
            wishes={},
            language="vi",
            now=clock.now(),
        )


async def conversation(database: Database, clock: SetClock, address: str, channel: str = "web") -> tuple[int, int]:
    """Return a new conversation and its person."""
    stored = await say(database, clock, f"chào {address}", address=address, channel=channel)
    async with database.transaction() as connection:
        return stored.conversation_id, await person_of(connection, conversation_id=stored.conversation_id)


async def answer(
    database: Database,
    person: int,
    clock: SetClock,
    *,
    given: bool = True,
    purpose: ConsentPurpose = ConsentPurpose.COMMUNE,
    subject: str = "",
    words: str = WORDS,
) -> None:
    async with database.transaction() as connection:
        await record_consent(
            connection,
            person_id=person,
            purpose=purpose,
            subject=subject,
            given=given,
            words=words,
            language="vi",
            channel="web",
            now=clock.now(),
        )


async def agreed(database: Database, person: int, purpose: ConsentPurpose, subject: str = "") -> bool | None:
    async with database.transaction() as connection:
        return await consent_of(connection, person_id=person, purpose=purpose, subject=subject)


async def test_every_conversation_has_a_person_from_its_first_message_on(database: Database, clock: SetClock) -> None:
    _, an = await conversation(database, clock, "an")
    _, binh = await conversation(database, clock, "binh")
    assert an != binh
    async with database.transaction() as connection:
        contact = await contact_of(connection, person_id=an)
    assert contact is not None
    assert (contact.created_at, contact.commune, contact.household_group) == (clock.now(), None, None)


async def test_a_second_message_makes_no_second_person(database: Database, clock: SetClock) -> None:
    await conversation(database, clock, "an")
    await say(database, clock, "còn nữa", address="an")
    async with database.transaction() as connection:
        assert (await connection.execute(text("select count(*) from person"))).scalar_one() == 1


async def test_never_having_been_asked_is_neither_yes_nor_no(database: Database, clock: SetClock) -> None:
    _, an = await conversation(database, clock, "an")
    assert await agreed(database, an, ConsentPurpose.NEWS) is None


async def test_the_last_word_about_a_purpose_holds(database: Database, clock: SetClock) -> None:
    _, an = await conversation(database, clock, "an")
    await answer(database, an, clock)
    assert await agreed(database, an, ConsentPurpose.COMMUNE) is True
    await answer(database, an, clock, given=False, words="")
    assert await agreed(database, an, ConsentPurpose.COMMUNE) is False
    async with database.transaction() as connection:
        history = await consent_history(connection, person_id=an)
    assert [(entry.given, entry.words) for entry in history] == [(True, WORDS), (False, "")]


async def test_no_news_at_all_ends_the_news_of_each_topic_until_one_is_asked_for_again(
    database: Database, clock: SetClock
) -> None:
    _, an = await conversation(database, clock, "an")
    news = ConsentPurpose.NEWS
    await answer(database, an, clock, purpose=news, subject="credit_loan")
    assert await agreed(database, an, news, "credit_loan") is True
    assert await agreed(database, an, news, "health_insurance") is None
    await answer(database, an, clock, purpose=news, given=False)
    assert await agreed(database, an, news, "credit_loan") is False
    await answer(database, an, clock, purpose=news, subject="health_insurance")
    assert await agreed(database, an, news, "health_insurance") is True
    assert await agreed(database, an, news, "credit_loan") is False


async def test_consent_cannot_be_given_without_words(database: Database, clock: SetClock) -> None:
    _, an = await conversation(database, clock, "an")
    with pytest.raises(IntegrityError, match="given_after_words"):
        await answer(database, an, clock, words="")


@pytest.mark.parametrize("change", ["update consent set given = true", "delete from consent"])
async def test_consents_cannot_be_changed_or_deleted(database: Database, clock: SetClock, change: str) -> None:
    _, an = await conversation(database, clock, "an")
    await answer(database, an, clock, given=False)
    with pytest.raises(DBAPIError, match="only ever added"):
        async with database.transaction() as connection:
            await connection.execute(text(change))


async def test_withdrawing_everything_withdraws_what_holds_and_leaves_the_rest(
    database: Database, clock: SetClock
) -> None:
    _, an = await conversation(database, clock, "an")
    await answer(database, an, clock)
    await answer(database, an, clock, purpose=ConsentPurpose.PHONE, given=False)
    async with database.transaction() as connection:
        assert list(await withdraw_all(connection, person_id=an, channel="web", now=clock.now())) == ["commune"]
        assert [entry.given for entry in await consents_now(connection, person_id=an)] == [False, False]


async def test_a_commune_is_remembered_only_with_consent(database: Database, clock: SetClock) -> None:
    _, an = await conversation(database, clock, "an")
    with pytest.raises(NoConsent):
        async with database.transaction() as connection:
            await remember(connection, person_id=an, field="commune", value="23284", now=clock.now())
    await answer(database, an, clock)
    async with database.transaction() as connection:
        await remember(connection, person_id=an, field="commune", value="23284", now=clock.now())
        contact = await contact_of(connection, person_id=an)
    assert contact is not None
    assert contact.commune == "23284"


async def linked(database: Database, clock: SetClock, *, one: int, other: int, code: str = "LKABC234") -> None:
    async with database.transaction() as connection:
        await put_link_code(connection, conversation_id=one, code=code, now=clock.now())
        await use_link_code(connection, conversation_id=other, code=code, now=clock.now())


async def test_two_linked_conversations_are_one_persons_and_no_consent_is_lost(
    database: Database, clock: SetClock
) -> None:
    web, an = await conversation(database, clock, "an")
    telegram, other = await conversation(database, clock, "600000001", "telegram")
    await answer(database, other, clock)
    await answer(database, an, clock, purpose=ConsentPurpose.NEWS, given=False)
    async with database.transaction() as connection:
        await remember(connection, person_id=other, field="commune", value="23284", now=clock.now())
    await linked(database, clock, one=web, other=telegram)
    async with database.transaction() as connection:
        assert await person_of(connection, conversation_id=telegram) == an
        contact = await contact_of(connection, person_id=an)
        history = await consent_history(connection, person_id=an)
        channels = [one.channel for one in await conversations_of(connection, person_id=an)]
        gone = (
            await connection.execute(text("select merged_into, commune from person where id <> :a"), {"a": an})
        ).one()
    assert contact is not None
    assert contact.commune == "23284"
    assert {(entry.purpose, entry.given, entry.words) for entry in history} == {
        ("commune", True, WORDS),
        ("news", False, WORDS),
    }
    assert channels == ["web", "telegram"]
    assert tuple(gone) == (an, None)


async def test_what_one_of_two_people_withdrew_later_is_not_remembered_after_merging(
    database: Database, clock: SetClock
) -> None:
    _, an = await conversation(database, clock, "an")
    _, other = await conversation(database, clock, "600000001", "telegram")
    await answer(database, an, clock)
    async with database.transaction() as connection:
        await remember(connection, person_id=an, field="commune", value="23284", now=clock.now())
    await answer(database, other, clock, given=False)
    async with database.transaction() as connection:
        kept = await merge_people(connection, other, an, now=clock.now())
        contact = await contact_of(connection, person_id=kept)
    assert contact is not None
    assert (kept, contact.commune) == (an, None)


async def test_a_code_works_once_within_its_time_and_never_for_its_own_conversation(
    database: Database, clock: SetClock
) -> None:
    web, _ = await conversation(database, clock, "an")
    telegram, _ = await conversation(database, clock, "600000001", "telegram")
    third, _ = await conversation(database, clock, "600000002", "telegram")
    await linked(database, clock, one=web, other=telegram)
    assert await refusal(database, clock, third, "LKABC234") == "unknown"
    async with database.transaction() as connection:
        await put_link_code(connection, conversation_id=web, code="LKDEF567", now=clock.now())
    assert await refusal(database, clock, web, "LKDEF567") == "same_conversation"
    assert await refusal(database, clock, telegram, "LKDEF567") == "linked_already"
    async with database.transaction() as connection:
        await put_link_code(connection, conversation_id=web, code="LKGHJ234", now=clock.now())
    clock.at += CODE_LASTS
    assert await refusal(database, clock, third, "LKGHJ234") == "unknown"


async def refusal(database: Database, clock: SetClock, conversation_id: int, code: str) -> str:
    async with database.transaction() as connection:
        try:
            await use_link_code(connection, conversation_id=conversation_id, code=code, now=clock.now())
        except LinkRefused as refused:
            return refused.reason
    return "linked"


async def test_codes_cannot_be_tried_at_will(database: Database, clock: SetClock) -> None:
    web, _ = await conversation(database, clock, "an")
    guesser, _ = await conversation(database, clock, "600000001", "telegram")
    async with database.transaction() as connection:
        await put_link_code(connection, conversation_id=web, code="LKABC234", now=clock.now())
    for number in range(MOST_ATTEMPTS):
        assert await refusal(database, clock, guesser, f"LKAAAAA{number}") == "unknown"
    assert await refusal(database, clock, guesser, "LKABC234") == "too_many"


async def test_after_parting_each_refusal_holds_for_both_and_nothing_else_goes_along(
    database: Database, clock: SetClock
) -> None:
    web, an = await conversation(database, clock, "an")
    telegram, _ = await conversation(database, clock, "600000001", "telegram")
    await linked(database, clock, one=web, other=telegram)
    await answer(database, an, clock)
    await answer(database, an, clock, purpose=ConsentPurpose.NEWS, given=False)
    async with database.transaction() as connection:
        await remember(connection, person_id=an, field="commune", value="23284", now=clock.now())
        await remember(connection, person_id=an, field="preferred_channel", value="telegram", now=clock.now())
        assert await unlink(connection, conversation_id=telegram, now=clock.now())
        parted = await person_of(connection, conversation_id=telegram)
        left, stayed = (
            await contact_of(connection, person_id=parted),
            await contact_of(connection, person_id=an),
        )
        assert not await unlink(connection, conversation_id=telegram, now=clock.now())
    assert left is not None
    assert stayed is not None
    assert (left.commune, stayed.commune, stayed.preferred_channel) == (None, "23284", None)
    assert await agreed(database, parted, ConsentPurpose.NEWS) is False
    assert await agreed(database, parted, ConsentPurpose.COMMUNE) is None
    assert await agreed(database, an, ConsentPurpose.NEWS) is False


async def where_reached(database: Database, person: int) -> str | None:
    async with database.transaction() as connection:
        found = await connection.execute(
            text(f"select reached.channel from person join lateral {WHERE_REACHED} as reached on true where id = :id"),
            {"id": person, "channels": ["web", "telegram", "zalo"]},
        )
        return found.scalar_one_or_none()


async def block(database: Database, at: datetime, reason: str | None = "blocked") -> None:
    async with database.transaction() as connection:
        await set_unreachable(connection, channel="telegram", address="600000001", reason=reason, at=at)


async def test_people_are_reached_where_they_prefer_else_where_they_wrote_last_and_not_where_they_blocked(
    database: Database, clock: SetClock
) -> None:
    web, an = await conversation(database, clock, "an")
    clock.advance(minutes=1)
    telegram, _ = await conversation(database, clock, "600000001", "telegram")
    await linked(database, clock, one=web, other=telegram)
    assert await where_reached(database, an) == "telegram"
    async with database.transaction() as connection:
        await remember(connection, person_id=an, field="preferred_channel", value="web", now=clock.now())
    assert await where_reached(database, an) == "web"
    async with database.transaction() as connection:
        await remember(connection, person_id=an, field="preferred_channel", value="telegram", now=clock.now())
    clock.advance(minutes=1)
    await block(database, clock.now())
    assert await where_reached(database, an) == "web"
    clock.advance(minutes=1)
    await say(database, clock, "lại đây", address="600000001", channel="telegram")
    assert await where_reached(database, an) == "telegram"


async def test_a_person_who_lifts_the_block_is_reached_again(database: Database, clock: SetClock) -> None:
    _, an = await conversation(database, clock, "600000001", "telegram")
    clock.advance(minutes=1)
    await block(database, clock.now())
    assert await where_reached(database, an) is None
    await block(database, clock.now(), reason=None)
    assert await where_reached(database, an) == "telegram"


async def test_a_chat_that_moved_keeps_its_person(database: Database, clock: SetClock) -> None:
    _, group = await conversation(database, clock, "-4001", "telegram")
    async with database.transaction() as connection:
        await move_address(connection, channel="telegram", old="-4001", new="-1004001")
        assert [one.address for one in await conversations_of(connection, person_id=group)] == ["-1004001"]
