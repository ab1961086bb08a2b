"""Who gets a campaign, by which way, for how much; who does not and why; what changed for whom."""

from datetime import date, timedelta
from typing import Any

from content.campaigns import CampaignContent, load_starters
from content.sheet_rows import read_rows
from scheduler.audience import Breakdown, version_for
from scheduler.campaigns import create_campaign
from scheduler.contact_lists import read_people, save_people
from scheduler.preview import Preview, preview_campaign
from scheduler.routes import Prices
from store.clock import SetClock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import record_consent
from tests.scheduler.drafts import content
from tests.scheduler.people import desk_at, person, staff


async def previewed(database: Database, clock: SetClock, what: CampaignContent, **changes: Any) -> Preview:
    actor = await staff(database, clock, f"w{clock.now().timestamp()}")
    desk = desk_at(clock, **changes)
    async with database.transaction() as connection:
        made = await create_campaign(connection, desk, actor, title="Thử", content=what)
        return await preview_campaign(connection, desk, made)


async def breakdown(database: Database, clock: SetClock, what: CampaignContent, **changes: Any) -> Breakdown:
    return (await previewed(database, clock, what, **changes)).breakdown


async def test_silence_is_no_consent_and_a_no_is_kept(database: Database, clock: SetClock) -> None:
    yes = await person(database, clock.now(), "yes")
    await person(database, clock.now(), "silent", agrees=None)
    await person(database, clock.now(), "no", agrees=False)
    found = await breakdown(database, clock, content())
    assert [one.person_id for one in found.members] == [yes]
    assert found.left_out == {"no_consent": 1, "opted_out": 1}


async def test_who_wants_no_news_of_the_topic_gets_other_topics_still(database: Database, clock: SetClock) -> None:
    number = await person(database, clock.now(), "p")
    async with database.transaction() as connection:
        await record_consent(
            connection,
            person_id=number,
            purpose=ConsentPurpose.NEWS,
            given=False,
            words="",
            language="vi",
            channel="telegram",
            now=clock.now(),
            subject="credit_loan",
        )
    assert (await breakdown(database, clock, content(topic="credit_loan"))).left_out == {"opted_out": 1}
    clock.advance(seconds=1)
    assert len((await breakdown(database, clock, content())).members) == 1


async def test_routes_follow_the_windows_of_zalo_and_cost_what_was_set(database: Database, clock: SetClock) -> None:
    for name, hours in (("free", 47), ("free-edge", 47.9), ("billed", 100), ("over", 200)):
        await person(database, clock.now(), name, channel="zalo", wrote_before=timedelta(hours=hours))
    await person(database, clock.now(), "telegram")
    await person(database, clock.now(), "bot", channel="zalo_bot")
    found = await breakdown(database, clock, content())
    # The margin of ten minutes counts 47.9 hours as over.
    assert found.by_route == {"zalo_free": 1, "zalo_billed": 2, "telegram": 1, "zalo_bot": 1, "unreachable": 1}
    assert found.cost == 110


async def test_a_price_that_nobody_set_makes_the_cost_not_known(database: Database, clock: SetClock) -> None:
    await person(database, clock.now(), "billed", channel="zalo", wrote_before=timedelta(hours=100))
    assert (await breakdown(database, clock, content(), prices=Prices())).cost is None


async def test_filters_narrow_by_place_language_and_list(database: Database, clock: SetClock) -> None:
    here = await person(database, clock.now(), "here", commune="23284")
    await person(database, clock.now(), "there", commune="23293")
    english = await person(database, clock.now(), "english", language="en")
    place = content(audience={"communes": ["23284"]})
    assert [one.person_id for one in (await breakdown(database, clock, place)).members] == [here]
    clock.advance(seconds=1)
    language = content(audience={"languages": ["en"]})
    assert [one.person_id for one in (await breakdown(database, clock, language)).members] == [english]


async def test_people_in_the_middle_of_something_and_silent_ones_are_left_out(
    database: Database, clock: SetClock
) -> None:
    await person(database, clock.now(), "now", wrote_before=timedelta(minutes=5))
    await person(database, clock.now(), "long", wrote_before=timedelta(days=40))
    found = await breakdown(database, clock, content(audience={"exclude": {"inactive_days": 30}}))
    assert found.left_out == {"in_flow": 1, "inactive": 1} and not found.members


async def test_a_sheet_names_every_faulty_row_and_saves_nothing_by_itself(database: Database, clock: SetClock) -> None:
    actor = await staff(database, clock, "mai")
    first = await person(database, clock.now(), "chat-1")
    rows = read_rows(
        "list.csv",
        f"Mã liên hệ,Kênh,Địa chỉ kênh,Tên gọi\n{first},,,Bác Mẫu\n999999,,,x\nabc,,,x\n"
        ",telegram,chat-1,x\n,,,x\n".encode(),
    )
    async with database.transaction() as connection:
        sheet = await read_people(connection, rows)
        assert [(one.row, one.cause) for one in sheet.problems] == [
            (3, "unknown_person"),
            (4, "not_a_number"),
            (5, "twice"),
            (6, "nobody_in_row"),
        ]
        assert sheet.members == {first: {"ten_goi": "Bác Mẫu"}}
        assert await save_people(connection, actor, sheet, name="thôn", kind="contacts", now=clock.now()) == 1


async def test_a_list_fills_placeholders_and_who_lacks_one_is_left_out(database: Database, clock: SetClock) -> None:
    actor = await staff(database, clock, "mai")
    desk = desk_at(clock)
    named, nameless = [await person(database, clock.now(), f"chat-{n}") for n in (1, 2)]
    what = content(
        audience={"lists": ["thôn"]},
        fields={"ten_goi": {"kind": "text"}, "hop_ngay": {"kind": "date", "value": "2026-12-01"}},
        texts={"A": {"words": {"vi": "Mời {ten_goi} đến họp ngày {hop_ngay}."}}},
    )
    async with database.transaction() as connection:
        rows = read_rows("l.csv", f"person,ten goi\n{named},Bác Mẫu\n{nameless},\n".encode())
        await save_people(
            connection, actor, await read_people(connection, rows), name="thôn", kind="contacts", now=clock.now()
        )
        made = await create_campaign(connection, desk, actor, title="Họp", content=what)
        seen = await preview_campaign(connection, desk, made)
    assert seen.breakdown.left_out == {"field_missing": 1}
    assert "Mời Bác Mẫu đến họp ngày 01/12/2026." in seen.samples[0].message["text"]
    assert '{"' not in seen.samples[0].message["text"]
    assert seen.samples[0].message["buttons"][0]["payload"] == "/check_eligibility"


def household(**facts: Any) -> dict[str, Any]:
    answers = [[fact, None, {key: value}] for fact, (key, value) in facts.items()]
    return {
        "answers": answers,
        "asking": None,
        "tries": 0,
        "income": None,
        "phase": "done",
        "problem": None,
        "people": [],
        "most": 10,
        "kept": True,
    }


async def test_a_change_of_the_law_reaches_the_households_that_it_concerns_with_what_changes_for_each(
    database: Database, clock: SetClock
) -> None:
    # Between the old line of 1.5 million and the new one of 2.2 million, in the countryside.
    near = household(area=("area", "rural"), income=("income_per_person", 1_900_000), deprivations=("deprivations", 0))
    rich = household(area=("area", "rural"), income=("income_per_person", 9_000_000), deprivations=("deprivations", 0))
    concerned = await person(database, clock.now(), "near", answers=near)
    await person(database, clock.now(), "rich", answers=rich)
    await person(database, clock.now(), "not kept")
    starter = load_starters()["thay-doi-chuan-ngheo"].content
    seen = await previewed(database, clock, starter)
    (member,) = seen.breakdown.members
    assert member.person_id == concerned and member.filled["changes"].startswith("• ")
    (sample,) = seen.samples
    assert member.filled["changes"] in sample.message["text"]
    assert not any(word in sample.message["text"].lower() for word in ("không được hưởng", "không đủ điều kiện"))


async def test_two_versions_go_to_about_half_each_and_always_the_same(database: Database, clock: SetClock) -> None:
    what = load_starters()["nep-nghi-cach-lam"].content
    versions = [version_for(number, "ABC2345", what) for number in range(2000)]
    assert 900 < versions.count("A") < 1100
    assert versions == [version_for(number, "ABC2345", what) for number in range(2000)]
    assert versions != [version_for(number, "DEF2345", what) for number in range(2000)]


async def test_every_starter_campaign_renders_for_every_channel(database: Database, clock: SetClock) -> None:
    clock.at = clock.at.replace(year=2026, month=11, day=25)
    for name, starter in load_starters().items():
        clock.advance(seconds=1)
        seen = await previewed(database, clock, starter.content)
        assert seen.complaints == (), name
        assert date(2026, 11, 25) <= seen.due_at.date()
