"""Who may open which page and do what: every cell of the table, made from the declarations themselves."""

import ast
import itertools
from pathlib import Path

import httpx
import pytest

from console.access.actions import ACTIONS, Action
from console.access.sign_in import SignedIn
from console.access.table import access_page
from console.shell.registry import PAGES, import_pages
from console.shell.visit import Forbidden, SignedOut, Visit
from content.translations import COMPLETE_LANGUAGES, catalogue_for
from store.clock import SetClock
from store.database import Database
from store.queries.staff import Duty, Staff, disable_staff, set_duties
from store.staff_roles import WHOLE_PROVINCE, Role
from tests.console.staffing import COMMUNE, OTHER_COMMUNE, OURS, browser, cookie_of, member, parts_of

import_pages()

DOCS = Path(__file__).parents[2] / "docs"


async def visit_of(database: Database, clock: SetClock, staff: Staff, page: str = "account") -> Visit:
    parts = parts_of(database, clock)
    cookie = await cookie_of(database, clock, staff)
    who = await parts.sign_in.who(cookie)
    assert isinstance(who, SignedIn)
    return Visit(parts, who, cookie, PAGES[page])


def test_the_page_on_access_keeps_step_with_the_code() -> None:
    assert (DOCS / "console-access.md").read_text(encoding="utf-8") == access_page(), "run `chungtay docs`"


def test_pages_and_actions_have_names_in_both_languages() -> None:
    keys = [f"console.page.{name}" for name in PAGES] + [f"console.action.{name}" for name in ACTIONS]
    for language in COMPLETE_LANGUAGES:
        catalogue = catalogue_for(language)
        assert [key for key in keys if not catalogue.text(key)] == []


@pytest.mark.parametrize("role", Role)
async def test_pages_open_to_the_duties_they_are_for_and_to_no_others(
    database: Database, clock: SetClock, role: Role
) -> None:
    staff = await member(database, clock, "mai", role)
    async with browser(database, clock, staff) as client:
        for page in PAGES.values():
            answer = await client.get("/console" + page.address(**page.example))
            if role in page.roles:
                # What an example names need not be there.
                assert answer.status_code in (200, 404), page.name
            else:
                assert answer.status_code == 403, page.name


@pytest.mark.parametrize("role", Role)
async def test_actions_are_allowed_to_their_duties_in_their_area_only(
    database: Database, clock: SetClock, role: Role
) -> None:
    held = {
        WHOLE_PROVINCE: await visit_of(database, clock, await member(database, clock, "tinh", role)),
        COMMUNE: await visit_of(database, clock, await member(database, clock, "xa", Duty(role, COMMUNE))),
    }
    tried = 0
    for action, (area, visit), target in itertools.product(
        ACTIONS.values(), held.items(), (WHOLE_PROVINCE, COMMUNE, OTHER_COMMUNE)
    ):
        tried += 1
        allowed = role in action.roles and area in (WHOLE_PROVINCE, target)
        assert visit.may(action, target) is allowed
        if allowed:
            async with visit.acting(action, target) as acting:
                assert acting.staff.id == visit.staff.id
        else:
            with pytest.raises(Forbidden):
                async with visit.acting(action, target):
                    raise AssertionError("was let in")
    assert tried == len(ACTIONS) * 6


async def test_a_duty_that_was_taken_away_ends_with_the_next_click(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.ADMINISTRATOR)
    visit = await visit_of(database, clock, staff)
    administrators = Action("of.administrators", frozenset({Role.ADMINISTRATOR}))
    async with database.transaction() as connection:
        await set_duties(connection, staff_id=staff.id, duties=[Duty(Role.AUDITOR)])
    with pytest.raises(Forbidden):
        async with visit.acting(administrators):
            raise AssertionError("was let in")


async def test_a_page_left_open_can_do_nothing_after_its_owner_was_shut_out(
    database: Database, clock: SetClock
) -> None:
    staff = await member(database, clock, "mai", Role.ADMINISTRATOR)
    visit = await visit_of(database, clock, staff)
    async with database.transaction() as connection:
        await disable_staff(connection, staff_id=staff.id, now=clock.now())
    with pytest.raises(SignedOut):
        async with visit.reading():
            raise AssertionError("was let in")
    with pytest.raises(SignedOut):
        async with visit.acting_for_self(ACTIONS["own.language"]):
            raise AssertionError("was let in")


async def test_what_reads_cannot_write(database: Database, clock: SetClock) -> None:
    visit = await visit_of(database, clock, await member(database, clock, "mai", Role.ADMINISTRATOR))
    with pytest.raises(Exception, match="read-only transaction"):
        async with visit.reading() as connection:
            await set_duties(connection, staff_id=visit.staff.id, duties=[])


async def test_an_open_page_that_asks_by_itself_does_not_keep_the_session_alive(
    database: Database, clock: SetClock
) -> None:
    visit = await visit_of(database, clock, await member(database, clock, "mai", Role.ADMINISTRATOR))
    for _ in range(3):
        clock.advance(minutes=30)
        async with visit.reading(by_itself=True):
            pass
    clock.advance(minutes=31)
    with pytest.raises(SignedOut):
        async with visit.reading(by_itself=True):
            raise AssertionError("was let in")


async def test_the_socket_of_another_site_is_refused(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.ADMINISTRATOR)
    path = "/console/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    async with browser(database, clock, staff) as client:
        evil = {"origin": "https://evil.test"}
        assert (await client.post(path, content="40", headers=evil)).status_code == 403
    async with browser(database, clock) as nobody:
        assert (await nobody.get(path)).status_code == 401
        assert (await nobody.post(path, content="40", headers=OURS)).status_code == 401


async def test_markup_in_names_is_shown_as_text(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.ADMINISTRATOR)
    async with database.transaction() as connection:
        await connection.exec_driver_sql("update staff_account set name = '<img src=x onerror=alert(1)>`${1}</script>'")
    async with browser(database, clock, staff) as client:
        page = (await client.get("/console/account")).text
    assert "onerror=alert" in page and "<img src=x" not in page and "`${1}" not in page


def test_nothing_in_the_pages_opens_a_transaction_past_the_visit() -> None:
    pages = (Path(__file__).parents[2] / "console" / "pages").rglob("*.py")
    # Services that open their own transactions are handed the database by the visit's parts, by name.
    loose = [page.name for page in pages if ".transaction(" in page.read_text(encoding="utf-8")]
    assert loose == []


async def test_signed_in_pages_come_with_their_security_headers(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.ADMINISTRATOR)
    async with browser(database, clock, staff) as client:
        answer: httpx.Response = await client.get("/console/")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_nothing_that_is_redrawn_is_shared_between_people() -> None:
    """One at module level is redrawn for everybody, with what whoever refreshed it may see."""
    shared = [
        f"{file.name}: {node.name}"
        for file in (Path(__file__).parents[2] / "console").rglob("*.py")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any("refreshable" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]
    assert shared == []
