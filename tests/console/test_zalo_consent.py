"""An administrator gives the account's consent at Zalo, and comes back to the console with the tokens taken."""

import html
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.consent import CALLBACK, ZaloConsent, challenge_of
from bot.channels.zalo.tokens import TokenKeeper
from bot.channels.zalo_http import HttpCalls
from console.audit_words import audit_sentence
from content.translations import catalogue_for
from store.clock import SetClock
from store.database import Database
from store.queries.audit import AuditRow, audit_entries
from store.queries.staff import Staff
from store.sealing import Sealer
from store.staff_roles import Role
from tests.console.staffing import browser, member
from tests.standins.base import serving
from tests.standins.zalo import APP_ID, APP_SECRET, OA_ID, Zalo

VERIFIER = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
SEALER = Sealer(b"a secret of the tests")


@dataclass
class Desk:
    """Zalo, what asks for its consent, and the administrator who goes there."""

    zalo: Zalo
    consent: ZaloConsent
    staff: Staff
    client: httpx.AsyncClient
    database: Database
    clock: SetClock

    async def back(self, address: str) -> str:
        """Open an address that Zalo sends the person to; return where that leads."""
        split = urlsplit(address)
        answer = await self.client.get(f"{split.path}?{split.query}")
        assert answer.status_code == 303
        return answer.headers["location"]

    async def access(self) -> bytes | None:
        """The access token that is kept, as it is kept."""
        async with self.database.single() as connection:
            return (await connection.execute(text("select access_token from zalo_token"))).scalar_one_or_none()


@pytest_asyncio.fixture
async def desk(database: Database, clock: SetClock) -> AsyncIterator[Desk]:
    """An account that has no tokens yet."""
    zalo = Zalo()
    zalo.set_clock(clock.now())
    calls = HttpCalls(2.0)
    async with serving(zalo) as address:
        account = ZaloAccount(oa_id=OA_ID, app_id=APP_ID, app_secret=APP_SECRET, oauth=address)
        tokens = TokenKeeper(account, database, clock, SEALER, calls)
        consent = ZaloConsent(account, tokens, SEALER, clock, f"http://console.test{CALLBACK}")
        staff = await member(database, clock, "quan", Role.ADMINISTRATOR)
        async with browser(database, clock, staff, zalo=consent) as client:
            yield Desk(zalo, consent, staff, client, database, clock)
    await calls.close()


def test_the_challenge_of_the_published_check_is_ours() -> None:
    """channels.md A4.1."""
    assert challenge_of(VERIFIER) == "RqIZl4LIgn8KxW9QO-nTnv7pf0CnNrksx9fF-CXP2FE"


async def test_the_page_of_channels_offers_both_ways_to_tokens(desk: Desk) -> None:
    shown = (await desk.client.get("/console/channels")).text
    assert "Cấp quyền trên Zalo" in shown and "Nhập cặp mã" in shown and desk.consent.back_to in shown


async def test_who_agreed_at_zalo_comes_back_with_tokens_that_work_and_are_kept_encrypted(desk: Desk) -> None:
    async with httpx.AsyncClient() as person:
        page = await person.get(desk.consent.ask(desk.staff.id))
    assert page.status_code == 200 and "Đồng ý" in page.text
    asked = desk.consent.ask(desk.staff.id)
    assert await desk.back(desk.zalo.tokens.agree(asked, OA_ID)) == "/console/channels?zalo=given"
    assert await desk.consent.tokens.access_token() == desk.zalo.tokens.access
    kept = await desk.access()
    assert kept is not None and desk.zalo.tokens.access.encode() not in kept
    assert "Đã nhận mã truy cập mới" in (await desk.client.get("/console/channels?zalo=given")).text
    async with desk.database.single() as connection:
        found = await audit_entries(connection, limit=1)
    assert isinstance(found[0], AuditRow)
    assert audit_sentence(found[0], catalogue_for("vi")).startswith("Cán bộ quan cấp quyền của kênh zalo")


async def test_loading_the_way_back_again_takes_nothing_and_leaves_the_tokens(desk: Desk) -> None:
    there = desk.zalo.tokens.agree(desk.consent.ask(desk.staff.id), OA_ID)
    await desk.back(there)
    kept = await desk.access()
    assert await desk.back(there) == "/console/channels?zalo=zalo"
    assert await desk.access() == kept


@pytest.mark.parametrize("changed", ["", "made-up", "gAAAAABm"])
async def test_a_state_that_is_not_ours_takes_nothing(desk: Desk, changed: str) -> None:
    there = desk.zalo.tokens.agree(desk.consent.ask(desk.staff.id), OA_ID)
    state = parse_qs(urlsplit(there).query)["state"][0]
    assert await desk.back(there.replace(state.replace("=", "%3D"), changed)) == "/console/channels?zalo=state"
    assert await desk.access() is None


async def test_a_consent_that_somebody_else_began_takes_nothing(desk: Desk) -> None:
    there = desk.zalo.tokens.agree(desk.consent.ask(desk.staff.id + 1), OA_ID)
    assert await desk.back(there) == "/console/channels?zalo=state"
    assert await desk.access() is None


async def test_another_secret_of_ours_is_no_state(desk: Desk) -> None:
    """What was encrypted for another purpose, such as a token, opens nothing here."""
    sealed = SEALER.seal("AT-demo-0001").decode()
    assert await desk.back(f"{CALLBACK}?code=x&oa_id={OA_ID}&state={sealed}") == "/console/channels?zalo=state"


async def test_ten_minutes_later_it_is_too_late(desk: Desk) -> None:
    there = desk.zalo.tokens.agree(desk.consent.ask(desk.staff.id), OA_ID)
    desk.clock.advance(minutes=10, seconds=1)
    assert await desk.back(there) == "/console/channels?zalo=late"
    assert await desk.access() is None


async def test_another_account_or_a_refusal_on_zalos_page_takes_nothing(desk: Desk) -> None:
    asked = desk.consent.ask(desk.staff.id)
    assert await desk.back(desk.zalo.tokens.agree(asked, "123")) == "/console/channels?zalo=account"
    state = parse_qs(urlsplit(asked).query)["state"][0]
    assert await desk.back(f"{CALLBACK}?state={state}") == "/console/channels?zalo=denied"
    assert await desk.access() is None
    for outcome in ("account", "denied", "state", "late", "zalo"):
        words = catalogue_for("vi").text(f"console.channels.consent_{outcome}")
        assert words in html.unescape((await desk.client.get(f"/console/channels?zalo={outcome}")).text)


async def test_only_an_administrator_who_is_signed_in_can_come_back(
    desk: Desk, database: Database, clock: SetClock
) -> None:
    auditor = await member(database, clock, "kiem", Role.AUDITOR)
    for who, target in ((None, "/console/sign-in?next=/console/channels"), (auditor, "/console/")):
        there = desk.zalo.tokens.agree(desk.consent.ask(auditor.id), OA_ID)
        async with browser(database, clock, who, zalo=desk.consent) as client:
            answer = await client.get(f"{CALLBACK}?{urlsplit(there).query}")
            assert (answer.status_code, answer.headers["location"]) == (303, target)
    async with browser(database, clock, auditor, zalo=desk.consent) as client:
        assert "Cấp quyền trên Zalo" not in (await client.get("/console/channels")).text
    assert await desk.access() is None


async def test_a_verifier_that_is_saved_at_zalo_is_used_each_time(desk: Desk) -> None:
    consent = ZaloConsent(
        desk.consent.account, desk.consent.tokens, SEALER, desk.clock, desk.consent.back_to, verifier=VERIFIER
    )
    asked = [parse_qs(urlsplit(consent.ask(1)).query)["code_challenge"][0] for _ in range(2)]
    assert asked == [challenge_of(VERIFIER)] * 2
    assert len({parse_qs(urlsplit(desk.consent.ask(1)).query)["code_challenge"][0] for _ in range(2)}) == 2
