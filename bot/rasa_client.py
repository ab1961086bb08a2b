"""Asking Rasa, over its REST channel, from any number of Rasa processes."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
import structlog

from bot.metrics import RASA_SECONDS, RASA_UP

log = structlog.get_logger(__name__)

#: A Rasa process that did not answer is left alone this long before it is tried again, in seconds.
REST_AFTER_FAILURE = 0.5
#: Messages that one Rasa process has in hand at the same time; others wait here, first come first served. Rasa has one
#: thread. Given all at once, messages go through its steps side by side: they call their actions together and come back
#: together, so that Rasa and this process idle in turns. With three in hand both stay busy: a quarter more messages a
#: second, each answered sooner (docs/benchmarks.md).
IN_HAND = 3


class RasaUnavailable(Exception):
    """No Rasa process can be reached; nothing was said to it, so asking again is free."""


class RasaFailed(Exception):
    """Rasa was asked and gave no answer: it broke, hung, or died. It may or may not have handled the message."""


@dataclass
class _Process:
    url: str
    busy: int = 0
    resting_until: float = 0.0
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_HAND))


class RasaPool:
    """Calls the least busy Rasa process that is up.

    Args:
        urls: base addresses, for example `http://127.0.0.1:5005`.
        token: Rasa's own API token, needed only for `parse`.
        timeout: seconds after which a call counts as failed; half of it is the longest wait until it is made.
    """

    def __init__(self, urls: Sequence[str], *, token: str = "", timeout: float = 10.0) -> None:
        self._processes = [_Process(url.rstrip("/")) for url in urls]
        self._token = token
        self._patience = timeout / 2
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=2)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def ask(self, sender: str, text: str, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return Rasa's messages in answer to `text`.

        Raises:
            RasaUnavailable: nobody was asked.
            RasaFailed: somebody was asked and did not answer.
        """
        body = {"sender": sender, "message": text, "metadata": dict(metadata)}
        answer = await self._post("/webhooks/rest/webhook", body)
        if not isinstance(answer, list) or not answer:
            raise RasaFailed("Rasa gave an empty answer: an action failed, or no rule covers the intent")
        return answer

    async def parse(self, text: str) -> dict[str, Any]:
        """Return intent, ranking and entities of `text` without saying anything in a conversation."""
        answer = await self._post(f"/model/parse?token={self._token}", {"text": text})
        if not isinstance(answer, dict):
            raise RasaFailed("Rasa did not parse the text")
        return answer

    async def is_ready(self) -> bool:
        """Return True when at least one process answers."""
        for process in self._processes:
            try:
                async with self._open().get(
                    f"{process.url}/webhooks/rest/", timeout=aiohttp.ClientTimeout(total=2)
                ) as response:
                    up = response.status == 200
            except (aiohttp.ClientError, TimeoutError, OSError):
                up = False
            RASA_UP.labels(process.url).set(up)
            if up:
                process.resting_until = 0.0
                return True
        return False

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                # Rasa (Sanic) closes idle connections after 5 s; a message sent into a closing one counts as failed.
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=3),
                json_serialize=lambda value: orjson.dumps(value).decode(),
            )
        return self._session

    async def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        now = time.monotonic()
        rested = [process for process in self._processes if process.resting_until <= now]
        for process in sorted(rested, key=lambda process: process.busy):
            async with self._turn(process) as came:
                if not came:
                    continue
                started = time.perf_counter()
                try:
                    async with self._open().post(process.url + path, json=body, timeout=self._timeout) as response:
                        content = await response.read()
                        if response.status != 200:
                            raise RasaFailed(f"Rasa answered with status {response.status}")
                    RASA_SECONDS.labels("answered").observe(time.perf_counter() - started)
                    RASA_UP.labels(process.url).set(1)
                    return orjson.loads(content)
                except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
                    # Refused: nothing was said to it. The next process may be asked.
                    self._rest(process, started)
                except (aiohttp.ClientError, asyncio.IncompleteReadError, TimeoutError, OSError) as error:
                    self._rest(process, started)
                    raise RasaFailed(f"no answer from Rasa: {type(error).__name__}") from error
        raise RasaUnavailable("no Rasa process can be reached")

    @contextlib.asynccontextmanager
    async def _turn(self, process: _Process) -> AsyncIterator[bool]:
        """Wait for a turn at `process`; give False when none came in time, or when it stopped answering meanwhile."""
        process.busy += 1
        try:
            try:
                async with asyncio.timeout(self._patience):
                    await process.gate.acquire()
            except TimeoutError:
                yield False
                return
            try:
                yield process.resting_until <= time.monotonic()
            finally:
                process.gate.release()
        finally:
            process.busy -= 1

    def _rest(self, process: _Process, started: float) -> None:
        process.resting_until = time.monotonic() + REST_AFTER_FAILURE
        RASA_SECONDS.labels("failed").observe(time.perf_counter() - started)
        RASA_UP.labels(process.url).set(0)
        log.warning("rasa_not_answering", url=process.url)
