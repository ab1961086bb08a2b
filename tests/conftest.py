"""The real parts that tests share: one PostgreSQL, one trained model, one running system per test run."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, MutableMapping
from pathlib import Path
from typing import Any, NoReturn

import httpx
import hypothesis
import pytest
import pytest_asyncio
import structlog
from pydantic import SecretStr

from bot.channels.telegram.account import ALLOWED_UPDATES
from server.logging import configure_logging
from server.postgres import EmbeddedPostgres
from server.runtime import Runtime
from server.settings import ALL_ROLES, PROJECT, Settings
from server.training import train
from store.clock import SetClock
from store.database import Database
from store.migrate import upgrade_database
from tests.standins.base import serving
from tests.standins.telegram import TelegramStandIn
from tests.standins.zalo_bot import ZaloBotStandIn

_numbers = itertools.count(1)

# A run on the same code tries the same examples: a test must not turn red by chance in somebody else's change.
# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("chungtay", derandomize=True, deadline=None)
hypothesis.settings.load_profile("chungtay")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of the test run's own."""
    # Not pytest's tmp_path: PostgreSQL runs as another user when the tests run as root, and must reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="chungtay-test-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "postgres", grace_seconds=0.5)
    server.start()
    yield server
    server.close(wait_seconds=20)
    shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="session")
async def template(postgres: EmbeddedPostgres) -> str:
    """Name of a database with all tables and no rows; tests copy it."""
    admin = Database(postgres.url())
    async with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.exec_driver_sql("create database template_with_tables")
    await admin.close()
    migrated = Database(_other_database(postgres, "template_with_tables"))
    await upgrade_database(migrated.engine)
    await migrated.close()
    return "template_with_tables"


def _other_database(postgres: EmbeddedPostgres, name: str) -> str:
    return postgres.url().replace("/chungtay?", f"/{name}?")


@pytest_asyncio.fixture
async def database(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[Database]:
    """An empty database of the test's own."""
    name = f"test_{next(_numbers)}"
    admin = Database(postgres.url())
    async with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.exec_driver_sql(f"create database {name} template {template}")
    await admin.close()
    own = Database(_other_database(postgres, name))
    yield own
    await own.close()


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands still until the test moves it."""
    return SetClock()


@pytest.fixture(scope="session")
def model() -> Path:
    """The Rasa model of the present inputs; trained when there is none."""
    made, _ = train(PROJECT / "var")
    return made


@pytest_asyncio.fixture(scope="session")
async def telegram() -> AsyncIterator[TelegramStandIn]:
    """Telegram, as the running system sees it."""
    stand_in = TelegramStandIn(secret="made-up-secret-of-the-webhook")
    async with serving(stand_in):
        yield stand_in


@pytest_asyncio.fixture(scope="session")
async def zalo_bot() -> AsyncIterator[ZaloBotStandIn]:
    """The Zalo Bot Platform, as the running system sees it."""
    stand_in = ZaloBotStandIn(secret="made-up-secret-of-the-webhook")
    async with serving(stand_in):
        yield stand_in


@pytest_asyncio.fixture(scope="session")
async def system(
    postgres: EmbeddedPostgres,
    model: Path,
    tmp_path_factory: pytest.TempPathFactory,
    telegram: TelegramStandIn,
    zalo_bot: ZaloBotStandIn,
) -> AsyncIterator[Runtime]:
    """The whole system, all roles, with a real Rasa and a real HTTP port, ready to answer."""
    configure_logging("error", "console")
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        port=0,
        telegram_token=SecretStr(telegram.token),
        telegram_mode="webhook",
        telegram_secret=SecretStr(telegram.secret),
        telegram_address=telegram.address,
        zalo_bot_token=SecretStr(zalo_bot.token),
        zalo_bot_mode="webhook",
        zalo_bot_secret=SecretStr(zalo_bot.secret),
        zalo_bot_address=zalo_bot.address,
    )
    database = Database(postgres.url())
    await upgrade_database(database.engine)
    await database.close()
    runtime = Runtime(settings, ALL_ROLES, postgres.url(), model=model)
    with pytest.MonkeyPatch.context() as patch:
        # One token in 64 begins so, and Rasa once took it for an option and never started.
        patch.setattr("server.rasa.api_token", lambda: "-begins-with-a-dash-as-some-do")
        async with runtime.running(), asyncio.timeout(120):
            await runtime.wait_until_rasa_is_up()
            telegram.webhook.url = f"{runtime.address}/webhooks/telegram"
            telegram.allowed = list(ALLOWED_UPDATES)
            zalo_bot.webhook.url = f"{runtime.address}/webhooks/zalo-bot"
            yield runtime


@pytest_asyncio.fixture
async def http(system: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the running system."""
    async with httpx.AsyncClient(base_url=system.address, timeout=30) as client:
        yield client


class Logged:
    """What was logged, whatever an earlier test set up for the process."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> NoReturn:
        """Keep an entry; part of structlog's chain."""
        self.entries.append(dict(event))
        raise structlog.DropEvent

    def take(self) -> str:
        """Return the entries since the last call, one a line."""
        taken = "\n".join(str(entry) for entry in self.entries)
        self.entries.clear()
        return taken


@pytest.fixture
def logged() -> Iterator[Logged]:
    """What our own code logs during a test, at every level."""
    before = structlog.get_config()
    heard = Logged()
    structlog.configure(processors=[heard], wrapper_class=structlog.make_filtering_bound_logger("debug"))
    yield heard
    structlog.configure(**before)
