"""Pictures and files in the form that Zalo takes: by address, or handed over once and remembered by content."""

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.channels.base import Failed
from bot.channels.capabilities import ZALO_OA
from bot.channels.zalo.bodies import absolute
from bot.channels.zalo.client import Refusal, ZaloClient
from bot.languages import AUDIO_PATH
from store.clock import Clock
from store.database import Database
from store.delivery_errors import ErrorClass
from store.queries.zalo_uploads import drop_upload, find_upload, keep_upload

#: Zalo keeps an upload for seven days.
UPLOAD_LASTS = timedelta(days=6)
#: Largest file; pictures have their own limit in the capabilities.
LARGEST_FILE = 5 * 1024 * 1024
_PICTURES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
_FILES = {
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".csv": "text/csv",
}


class NoPicture(Exception):
    """The picture cannot be sent; `failed` says what that means for the message."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.reason)
        self.failed = failed


class Uploads:
    """Hands pictures and files over.

    Args:
        folder: where the files lie that this system serves under `/audio/`.
        public_address: where people, and Zalo, reach this system.
    """

    def __init__(
        self, client: ZaloClient, database: Database, clock: Clock, *, folder: Path, public_address: str = ""
    ) -> None:
        self._client = client
        self._database = database
        self._clock = clock
        self._folder = folder
        self._public_address = public_address

    async def picture(self, where: str) -> dict[str, Any]:
        """Return what a message names a picture by: its upload where the file is ours, else its address.

        Raises:
            NoPicture: Zalo did not take it, or nobody can reach it.
        """
        own = self._own_file(where)
        if own is not None and own.suffix.lower() in _PICTURES:
            return {"attachment_id": await self._uploaded("image", own, ZALO_OA.max_image_bytes, _PICTURES)}
        address = absolute(where, self._public_address)
        if address is None:
            raise NoPicture(Failed(ErrorClass.PAYLOAD, "zalo_picture_without_address"))
        return {"url": address}

    async def file(self, path: Path) -> str:
        """Return the token of a file (pdf, doc, docx, csv).

        Raises:
            NoPicture: Zalo did not take it.
        """
        return await self._uploaded("file", path, LARGEST_FILE, _FILES)

    async def forget(self, where: str) -> None:
        """Forget the upload of a picture that Zalo does not know any more."""
        if (own := self._own_file(where)) is not None:
            content = await asyncio.to_thread(own.read_bytes)
            async with self._database.single() as connection:
                await drop_upload(connection, digest=_digest(content), kind="image")

    def _own_file(self, where: str) -> Path | None:
        if not where.startswith(f"{AUDIO_PATH}/"):
            return None
        file = self._folder / "files" / Path(where).name
        return file if file.is_file() else None

    async def _uploaded(self, kind: str, path: Path, largest: int | None, types: dict[str, str]) -> str:
        content = await asyncio.to_thread(path.read_bytes)
        media_type = types.get(path.suffix.lower())
        if media_type is None or (largest is not None and len(content) > largest):
            raise NoPicture(Failed(ErrorClass.PAYLOAD, f"zalo_{kind}_not_acceptable"))
        digest, now = _digest(content), self._clock.now()
        async with self._database.single() as connection:
            known = await find_upload(connection, digest=digest, kind=kind, since=now - UPLOAD_LASTS)
        if known is not None:
            return known
        answer = await self._client.upload(kind, path.name, content, media_type)
        if isinstance(answer, Refusal):
            raise NoPicture(answer.failed)
        if isinstance(answer, Failed):
            raise NoPicture(answer)
        token = f"{answer.data.get('token' if kind == 'file' else 'attachment_id') or ''}"
        if not token:
            raise NoPicture(Failed(ErrorClass.RETRYABLE, f"zalo_{kind}_without_token"))
        async with self._database.single() as connection:
            await keep_upload(connection, digest=digest, kind=kind, token=token, now=now)
        return token


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
