"""Waking whoever waits for messages of a conversation: requests that hold the line, and event streams."""

import asyncio
import contextlib
from collections.abc import Iterator


class SettledSignal:
    """Turns the database's notification "these conversations have new messages" into events of this process."""

    def __init__(self) -> None:
        self._waiting: dict[int, set[asyncio.Event]] = {}

    def heard(self, payload: str) -> None:
        """Wake those who wait for the conversations named in `payload`; an empty payload wakes everybody."""
        ids = [int(word) for word in payload.split()] if payload else list(self._waiting)
        for conversation_id in ids:
            for event in self._waiting.get(conversation_id, ()):
                event.set()

    @contextlib.contextmanager
    def waiting_for(self, conversation_id: int) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever messages of the conversation were settled."""
        event = asyncio.Event()
        self._waiting.setdefault(conversation_id, set()).add(event)
        try:
            yield event
        finally:
            self._waiting[conversation_id].discard(event)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]
