"""Waking whoever waits for messages of a conversation: requests that hold the line, and event streams."""

import asyncio
import contextlib
import uuid
from collections.abc import Iterable, Iterator
from typing import Any


class Waiting:
    """One that waits: `settled` is set whenever messages of the conversation were settled.

    `answers` holds, by incoming message, what a worker of this very process answered meanwhile.
    """

    def __init__(self) -> None:
        self.settled = asyncio.Event()
        self.answers: dict[int, list[dict[str, Any]]] = {}


class SettledSignal:
    """Turns the database's notification "these conversations have new messages" into events of this process.

    Attributes:
        origin: how this process calls itself in notifications of what it settled and told its own people already.
    """

    def __init__(self) -> None:
        self.origin = uuid.uuid4().hex[:8]
        self._waiting: dict[int, set[Waiting]] = {}

    def heard(self, payload: str) -> None:
        """Wake those who wait for the conversations named in `payload`; an empty payload wakes everybody."""
        if not payload:
            self._wake(list(self._waiting))
            return
        named = [word.partition("@") for word in payload.split()]
        self._wake([int(number) for number, _, origin in named if origin != self.origin])

    def settled(self, conversation_id: int) -> None:
        """Wake those who wait for this conversation: something of it was settled in this process."""
        self._wake([conversation_id])

    def _wake(self, conversation_ids: Iterable[int]) -> None:
        for conversation_id in conversation_ids:
            for one in self._waiting.get(conversation_id, ()):
                one.settled.set()

    def shown(self, conversation_id: int, incoming_id: int, messages: list[dict[str, Any]]) -> None:
        """Hand the whole answer to a message to those in this process who wait, and wake them."""
        for one in self._waiting.get(conversation_id, ()):
            one.answers[incoming_id] = messages
            one.settled.set()

    @contextlib.contextmanager
    def waiting_for(self, conversation_id: int) -> Iterator[Waiting]:
        """Wait for messages of a conversation inside the `with` block."""
        one = Waiting()
        self._waiting.setdefault(conversation_id, set()).add(one)
        try:
            yield one
        finally:
            self._waiting[conversation_id].discard(one)
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id]
