"""Fetching what people sent along: from the channel's own hosts only, limited in size and time, and looked at.

What a file is is read from its first bytes, never believed from a name or a header. Staff get it as a download.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit, urlunsplit

import aiohttp
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.alone import run_alone
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.queries.ticket_media import LARGEST_KEPT
from store.queries.unfetched_media import Unfetched, keep_content, note_try, unfetched_media

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
FETCH_SECONDS = 30.0
#: Addresses run out after a while; a file that could not be fetched so often never will be.
MOST_TRIES = 5
#: After the first try that failed; doubled with each.
FIRST_PAUSE = timedelta(seconds=30)
BATCH = 10
_REDIRECTS = 2
_CHUNK = 64 * 1024


class NotFetched(Exception):
    """It was not fetched. `for_good`: trying again would not help."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class MediaSource(Protocol):
    """Where a channel's files come from."""

    async def fetch(self, reference: str) -> bytes:
        """Return the content of what `bot.channels.received.Received.reference` names, at most `LARGEST_KEPT` bytes.

        Raises:
            NotFetched: see there.
        """
        ...


@dataclass(frozen=True)
class AllowedHosts:
    """From where files are fetched.

    Attributes:
        suffixes: names of hosts, which stand for all below them (`zdn.vn`). Only https; plain http is raised to it.
        origins: whole origins (`http://127.0.0.1:8081`), taken as they are: the channel's own address, a stand-in.
    """

    suffixes: Collection[str] = ()
    origins: Collection[str] = ()

    def allowed(self, address: str) -> str:
        """Return the address to fetch.

        Raises:
            NotFetched: it leads elsewhere.
        """
        try:
            parts = urlsplit(address)
            host, port = (parts.hostname or "").rstrip(".").lower(), parts.port
        except ValueError:
            raise NotFetched("address", for_good=True) from None
        if f"{parts.scheme}://{parts.netloc}" in self.origins:
            return address
        named = any(host == suffix or host.endswith(f".{suffix}") for suffix in self.suffixes)
        if parts.scheme not in ("http", "https") or not named or parts.username or port not in (None, 80, 443):
            raise NotFetched("host", for_good=True)
        return urlunsplit(("https", host, parts.path, parts.query, ""))


async def fetch_limited(address: str, hosts: AllowedHosts, *, largest: int = LARGEST_KEPT) -> bytes:
    """Return what lies at an address.

    Raises:
        NotFetched: it leads to a host that is not allowed, is too large, or did not come.
    """
    try:
        async with (
            asyncio.timeout(FETCH_SECONDS),
            # Names are not looked up through anybody's proxy, and no cookie travels from one file to the next.
            aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar()) as session,
        ):
            for _ in range(_REDIRECTS + 1):
                address = hosts.allowed(address)
                async with session.get(address, allow_redirects=False) as answer:
                    if 300 <= answer.status < 400 and "location" in answer.headers:
                        address = urljoin(address, answer.headers["location"])
                        continue
                    if answer.status != 200:
                        raise NotFetched(f"status_{answer.status}", for_good=answer.status in (401, 403, 404, 410))
                    return await _limited(answer, largest)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise NotFetched(type(error).__name__, for_good=False) from error
    raise NotFetched("redirects", for_good=True)


async def _limited(answer: aiohttp.ClientResponse, largest: int) -> bytes:
    if (answer.content_length or 0) > largest:
        raise NotFetched("too_large", for_good=True)
    content = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > largest:
            raise NotFetched("too_large", for_good=True)
    return bytes(content)


#: First bytes -> kind and media type. https://mimesniff.spec.whatwg.org and the formats' own documents.
_SIGNS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xff\xd8\xff", "image", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image", "image/png"),
    (0, b"GIF8", "image", "image/gif"),
    (8, b"WEBP", "image", "image/webp"),
    (4, b"ftypheic", "image", "image/heic"),
    (0, b"OggS", "audio", "audio/ogg"),
    (0, b"ID3", "audio", "audio/mpeg"),
    (0, b"\xff\xfb", "audio", "audio/mpeg"),
    (0, b"\xff\xf1", "audio", "audio/aac"),
    (0, b"\xff\xf9", "audio", "audio/aac"),
    (0, b"#!AMR", "audio", "audio/amr"),
    (8, b"WAVE", "audio", "audio/wav"),
    (4, b"ftypM4A", "audio", "audio/mp4"),
    (4, b"ftyp", "video", "video/mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video", "video/webm"),
    (0, b"%PDF-", "file", "application/pdf"),
    (0, b"PK\x03\x04", "file", "application/zip"),
)


def sniffed(content: bytes) -> tuple[str, str]:
    """Return kind and media type of a file by its first bytes; what is not known is just a file."""
    for offset, sign, kind, media_type in _SIGNS:
        if content[offset : offset + len(sign)] == sign:
            return kind, media_type
    return "file", "application/octet-stream"


class MediaFetcher:
    """Fetches what was sent along with tickets. One process of all does it at a time."""

    def __init__(self, database: Database, clock: Clock, sources: Mapping[str, MediaSource]) -> None:
        self._database = database
        self._clock = clock
        self._sources = sources

    async def run(self) -> None:
        """Fetch until cancelled."""
        await run_alone(self._database, "media_fetcher", self._fetch)

    async def _fetch(self, _session: AsyncConnection) -> None:
        while True:
            if not await self.round():
                await asyncio.sleep(LOOK_SECONDS)

    async def round(self) -> int:
        """Try to fetch some; return how many were tried."""
        async with self._database.single() as connection:
            waiting = await unfetched_media(
                connection,
                channels=list(self._sources),
                most_tries=MOST_TRIES,
                limit=BATCH,
                now=self._clock.now(),
            )
        for one in waiting:
            await self._fetch_one(one, self._sources[one.channel])
        return len(waiting)

    async def _fetch_one(self, one: Unfetched, source: MediaSource) -> None:
        values: dict[str, Any] = {}
        try:
            content = await source.fetch(one.reference)
            kind, media_type = sniffed(content)
            values = {"kind": kind, "media_type": media_type, "content": content}
        except NotFetched as error:
            log.warning("media_not_fetched", media=one.id, reason=str(error), for_good=error.for_good)
            try:
                async with self._database.single() as connection:
                    await note_try(
                        connection,
                        one.id,
                        tries=MOST_TRIES if error.for_good else 1,
                        reason=str(error),
                        not_before=self._clock.now() + FIRST_PAUSE * 2**one.tries,
                    )
            except LOST_CONNECTION:
                await asyncio.sleep(LOOK_SECONDS)
            return
        async with self._database.single() as connection:
            await keep_content(connection, one.id, **values)
        log.info("media_fetched", media=one.id, kind=values["kind"])
