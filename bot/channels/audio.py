"""`GET /audio/{file}`: recordings, named by their content, so that phones and proxies keep them for good."""

import re
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from bot.languages import AUDIO_PATH
from content.recordings import HASH_LENGTH, MEDIA_TYPES

_NAME = re.compile(rf"[0-9a-f]{{{HASH_LENGTH}}}\.({'|'.join(MEDIA_TYPES)})")

_HEADERS = {
    # The name is the content: it never changes.
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def audio_router(folder: Path) -> APIRouter:
    """Return the route to the recordings in `folder`. Answers ranges, which players ask for when somebody skips."""
    router = APIRouter()

    @router.api_route(f"{AUDIO_PATH}/{{name}}", methods=["GET", "HEAD"], include_in_schema=False)
    async def recording(name: str) -> Response:
        match = _NAME.fullmatch(name)
        file = folder / "files" / name
        if match is None or not file.is_file():
            return Response(status_code=404)
        return FileResponse(file, media_type=MEDIA_TYPES[match[1]], headers=_HEADERS)

    return router
