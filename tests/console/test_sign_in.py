"""Signing in to the console: what lets people in, and what does not."""

import re
from datetime import timedelta

import httpx
import pyotp
import pytest

from console.access.cookies import SESSION_COOKIE
from console.access.one_time_codes import seal_what_lies_open
from console.access.sign_in import COUNTED_FOR, MOST_PER_LOGIN
from store.clock import SetClock
from store.database import Database
from store.queries.audit import audit_entries
from store.queries.staff import Staff, disable_staff
from store.queries.staff_invitations import invite
from store.queries.staff_sessions import IDLE_LIMIT, SESSION_LASTS, begin_session
from store.sealing import Sealer
from store.staff_roles import Role
from tests.console.staffing import OURS, SEALING_SECRET, browser, member

PASSWORD = "suối reo bên nhà rông"


async def invitation_of(database: Database, clock: SetClock, staff: Staff) -> str:
    async with database.transaction() as connection:
        return await invite(connection, staff_id=staff.id, now=clock.now())


async def set_up(client: httpx.AsyncClient, database: Database, clock: SetClock, staff: Staff) -> tuple[str, list[str]]:
    """Accept an invitation and set the second factor up; return its secret and the recovery codes."""
    code = await invitation_of(database, clock, staff)
    answer = await client.post(
        f"/console/invitation/{code}", data={"password": PASSWORD, "again": PASSWORD}, headers=OURS
    )
    assert answer.status_code == 303 and answer.headers["location"] == "/console/second-factor"
    page = await client.get("/console/second-factor")
    secret = re.search(r'class="code">([A-Z2-7]{32})<', page.text)
    assert secret is not None
    answer = await client.post("/console/second-factor", data={"code": one_time(secret[1], clock)}, headers=OURS)
    assert answer.status_code == 200
    codes = re.findall(r'<li class="code">([0-9a-f]+)</li>', answer.text)
    return secret[1], codes


def one_time(secret: str, clock: SetClock) -> str:
    return pyotp.TOTP(secret).at(clock.now())


async def with_password(client: httpx.AsyncClient, login: str = "mai", password: str = PASSWORD) -> httpx.Response:
    return await client.post("/console/sign-in", data={"login": login, "password": password}, headers=OURS)


async def test_an_invitation_leads_through_password_and_code_into_the_console(
    database: Database, clock: SetClock
) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        _, codes = await set_up(client, database, clock, staff)
        assert len(set(codes)) == 10
        home = await client.get("/console/")
        assert home.status_code == 200 and "Hôm nay" in home.text
    async with database.transaction() as connection:
        actions = {entry.action for entry in await audit_entries(connection)}
    assert {"staff.password_chosen", "staff.second_factor_set", "staff.signed_in"} <= actions


async def test_an_invitation_works_once_and_for_seven_days(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    code = await invitation_of(database, clock, staff)
    async with browser(database, clock) as client:
        chosen = {"password": PASSWORD, "again": PASSWORD}
        assert (await client.post(f"/console/invitation/{code}", data=chosen, headers=OURS)).status_code == 303
        assert (await client.post(f"/console/invitation/{code}", data=chosen, headers=OURS)).status_code == 404
        late = await invitation_of(database, clock, staff)
        clock.advance(days=8)
        assert (await client.get(f"/console/invitation/{late}")).status_code == 404
        assert (await client.get("/console/invitation/made-up")).status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("ngắn", "ngắn", "ít nhất 12 ký tự"),
        ("aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "quá dễ đoán"),
        ("mai la nguoi dep", "mai la nguoi dep", "quá dễ đoán"),
        (PASSWORD, PASSWORD + "!", "không giống nhau"),
    ],
)
async def test_a_password_that_will_not_do_is_refused_with_the_reason(
    database: Database, clock: SetClock, password: str, again: str, said: str
) -> None:
    code = await invitation_of(database, clock, await member(database, clock, "mai", Role.AUDITOR))
    async with browser(database, clock) as client:
        answer = await client.post(
            f"/console/invitation/{code}", data={"password": password, "again": again}, headers=OURS
        )
        assert answer.status_code == 400 and said in answer.text


async def test_the_password_alone_opens_nothing(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        await set_up(client, database, clock, staff)
    async with browser(database, clock) as client:
        assert (await with_password(client)).headers["location"].startswith("/console/second-factor")
        assert (await client.get("/console/")).headers["location"].startswith("/console/sign-in")


async def test_a_one_time_code_works_once(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        secret, _ = await set_up(client, database, clock, staff)
    clock.advance(minutes=5)
    code = one_time(secret, clock)
    for replayed, status in ((False, 303), (True, 401)):
        async with browser(database, clock) as client:
            await with_password(client)
            answer = await client.post("/console/second-factor", data={"code": code}, headers=OURS)
            assert answer.status_code == status, f"replayed: {replayed}"


async def test_a_recovery_code_lets_in_once_and_is_written_down(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        _, codes = await set_up(client, database, clock, staff)
    for status in (303, 401):
        async with browser(database, clock) as client:
            await with_password(client)
            answer = await client.post("/console/second-factor", data={"code": codes[3]}, headers=OURS)
            assert answer.status_code == status
    async with database.transaction() as connection:
        entries = await audit_entries(connection, subject=f"staff:{staff.id}")
    (used,) = [one for one in entries if one.action == "staff.recovery_code_used"]
    assert used.details == {"left": 9}


async def test_after_five_failures_even_the_right_password_waits(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        await set_up(client, database, clock, staff)
    async with browser(database, clock) as client:
        for _ in range(MOST_PER_LOGIN):
            assert (await with_password(client, password="not the password")).status_code == 401
        assert (await with_password(client)).status_code == 429
        clock.advance(seconds=COUNTED_FOR.total_seconds() + 1)
        assert (await with_password(client)).status_code == 303


async def test_wrong_codes_are_counted_too(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        secret, _ = await set_up(client, database, clock, staff)
    clock.advance(minutes=5)
    async with browser(database, clock) as client:
        await with_password(client)
        for _ in range(MOST_PER_LOGIN):
            await client.post("/console/second-factor", data={"code": "000000"}, headers=OURS)
        answer = await client.post("/console/second-factor", data={"code": one_time(secret, clock)}, headers=OURS)
        assert answer.status_code == 429


async def test_somebody_unknown_hears_the_same_as_somebody_with_a_wrong_password(
    database: Database, clock: SetClock
) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        await set_up(client, database, clock, staff)
    async with browser(database, clock) as client:
        wrong, unknown = await with_password(client, password="wrong"), await with_password(client, login="ai")
        assert wrong.text.replace('value="mai"', 'value="ai"') == unknown.text


async def test_a_form_of_another_site_is_refused(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        await set_up(client, database, clock, staff)
        for origin in ("https://evil.test", "null"):
            answer = await client.post(
                "/console/sign-in", data={"login": "mai", "password": PASSWORD}, headers={"origin": origin}
            )
            assert answer.status_code == 403 and "trang khác" in answer.text
        await client.post("/console/sign-out", headers={"origin": "https://evil.test"})
        assert (await client.get("/console/")).status_code == 303, "the browser forgets, but the session goes on"


async def test_the_cookie_is_not_for_scripts_nor_other_sites(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    code = await invitation_of(database, clock, staff)
    async with browser(database, clock) as client:
        answer = await client.post(
            f"/console/invitation/{code}",
            data={"password": PASSWORD, "again": PASSWORD},
            headers={**OURS, "x-forwarded-proto": "https"},
        )
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/console" in cookie and "secure" in cookie


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "/console/..//evil.test", "/chien-dich"])
async def test_signing_in_never_leads_to_another_site(database: Database, clock: SetClock, target: str) -> None:
    async with browser(database, clock) as client:
        page = await client.get("/console/sign-in", params={"next": target})
        assert 'name="target" value="/console/"' in page.text


async def test_sessions_end_when_idle_after_a_working_day_and_with_the_account(
    database: Database, clock: SetClock
) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock, staff) as client:
        assert (await client.get("/console/")).status_code == 200
        clock.advance(seconds=(IDLE_LIMIT + timedelta(minutes=1)).total_seconds())
        assert (await client.get("/console/")).status_code == 303
    began = clock.now()
    async with browser(database, clock, staff) as client:
        while clock.now() < began + SESSION_LASTS:
            assert (await client.get("/console/")).status_code == 200
            clock.advance(hours=1)
        assert (await client.get("/console/")).status_code == 303
    async with browser(database, clock, staff) as client:
        async with database.transaction() as connection:
            await disable_staff(connection, staff_id=staff.id, now=clock.now())
        assert (await client.get("/console/")).status_code == 303


@pytest.mark.parametrize("cookie", ["", "forged", "0" * 43])
async def test_a_forged_cookie_opens_nothing(database: Database, clock: SetClock, cookie: str) -> None:
    async with browser(database, clock) as client:
        client.cookies.set(SESSION_COOKIE, cookie)
        answer = await client.get("/console/account?x=1")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/console/sign-in?next=/console/account%3Fx%3D1"


async def test_half_a_session_is_over_after_ten_minutes(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        async with database.transaction() as connection:
            cookie = await begin_session(connection, staff_id=staff.id, browser="Test", complete=False, now=clock.now())
        client.cookies.set(SESSION_COOKIE, cookie)
        assert (await client.get("/console/second-factor")).status_code == 200
        clock.advance(minutes=11)
        assert (await client.get("/console/second-factor")).status_code == 303


async def test_choosing_a_new_password_signs_out_everywhere(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock, staff) as stolen, browser(database, clock) as own:
        assert (await stolen.get("/console/")).status_code == 200
        await set_up(own, database, clock, staff)
        assert (await stolen.get("/console/")).status_code == 303


async def test_secrets_of_one_time_codes_lie_sealed_in_the_database(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        secret, _ = await set_up(client, database, clock, staff)
    async with database.transaction() as connection:
        stored = (await connection.exec_driver_sql("select to_jsonb(staff_account) from staff_account")).scalar_one()
        sealed = (await connection.exec_driver_sql("select totp_sealed from staff_account")).scalar_one()
    assert secret not in str(stored) and stored["totp_secret"] is None
    assert Sealer(SEALING_SECRET).unseal(sealed) == secret


async def test_a_secret_that_lay_open_is_sealed_once_and_goes_on_working(database: Database, clock: SetClock) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        secret, _ = await set_up(client, database, clock, staff)
    async with database.transaction() as connection:
        await connection.exec_driver_sql("update staff_account set totp_sealed = null, totp_secret = $1", (secret,))
    sealer = Sealer(SEALING_SECRET)
    assert [await seal_what_lies_open(database, sealer) for _ in range(2)] == [1, 0]
    async with database.transaction() as connection:
        open_ones = await connection.exec_driver_sql("select id from staff_account where totp_secret is not null")
        assert open_ones.all() == []
    clock.advance(minutes=5)
    async with browser(database, clock) as client:
        await with_password(client)
        answer = await client.post("/console/second-factor", data={"code": one_time(secret, clock)}, headers=OURS)
        assert answer.status_code == 303


async def test_after_the_sealing_key_was_lost_recovery_codes_let_in_and_the_reason_is_said(
    database: Database, clock: SetClock
) -> None:
    staff = await member(database, clock, "mai", Role.CAMPAIGN_AUTHOR)
    async with browser(database, clock) as client:
        secret, codes = await set_up(client, database, clock, staff)
    async with database.transaction() as connection:
        lost = Sealer(b"a key that nobody has any more").seal(secret)
        await connection.exec_driver_sql("update staff_account set totp_sealed = $1", (lost,))
    clock.advance(minutes=5)
    async with browser(database, clock) as client:
        await with_password(client)
        answer = await client.post("/console/second-factor", data={"code": one_time(secret, clock)}, headers=OURS)
        assert answer.status_code == 401 and "khóa niêm phong" in answer.text
        answer = await client.post("/console/second-factor", data={"code": codes[0]}, headers=OURS)
        assert answer.status_code == 303
