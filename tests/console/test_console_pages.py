"""What pages show to whom: people by commune, campaigns by organisation, numbers of telephones, live figures."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.helpdesk.opening import open_ticket
from bot.helpdesk.sweep import DeskSweep
from console.audit_words import audit_sentence, audit_subject
from console.pages.tour import STEPS
from console.shell.registry import PAGES, import_pages, page_above
from content.translations import COMPLETE_LANGUAGES, catalogue_for
from scheduler.campaigns import create_campaign
from store.clock import SetClock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.audit import AuditRow, audit_entries, record_audit
from store.queries.consents import record_consent
from store.queries.figures import figures_now, messages_by_day, people_by_commune
from store.queries.people import remember
from store.queries.people_search import find_people
from store.queries.staff import Duty
from store.staff_roles import Role
from store.ticket_states import TicketReason
from tests.console.staffing import COMMUNE, OTHER_COMMUNE, browser, member
from tests.scheduler.drafts import content
from tests.scheduler.people import desk_at, person, staff

PHONE = "0912345678"


async def neighbour(database: Database, clock: SetClock, address: str, commune: str) -> int:
    """Somebody who lives in a commune and left a telephone number."""
    number = await person(database, clock.now(), address, commune=commune)
    async with database.transaction() as connection:
        await record_consent(
            connection,
            person_id=number,
            purpose=ConsentPurpose.PHONE,
            given=True,
            words="Tôi đồng ý",
            language="vi",
            channel="web",
            now=clock.now(),
        )
        await remember(connection, person_id=number, field="phone", value=PHONE, now=clock.now())
    return number


async def test_an_officer_of_a_commune_finds_and_opens_only_its_people(database: Database, clock: SetClock) -> None:
    here = await neighbour(database, clock, "a", COMMUNE)
    there = await neighbour(database, clock, "b", OTHER_COMMUNE)
    officer = await member(database, clock, "mai", Duty(Role.HELP_DESK_OFFICER, COMMUNE))
    async with browser(database, clock, officer) as client:
        listed = (await client.get("/console/people")).text
        assert f"/people/{here}" in listed and f"/people/{there}" not in listed
        assert f"/people/{there}" not in (await client.get(f"/console/people?commune={OTHER_COMMUNE}")).text
        assert f"/people/{there}" not in (await client.get(f"/console/people?phone={PHONE}")).text
        assert (await client.get(f"/console/people/{here}")).status_code == 200
        # As if it were not there: the answer does not tell that somebody lives elsewhere.
        hidden, missing = [await client.get(f"/console/people/{number}") for number in (there, 999_999)]
        assert hidden.status_code == missing.status_code == 404


async def test_auditors_see_that_there_is_a_number_and_not_which(database: Database, clock: SetClock) -> None:
    number = await neighbour(database, clock, "a", COMMUNE)
    auditor = await member(database, clock, "kiem", Role.AUDITOR)
    officer = await member(database, clock, "mai", Role.HELP_DESK_OFFICER)
    async with browser(database, clock, auditor) as client:
        shown = (await client.get(f"/console/people/{number}")).text
        assert PHONE not in shown and "•••" in shown
    async with browser(database, clock, officer) as client:
        assert PHONE in (await client.get(f"/console/people/{number}")).text


async def test_campaigns_of_another_organisation_look_as_if_they_were_not_there(
    database: Database, clock: SetClock
) -> None:
    theirs = await staff(database, clock, "lan", "nong_dan")
    async with database.transaction() as connection:
        made = await create_campaign(connection, desk_at(clock), theirs, title="Của Hội Nông dân", content=content())
    outsider = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR, organisation="phu_nu")
    auditor = await member(database, clock, "kiem", Role.AUDITOR)
    async with browser(database, clock, outsider) as client:
        assert "Của Hội Nông dân" not in (await client.get("/console/campaigns")).text
        for path in (f"/console/campaigns/{made.id}", f"/console/campaigns/{made.id}/edit"):
            answer = await client.get(path)
            assert answer.status_code == 404 and "Của Hội Nông dân" not in answer.text
    async with browser(database, clock, auditor) as client:
        assert "Của Hội Nông dân" in (await client.get(f"/console/campaigns/{made.id}")).text


@pytest.mark.parametrize("number", ["0", "-1", "abc", "99999999999999999999"])
async def test_made_up_numbers_in_addresses_are_refused(database: Database, clock: SetClock, number: str) -> None:
    author = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock, author) as client:
        assert (await client.get(f"/console/campaigns/{number}")).status_code in (404, 422)


async def test_markup_in_a_title_is_shown_as_text(database: Database, clock: SetClock) -> None:
    author = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    mark = "<script>alert(1)</script>"
    writer = await staff(database, clock, "lan", "phu_nu")
    async with database.transaction() as connection:
        made = await create_campaign(connection, desk_at(clock), writer, title=mark, content=content())
    async with browser(database, clock, author) as client:
        for path in ("/console/campaigns", f"/console/campaigns/{made.id}", f"/console/campaigns/{made.id}/edit"):
            page = (await client.get(path)).text
            assert "alert(1)" in page and mark not in page


async def test_the_log_reads_as_sentences_and_shows_a_commune_only_what_concerns_it(
    database: Database, clock: SetClock
) -> None:
    mai = await member(database, clock, "mai", Role.ADMINISTRATOR)
    async with database.transaction() as connection:
        for area in (COMMUNE, OTHER_COMMUNE):
            await record_audit(
                connection,
                actor=mai.id,
                action="person.merged",
                subject=f"person:{area}",
                now=clock.now(),
                area=area,
                details={"kept": 1, "gone": 2},
            )
        newest = (await audit_entries(connection))[0]
    assert audit_sentence(newest, catalogue_for("vi")) == "Cán bộ mai gộp hồ sơ 2 vào hồ sơ 1 – Đăk Hà"
    assert audit_sentence(newest, catalogue_for("en")) == "Cán bộ mai merged record 2 into record 1 – Đăk Hà"
    local = await member(database, clock, "kiem", Duty(Role.AUDITOR, COMMUNE))
    async with browser(database, clock, local) as client:
        page = (await client.get("/console/audit")).text
        assert f"person:{COMMUNE}" in page and f"person:{OTHER_COMMUNE}" not in page


async def test_figures_count_a_commune_apart_and_made_up_people_only_in_a_trial(
    database: Database, clock: SetClock
) -> None:
    await person(database, clock.now(), "a", commune=COMMUNE)
    await person(database, clock.now(), "b", commune=OTHER_COMMUNE)
    made_up = await person(database, clock.now(), "c", commune=COMMUNE)
    async with database.transaction() as connection:
        await connection.execute(text("update person set demo = true where id = :id"), {"id": made_up})
        everywhere = await figures_now(connection, since=clock.now())
        here = await figures_now(connection, since=clock.now(), areas=[COMMUNE])
        trial = await figures_now(connection, since=clock.now(), areas=[COMMUNE], demo=True)
        assert (everywhere.people, here.people, trial.people) == (2, 1, 2)
        assert await people_by_commune(connection, areas=[COMMUNE]) == {COMMUNE: 1}
        assert await messages_by_day(connection, since=clock.now()) == []
        assert [one.commune for one in await find_people(connection, areas=[OTHER_COMMUNE])] == [OTHER_COMMUNE]


async def test_a_late_ticket_stands_on_the_first_page_of_its_officers_and_later_of_the_administrators(
    database: Database, clock: SetClock
) -> None:
    """Monday 9:00: two hours of office time are over at 11:00, two more at 15:00."""
    officer = await member(database, clock, "mai", Role.HELP_DESK_OFFICER, organisation="ubnd")
    elsewhere = await member(database, clock, "xa", Duty(Role.HELP_DESK_OFFICER, OTHER_COMMUNE), organisation="ubnd")
    administrator = await member(database, clock, "an", Role.ADMINISTRATOR)
    async with database.transaction() as connection:
        made = await open_ticket(
            connection,
            reason=TicketReason.ACCOUNT_REPORT,
            about="account:…1",
            area=COMMUNE,
            organisation="ubnd",
            now=clock.now(),
        )
    assert made is not None
    seen: list[tuple[bool, ...]] = []
    for hours in (0, 2, 4):
        clock.advance(hours=hours)
        await DeskSweep(database, clock).sweep()
        told = []
        for one in (officer, elsewhere, administrator):
            async with browser(database, clock, one) as client:
                told.append(made.code in (await client.get("/console/")).text)
        seen.append(tuple(told))
    assert seen == [(False, False, False), (True, False, False), (True, False, True)]


async def test_a_page_leads_back_to_the_list_that_led_to_it(database: Database, clock: SetClock) -> None:
    import_pages()
    officer = await member(database, clock, "mai", Role.HELP_DESK_OFFICER)
    author = await member(database, clock, "lan", Role.CAMPAIGN_AUTHOR)
    assert page_above(PAGES["ticket"], officer) is PAGES["tickets"]
    assert page_above(PAGES["statement"], author) is PAGES["content"]
    assert page_above(PAGES["campaign_edit"], author) is PAGES["campaigns"]
    assert page_above(PAGES["ticket"], author) is None and page_above(PAGES["account"], author) is None
    async with browser(database, clock, officer) as client:
        gone = await client.get("/console/tickets/1")
    assert gone.status_code == 404 and "← Bàn hỗ trợ" in gone.text


def test_the_log_writes_money_times_and_subjects_in_words() -> None:
    at = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
    details = {"code": "HT1", "until": at.isoformat()}
    snoozed = AuditRow(1, at, 2, "Mai", "ubnd", "ticket.snoozed", "ticket:1", "", details)
    assert audit_sentence(snoozed, catalogue_for("vi")) == "Mai để yêu cầu HT1 đến 12:00 01/12/2026"
    assert audit_subject("fund_voucher:5", catalogue_for("vi")) == "Phiếu 5"
    assert audit_subject("something:5", catalogue_for("vi")) == "something:5"


def test_the_tour_has_words_and_a_page_for_each_step_of_each_duty() -> None:
    import_pages()
    assert set(STEPS) == set(Role)
    for language in COMPLETE_LANGUAGES:
        for role, steps in STEPS.items():
            for step, name in steps:
                assert catalogue_for(language).text(f"console.tour.{role.value}.{step}")
                assert role in PAGES[name].roles, f"{name} is shut to {role}"
