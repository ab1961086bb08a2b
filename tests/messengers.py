"""People who talk through a messenger's stand-in with the running system."""

import asyncio
import itertools
from typing import Any

from sqlalchemy import text

from server.runtime import Runtime
from tests.patience import PATIENCE_SECONDS
from tests.standins.telegram import TelegramStandIn
from tests.standins.zalo import Zalo
from tests.standins.zalo_bot import ZaloBotStandIn

_people = itertools.count(610_000_001)

_UNFINISHED = text("""
select exists (select from channel_event where channel = :channel and read_at is null)
    or exists (select from conversation where channel = :channel and address = :address and waiting > 0)
    or exists (
        select from delivery
        where channel = :channel and address = :address and state in ('queued', 'claimed') and attempts < 1)
""")


async def until_quiet(system: Runtime, channel: str, address: str) -> None:
    """Return when everything that a person wrote was read and answered, and the answers have left."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with system.database.single() as connection:
                asked = {"channel": channel, "address": address}
                if not (await connection.execute(_UNFINISHED, asked)).scalar_one():
                    return
            await asyncio.sleep(0.02)


class TelegramPerson:
    """One person with Telegram. What they do returns what the bot said to it."""

    def __init__(self, system: Runtime, telegram: TelegramStandIn, *, id: int | None = None) -> None:
        self.system = system
        self.telegram = telegram
        self.id = id if id is not None else next(_people)
        self.last: list[dict[str, Any]] = []
        telegram.add_person({"id": self.id, "name": f"Người mẫu {self.id}"})

    async def say(self, words: str) -> list[dict[str, Any]]:
        """Write."""
        return await self.do(do="write", text=words)

    async def press(self, title: str) -> list[dict[str, Any]]:
        """Press a button of the last answer; a number before its title does not count."""
        for message in self.last:
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if button["text"].split(". ", 1)[-1] == title:
                        return await self.do(do="press", press=f"{message['message_id']}:{button['callback_data']}")
        raise AssertionError((title, self.buttons()))

    async def do(self, **event: Any) -> list[dict[str, Any]]:
        """Do anything that the stand-in knows."""
        before = len(self.telegram.said(self.id))
        await self.telegram.inbound({"user": self.id, **event})
        await until_quiet(self.system, "telegram", f"{self.id}")
        self.last = self.telegram.said(self.id)[before:]
        return self.last

    def buttons(self) -> list[str]:
        """Titles of the buttons under the last answer."""
        return [
            button["text"]
            for message in self.last
            for row in message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
        ]

    def text(self) -> str:
        """The words of the last answer."""
        return "\n".join(message.get("text", "") for message in self.last)


class ZaloBotPerson:
    """One person who talks with the bot of the Zalo Bot Platform."""

    def __init__(self, system: Runtime, zalo_bot: ZaloBotStandIn, *, group: bool = False) -> None:
        self.system = system
        self.zalo_bot = zalo_bot
        self.id = f"8{next(_people):018d}"
        self.address = f"g:{self.id}" if group else self.id
        self.last: list[dict[str, Any]] = []
        zalo_bot.add_person({"id": self.id, "name": f"Người mẫu {self.id[-4:]}", "group": group})

    async def say(self, words: str) -> list[dict[str, Any]]:
        """Write."""
        return await self.do(do="write", text=words)

    async def choose(self, title: str) -> list[dict[str, Any]]:
        """Type the number that stands before a choice in the last answer."""
        for line in self.text().splitlines():
            number, _, words = line.partition(". ")
            if words == title:
                return await self.say(number)
        raise AssertionError((title, self.text()))

    async def do(self, **event: Any) -> list[dict[str, Any]]:
        """Do anything that the stand-in knows."""
        before = len(self.zalo_bot.said(self.id))
        await self.zalo_bot.inbound({"user": self.id, **event})
        await until_quiet(self.system, "zalo_bot", self.address)
        self.last = self.zalo_bot.said(self.id)[before:]
        return self.last

    def text(self) -> str:
        """The words of the last answer."""
        return "\n".join(message.get("text", "") for message in self.last)


class ZaloPerson:
    """One person who talks with the Official Account."""

    def __init__(self, system: Runtime, zalo: Zalo) -> None:
        self.system = system
        self.zalo = zalo
        self.id = zalo.person(next(_people))
        self.last: list[dict[str, Any]] = []

    async def say(self, words: str) -> list[dict[str, Any]]:
        """Write."""
        return await self.do(do="write", text=words)

    async def do(self, **event: Any) -> list[dict[str, Any]]:
        """Do anything that the stand-in knows."""
        before = len(self._taken())
        await self.zalo.inbound({"user": self.id, **event})
        await until_quiet(self.system, "zalo", self.id)
        self.last = self._taken()[before:]
        return self.last

    def _taken(self) -> list[dict[str, Any]]:
        return [one for one in self.zalo.outbox if one.get("to") == self.id]

    def text(self) -> str:
        """The words of the last answer."""
        return "\n".join(message["text"] for message in self.last)
