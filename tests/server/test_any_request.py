"""Whatever is asked of the HTTP API or posted to a webhook: nothing breaks (no 5xx).

Requests are made from the API's own description (schemathesis), so a new route is tried without a word here.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis import Case
from sqlalchemy import text

from server.runtime import Runtime
from server.settings import Settings
from store.api_scopes import Scope
from store.database import Database
from store.queries.api_tokens import add_api_token
from store.staff_roles import Role
from tests.console.staffing import member
from tests.standins.telegram import TelegramStandIn
from tests.standins.zalo import APP_ID, APP_SECRET, OA_ID, OA_KEY, Zalo
from tests.standins.zalo_bot import TOKEN as ZALO_BOT_TOKEN

SECRET = "made-up-secret-of-the-webhook"
#: Requests for each operation; more find more, and take longer.
EXAMPLES = 8
#: A busy machine is no fault.
PATIENCE_SECONDS = 180


@pytest_asyncio.fixture
async def web(database: Database, tmp_path: Path) -> AsyncIterator[Runtime]:
    """A process that only takes in, on a database of its own: nobody answers what is made up here."""
    nowhere = "http://127.0.0.1:9"
    configured = Settings(
        data_dir=tmp_path,
        port=0,
        telegram_token=SecretStr(TelegramStandIn().token),
        telegram_mode="webhook",
        telegram_secret=SecretStr(SECRET),
        telegram_address=nowhere,
        zalo_bot_token=SecretStr(ZALO_BOT_TOKEN),
        zalo_bot_mode="webhook",
        zalo_bot_secret=SecretStr(SECRET),
        zalo_bot_address=nowhere,
        zalo_oa_id=OA_ID,
        zalo_app_id=APP_ID,
        zalo_app_secret=SecretStr(APP_SECRET),
        zalo_webhook_key=SecretStr(OA_KEY),
        zalo_openapi_url=nowhere,
        sepay_secret=SecretStr(SECRET),
    )
    runtime = Runtime(configured, ("web",), database.url)
    async with runtime.running():
        yield runtime


async def whole_token(web: Runtime) -> str:
    """A token that may do everything."""
    staff = await member(web.database, web.clock, "may", *Role)
    async with web.database.transaction() as connection:
        return await add_api_token(
            connection,
            staff_id=staff.id,
            purpose="thử",
            scopes=list(Scope),
            now=web.clock.now(),
            expires_at=web.clock.now() + timedelta(days=1),
        )


async def test_no_request_that_the_description_allows_breaks_the_api(web: Runtime) -> None:
    headers = {"authorization": f"Bearer {await whole_token(web)}"}
    async with httpx.AsyncClient(base_url=web.address, timeout=PATIENCE_SECONDS) as client:
        described = (await client.get("/api/openapi.json")).json()
    operations = [one.ok() for one in schemathesis.openapi.from_dict(described).get_all_operations()]
    broken: dict[str, str] = {}

    def ask_one(operation: Any) -> None:
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy())
        def ask(case: Case) -> None:
            if case.path == "/api/chat/messages":
                # Nobody answers here.
                case.query = {**(case.query or {}), "wait": 0}
            answer = case.call(base_url=web.address, headers=headers, timeout=PATIENCE_SECONDS)
            if answer.status_code >= 500:
                broken.setdefault(f"{case.method} {case.path}", f"{answer.status_code} {case.as_curl_command()}")

        ask()

    def ask_each() -> None:
        for operation in operations:
            ask_one(operation)

    # The server runs in this thread.
    await asyncio.to_thread(ask_each)
    assert len(operations) >= 40
    assert broken == {}


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/tickets?topic=a%00b",
        "/api/v1/tickets/report?since=0001-01-01&until=2026-12-01",
        "/api/v1/tickets/report?since=2026-01-01&until=9999-12-31",
        "/api/v1/tickets?limit=99999999999999999999",
    ],
)
async def test_what_no_row_can_hold_is_the_caller_s_mistake(web: Runtime, address: str) -> None:
    headers = {"authorization": f"Bearer {await whole_token(web)}"}
    async with httpx.AsyncClient(base_url=web.address, timeout=PATIENCE_SECONDS) as client:
        answer = await client.get(address, headers=headers)
    assert answer.status_code == 422 and answer.json()


#: Webhook -> what a caller who knows the secret sends along.
WEBHOOKS: dict[str, dict[str, str]] = {
    "/webhooks/telegram": {"X-Telegram-Bot-Api-Secret-Token": SECRET},
    "/webhooks/zalo-bot": {"X-Bot-Api-Secret-Token": SECRET},
    "/webhooks/bank/sepay": {"Authorization": f"Apikey {SECRET}"},
}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


async def test_nothing_that_is_posted_to_a_webhook_breaks_it_or_is_lost(web: Runtime) -> None:
    """What a messenger posts is kept, whatever it holds; Zalo is always told 200 (A12)."""
    zalo = Zalo()
    answers: list[tuple[str, int]] = []

    def post_each() -> None:
        with httpx.Client(base_url=web.address, timeout=PATIENCE_SECONDS) as client:

            @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(st.binary(max_size=300), JSON)
            def post(raw: bytes, body: Any) -> None:
                for path, headers in WEBHOOKS.items():
                    answers.append((path, client.post(path, content=raw, headers=headers).status_code))
                    answers.append((path, client.post(path, json=body, headers=headers).status_code))
                event: dict[str, Any] = {"event_name": "user_send_text", "recipient": {"id": OA_ID}}
                # Without an id of a message, events of one moment and person are one.
                event["timestamp"] = f"{1_795_399_200_000 + len(answers)}"
                signed, headers = zalo.signing.signed({**event, "sender": {"id": "7"}, "message": body})
                for content in (signed, raw):
                    status = client.post("/webhooks/zalo", content=content, headers=headers).status_code
                    answers.append(("/webhooks/zalo", status))

            post()

    await asyncio.to_thread(post_each)
    assert {status for path, status in answers if path == "/webhooks/zalo"} == {200}
    assert {status for path, status in answers if path.startswith(("/webhooks/tele", "/webhooks/zalo-bot"))} == {200}
    assert all(status < 500 for _, status in answers)
    async with web.database.single() as connection:
        query = "select channel, count(*) as kept, count(read_at) as read from channel_event group by channel"
        found = (await connection.execute(text(query))).all()
    assert {row.channel: row.kept > 20 for row in found} == dict.fromkeys(("telegram", "zalo", "zalo_bot"), True)
    # Whoever takes in does nothing else: another process reads.
    assert [row.read for row in found] == [0, 0, 0]
