"""The web chat: its page, `POST /api/chat/messages`, and the events that arrive later.

The conversation id is the key to the conversation: the page makes 128 random bits of it, and whoever knows it can read
what was said under it.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, Field

from bot.as_on import AsOnRefused, read_token
from bot.channels.ledger import WEB
from bot.channels.waiting import SettledSignal
from bot.inbox import Inbox, TooManyWaiting
from bot.messages import MAX_TEXT_LENGTH, Incoming, OutgoingMessage, clean_text
from bot.payloads import UnknownPayload, check_payload
from content.translations import COMPLETE_LANGUAGES, catalogue_for
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.queries.deliveries import (
    ShownMessage,
    answer_to,
    said_messages,
    shown_messages,
)
from store.queries.inbox import Stored
from store.queries.people import conversation_at

PAGE = Path(__file__).parent / "webchat"
STATIC_FILES = {
    "chat.css": "text/css",
    "chat.js": "text/javascript",
    "view.js": "text/javascript",
    "favicon.svg": "image/svg+xml",
    "icon.png": "image/png",
}

#: How long a request may hold the line for its answer; later it comes as an event.
LONGEST_WAIT_SECONDS = 25.0
DEFAULT_WAIT_SECONDS = 10.0
#: An event stream says something at least this often, so that proxies keep it open.
PING_SECONDS = 15.0
#: A stream opened before the first message looks for its conversation this often, half a second apart. Then it ends;
#: the page opens another, and streams of made-up ids do not keep the database busy.
LOOKS_FOR_A_NEW_CONVERSATION = 60
#: Messages settled this recently are sent again on reconnect; the page drops what it has. A message may be numbered
#: before one that the page has already and still be sent after it.
OVERLAP = timedelta(minutes=5)

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "media-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

ConversationId = Annotated[str, Query(min_length=1, max_length=128, pattern=r"^[\w.:\-]+$")]


class ChatMessage(BaseModel):
    """What the page sends: a typed `text`, or the `payload` of a button with its `title`."""

    conversation: str = Field(min_length=1, max_length=128, pattern=r"^[\w.:\-]+$")
    text: str | None = None
    payload: str | None = Field(None, max_length=500)
    title: str | None = Field(None, max_length=200)
    message_id: str | None = Field(
        None, min_length=1, max_length=64, pattern=r"^[\w.\-]+$", description="Repeat it to send safely again."
    )
    as_on: str | None = Field(
        None, max_length=200, description="Token of a link of `chungtay as-on`: answer as on its day, for staff."
    )
    on: str | None = Field(
        None, max_length=40, description="The day to answer as on; refused without the token in `as_on` for that day."
    )


class ChatReply(BaseModel):
    """Messages in answer. `accepted` is the id of the message that was stored; `pending` that more is coming."""

    messages: list[OutgoingMessage]
    accepted: str
    pending: bool = False


def _error(status: int, key: str, language: str, **values: object) -> Response:
    message = catalogue_for(language).text(f"bot.error.{key}", **values)
    return Response(
        orjson.dumps({"error": {"code": key, "message": message}}), status_code=status, media_type="application/json"
    )


def language_of(header: str | None) -> str:
    """Return the first language of an Accept-Language header in which everything is translated, else Vietnamese."""
    for part in (header or "").split(","):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in COMPLETE_LANGUAGES:
            return code
    return "vi"


def wishes_of(message: ChatMessage, secret: bytes, now: datetime) -> dict[str, Any]:
    """Return the wishes that a message may have: the day of its token, marked as a trial by staff.

    Raises:
        AsOnRefused: a day without a token for it, or a token that may not be used.
    """
    if message.as_on is None:
        if message.on is not None:
            raise AsOnRefused(expired=False)
        return {}
    day = read_token(secret, message.as_on, now).day.isoformat()
    if message.on not in (None, day):
        raise AsOnRefused(expired=False)
    return {"on": day, "staff_test": True}


def web_router(
    database: Database,
    inbox: Inbox,
    clock: Clock,
    signal: SettledSignal,
    rasa_is_up: Callable[[], bool],
    *,
    link_secret: bytes,
) -> APIRouter:
    """Return the routes of the web chat. `link_secret` signs the links with which staff ask as on another day."""
    router = APIRouter()
    answers = _Answers(database, clock, signal)

    @router.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(
            PAGE / "index.html", media_type="text/html", headers=_HEADERS | {"Cache-Control": "no-cache"}
        )

    @router.get("/static/{name}", include_in_schema=False)
    async def static_file(name: str) -> Response:
        if name not in STATIC_FILES:
            return Response(status_code=404)
        return FileResponse(
            PAGE / name, media_type=STATIC_FILES[name], headers=_HEADERS | {"Cache-Control": "no-cache"}
        )

    @router.post("/api/chat/messages", response_model=ChatReply, responses={202: {"model": ChatReply}})
    async def say(
        message: ChatMessage,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_SECONDS)] = DEFAULT_WAIT_SECONDS,
        accept_language: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Store a message and, if it comes within `wait` seconds, return its answer."""
        language = language_of(accept_language)
        payload = None
        if message.payload is not None:
            try:
                payload = check_payload(message.payload)
            except UnknownPayload:
                return _error(422, "unknown_payload", language)
            text = clean_text(message.title or message.payload)
        else:
            text = clean_text(message.text or "")
            if not text:
                return _error(422, "empty", language)
            if len(text) > MAX_TEXT_LENGTH:
                return _error(422, "too_long", language, limit=MAX_TEXT_LENGTH)
        try:
            wishes = wishes_of(message, link_secret, clock.now())
        except AsOnRefused as refused:
            return _error(403, "as_on_expired" if refused.expired else "as_on_refused", language)
        message_id = message.message_id or uuid.uuid4().hex
        incoming = Incoming(
            channel=WEB,
            address=message.conversation,
            provider_message_id=f"{message.conversation}:{message_id}",
            text=text,
            payload=payload,
            language=language,
            wishes=wishes,
        )
        try:
            stored = await inbox.accept(incoming)
        except TooManyWaiting:
            return _error(429, "too_many_waiting", language)
        except LOST_CONNECTION:
            return _error(503, "not_stored", language)
        # While Rasa is away nobody is kept on the line: the message is safe and the answer comes as an event.
        patience = wait if rasa_is_up() else 0.0
        messages, complete = await answers.within(patience, stored)
        body = {"messages": messages, "accepted": message_id, "pending": not complete}
        return Response(orjson.dumps(body), status_code=200 if complete else 202, media_type="application/json")

    @router.get("/api/chat/messages")
    async def history(conversation: ConversationId, after: int = 0) -> Response:
        """Return both sides of a conversation, oldest first; with `after`, what came since (and a little before)."""
        try:
            messages = await answers.history(conversation, after)
        except LOST_CONNECTION:
            return _error(503, "not_read", "vi")
        return Response(
            orjson.dumps({"messages": messages}),
            media_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    @router.get("/api/chat/events", include_in_schema=False)
    async def events(
        request: Request,
        conversation: ConversationId,
        after: int = 0,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> Response:
        if last_event_id is not None and last_event_id.isdecimal():
            after = max(after, int(last_event_id))
        return StreamingResponse(
            answers.stream(conversation, after),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return router


class _Answers:
    """Reads the ledger for pages that wait."""

    def __init__(self, database: Database, clock: Clock, signal: SettledSignal) -> None:
        self._database = database
        self._clock = clock
        self._signal = signal

    async def within(self, seconds: float, stored: Stored) -> tuple[list[Any], bool]:
        """Return what was sent in answer to a message within `seconds`, and whether that is all of it."""
        incoming_id = stored.incoming_id
        deadline = time.monotonic() + seconds
        with self._signal.waiting_for(stored.conversation_id) as waiting:
            if not stored.new:
                # It may have been answered long ago: nothing will wake us then.
                waiting.settled.set()
            while True:
                left = deadline - time.monotonic()
                if left <= 0:
                    return [], False
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(waiting.settled.wait(), min(left, 2.0))
                if incoming_id in waiting.answers:
                    return list(waiting.answers[incoming_id]), True
                waiting.settled.clear()
                try:
                    async with self._database.single() as connection:
                        answer = await answer_to(connection, incoming_id)
                except LOST_CONNECTION:
                    await asyncio.sleep(0.2)
                    continue
                if answer.complete or (answer.messages and left < 0.5):
                    return list(answer.messages), answer.complete

    async def history(self, address: str, after: int) -> list[dict[str, Any]]:
        """Return both sides of a conversation in order."""
        async with self._database.single() as connection:
            conversation_id = await conversation_at(connection, channel=WEB, address=address)
            if conversation_id is None:
                return []
            shown = await shown_messages(
                connection, conversation_id=conversation_id, after=after, or_since=self._overlap()
            )
            said = await said_messages(connection, conversation_id=conversation_id)
        messages = [_as_event(message) for message in shown]
        messages += [
            {
                "id": message.id,
                "from": "me",
                "at": message.at.isoformat(),
                "text": message.text,
                "message_id": message.provider_message_id.rpartition(":")[2],
            }
            for message in said
            if message.id > after and message.text
        ]
        return sorted(messages, key=lambda message: int(message["id"]))

    async def stream(self, address: str, after: int) -> AsyncIterator[bytes]:
        """Yield server-sent events: what was sent since, and then whatever is sent, for as long as the page listens."""
        yield b"retry: 2000\n\n"
        conversation_id = None
        for _ in range(LOOKS_FOR_A_NEW_CONVERSATION):
            try:
                async with self._database.single() as connection:
                    conversation_id = await conversation_at(connection, channel=WEB, address=address)
            except LOST_CONNECTION:
                pass
            if conversation_id is not None:
                break
            await asyncio.sleep(0.5)
            yield b": waiting\n\n"
        if conversation_id is None:
            return
        sent: set[int] = set()
        or_since = self._overlap()
        with self._signal.waiting_for(conversation_id) as waiting:
            while True:
                waiting.settled.clear()
                try:
                    async with self._database.single() as connection:
                        shown = await shown_messages(
                            connection, conversation_id=conversation_id, after=after, or_since=or_since
                        )
                except LOST_CONNECTION:
                    yield b": waiting\n\n"
                    await asyncio.sleep(0.5)
                    continue
                for message in shown:
                    if message.id not in sent:
                        sent.add(message.id)
                        data = orjson.dumps(_as_event(message)).decode()
                        yield f"event: message\nid: {message.id}\ndata: {data}\n\n".encode()
                try:
                    await asyncio.wait_for(waiting.settled.wait(), PING_SECONDS)
                except TimeoutError:
                    yield b": ping\n\n"

    def _overlap(self) -> Any:
        return self._clock.now() - OVERLAP


def _as_event(message: ShownMessage) -> dict[str, Any]:
    return {
        **message.message,
        "id": message.id,
        "from": "bot",
        "at": message.at.isoformat(),
        "reply_to": message.reply_to.rpartition(":")[2] if message.reply_to else None,
        "notice": message.kind == "notice",
    }
