"""A whole conversation through a Telegram server that others wrote: the npm package `telegram-test-api`.

    .venv/bin/python -m tests.standins.third_party

By hand, where `node` and `npm` are: the package is fetched into a folder of its own, a whole system is started beside
it and polls it, and a person writes, presses a button and asks. Prints what was said; exits with 1 when an answer is
missing or a message is not `sent`.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from sqlalchemy import text

from server.children import die_with_parent
from server.rasa import free_port
from server.settings import PROJECT
from server.training import train
from store.database import Database
from tests.crash.layout import Part, deployed, everything_in_one
from tests.patience import PATIENCE_SECONDS

PACKAGE = "telegram-test-api@4.2.1"
TOKEN = "700000002:made-up-secret-of-the-third-party"
PERSON = 640_000_001
_SERVER = """
const TelegramServer = require('telegram-test-api');
new TelegramServer({port: Number(process.argv[1]), host: '127.0.0.1', storeTimeout: 3600}).start();
"""
out = Console(highlight=False, soft_wrap=True, markup=False)


@asynccontextmanager
async def their_server() -> AsyncIterator[str]:
    """Fetch and start the package's server; give its address."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        sys.exit("node and npm are needed for this: https://nodejs.org")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([npm, "install", "--silent", "--no-fund", "--prefix", folder, PACKAGE], check=True)
        port = free_port()
        server = subprocess.Popen([node, "-e", _SERVER, f"{port}"], cwd=folder, preexec_fn=die_with_parent)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


class Person:
    """Somebody who writes through the package's interface for tests."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._common: dict[str, Any] = {
            "botToken": TOKEN,
            "from": {"id": PERSON, "first_name": "Mẫu", "is_bot": False},
            "chat": {"id": PERSON, "first_name": "Mẫu", "type": "private"},
        }

    async def says(self, words: str) -> dict[str, Any]:
        """Write; return the answer."""
        out.print(f"> {words}")
        return await self._does("sendMessage", {"text": words, "date": int(time.time())})

    async def presses(self, button: dict[str, Any]) -> dict[str, Any]:
        """Press a button; the package sends neither `chat_instance` nor the message's id and date."""
        out.print(f"> [{button['text']}]")
        return await self._does("sendCallback", {"message": dict(self._common), "data": button["callback_data"]})

    async def _does(self, path: str, more: dict[str, Any]) -> dict[str, Any]:
        (await self._http.post(f"/{path}", json={**self._common, **more})).raise_for_status()
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            found = await self._http.post("/getUpdates", json={"token": TOKEN, "chatId": PERSON})
            if found.json()["result"]:
                answer: dict[str, Any] = found.json()["result"][-1]["message"]
                out.print("\n".join(f"  {line}" for line in answer["text"].splitlines()[:4]))
                return answer
            await asyncio.sleep(0.3)
        sys.exit("no answer came")


async def talk(person: Person) -> None:
    """Say what a first conversation is made of."""
    greeting = await person.says("/start")
    (first, *_), *_ = greeting["reply_markup"]["inline_keyboard"]
    assert (await person.presses(first))["text"] != greeting["text"]
    answer = await person.says("vay vốn hộ nghèo lãi bao nhiêu")
    assert "%" in answer["text"]


async def main() -> None:
    """Run it."""
    model, _ = train(PROJECT / "var", say=out.print)
    async with their_server() as address:

        def parts(folder: Path) -> dict[str, Part]:
            made = everything_in_one(folder)
            made["run"].environment = {
                "CHUNGTAY_TELEGRAM_TOKEN": TOKEN,
                "CHUNGTAY_TELEGRAM_MODE": "polling",
                "CHUNGTAY_TELEGRAM_ADDRESS": address,
            }
            return made

        async with deployed(parts, model) as layout, httpx.AsyncClient(base_url=address) as http:
            await talk(Person(http))
            database = Database(layout.database_url)
            async with database.single() as connection:
                rows = await connection.execute(
                    text("select state, count(*) from delivery where channel = 'telegram' group by state")
                )
                states = {state: number for state, number in rows}
            await database.close()
    out.print(f"{PACKAGE}: {states}")
    if set(states) != {"sent"}:
        sys.exit("a message is not sent")


if __name__ == "__main__":
    asyncio.run(main())
