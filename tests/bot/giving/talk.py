"""A donor who talks with the running system, and an account of the fund that is made up."""

import contextlib
from collections.abc import AsyncIterator, Sequence

import httpx
from sqlalchemy import text

from fund.pledge_codes import typed_pledge_codes
from fund.vouchers import approve_voucher, record_voucher
from server.runtime import Runtime
from store.queries.pledges import PledgeRow, pledges_of_person
from tests.bot.test_guided_check import Talk

ACCOUNT = {"bank": "970415", "number": "100000000077", "holder": "QUY MAU GIA LAP", "level": "province"}


@contextlib.asynccontextmanager
async def account_of_the_fund(system: Runtime) -> AsyncIterator[None]:
    """Let two people set the account, and retire it at the end."""
    await _decided(system, "set_account", ACCOUNT)
    try:
        yield
    finally:
        await _decided(system, "retire_account", {"number": ACCOUNT["number"]})


async def _decided(system: Runtime, kind: str, body: dict[str, str]) -> None:
    async with system.database.transaction() as connection:
        now = system.clock.now()
        voucher = await record_voucher(connection, kind, body, note="", by="staff:1", now=now)
        await approve_voucher(connection, voucher, by="staff:2", now=now)


class Donor(Talk):
    """Somebody who gives."""

    def __init__(self, http: httpx.AsyncClient, system: Runtime) -> None:
        super().__init__(http)
        self._system = system

    async def _send(self, body: dict[str, str]) -> str:
        # Shown where a test fails.
        print(">", body.get("text") or body.get("title"))
        said = await super()._send(body)
        print(said)
        return said

    async def says(self, *lines: str) -> str:
        """Say one line after the other; return what was said to the last."""
        said = ""
        for line in lines:
            said = await self.say(line)
        return said

    @property
    def buttons(self) -> list[str]:
        """Titles of the buttons under the last messages."""
        return [button["title"] for message in self.last for button in message["buttons"]]

    @property
    def images(self) -> list[str]:
        """Pictures of the last messages."""
        return [message["image"] for message in self.last if message["image"]]

    async def pledges(self) -> Sequence[PledgeRow]:
        """What was recorded in this chat, newest first."""
        async with self._system.database.transaction() as connection:
            found = await connection.execute(
                text("select id from conversation where address = :address"), {"address": self.name}
            )
            return await pledges_of_person(connection, conversation_id=found.scalar_one())


def code_in(said: str) -> str:
    """The code in what the bot said."""
    return typed_pledge_codes(said)[0]
