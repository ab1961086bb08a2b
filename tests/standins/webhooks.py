"""Delivering events to our webhook as a platform does, and keeping a record of each attempt."""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp


@dataclass
class Attempt:
    """One try to deliver one event. `status` is None when nothing answered."""

    event: str
    status: int | None
    seconds: float
    retry: int = 0


@dataclass
class WebhookSender:
    """Posts raw bodies to `url`. `duplicates`: share delivered twice; `shuffle`: order of a batch is lost."""

    url: str = ""
    duplicates: float = 0.0
    shuffle: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    _chance: random.Random = field(default_factory=lambda: random.Random(1))
    _session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def arranged[T](self, events: Sequence[T]) -> list[T]:
        """Return `events` with duplicates and out of order, as the settings say."""
        arranged = [*events, *(event for event in events if self._chance.random() < self.duplicates)]
        if self.shuffle:
            self._chance.shuffle(arranged)
        return arranged

    async def deliver(self, body: bytes, headers: Mapping[str, str], *, event: str = "", retry: int = 0) -> Attempt:
        """Post one event once and return what came of it."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        started = time.perf_counter()
        status: int | None = None
        try:
            async with self._session.post(
                self.url, data=body, headers={"Content-Type": "application/json", **headers}
            ) as answer:
                status = answer.status
                await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError, asyncio.IncompleteReadError):
            pass
        attempt = Attempt(event, status, time.perf_counter() - started, retry)
        self.attempts.append(attempt)
        return attempt

    def record(self) -> list[dict[str, Any]]:
        """Return all attempts as plain data."""
        return [asdict(attempt) for attempt in self.attempts]
