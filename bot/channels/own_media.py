"""Pictures and recordings of our own, which messages name by their path on our web pages."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import structlog

from bot.channels.media import AllowedHosts, NotFetched, fetch_limited
from bot.languages import AUDIO_PATH

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class OwnMedia:
    """Reads what lies behind such a path: recordings from their folder, the rest from our own web process.

    Attributes:
        recordings: folder of recorded speech (content/recordings.py).
        address: where our web process answers; empty while there is none.
    """

    recordings: Path
    address: Callable[[], str]

    async def read(self, path: str, *, largest: int) -> bytes | None:
        """Return the content, None where it cannot be had or is larger than `largest` bytes."""
        name = PurePosixPath(path).name
        if path == f"{AUDIO_PATH}/{name}":
            file = self.recordings / "files" / name
            content = file.read_bytes() if file.is_file() else None
            return content if content is not None and len(content) <= largest else None
        base = self.address().rstrip("/")
        if not base or not path.startswith("/") or path.startswith("//"):
            return None
        try:
            return await fetch_limited(f"{base}{path}", AllowedHosts(origins={base}), largest=largest)
        except NotFetched as error:
            log.warning("own_picture_not_read", reason=str(error))
            return None
