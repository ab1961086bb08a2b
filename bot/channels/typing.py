"""Showing "typing…" where an answer takes long."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.channels.waiting import SettledSignal

#: Answers mostly come sooner; then it would only flicker.
AFTER_SECONDS = 0.7
#: What is said to a provider beside answers, at most so much at once; it is all dispensable.
_MOST = 20


class Typing:
    """Does small things beside reading, and the sign of life after a while."""

    def __init__(self, signal: SettledSignal) -> None:
        self._signal = signal
        self._doing: set[asyncio.Task[None]] = set()

    def aside(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do something beside everything else, unless too much of it is under way."""
        if len(self._doing) >= _MOST:
            doing.close()
            return
        task = asyncio.create_task(doing)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    def soon(self, conversation_id: int, show: Callable[[], Awaitable[None]]) -> None:
        """Call `show` if nothing of the conversation was settled within `AFTER_SECONDS`."""
        self.aside(self._unless_settled(conversation_id, show))

    async def _unless_settled(self, conversation_id: int, show: Callable[[], Awaitable[None]]) -> None:
        with self._signal.waiting_for(conversation_id) as waiting:
            try:
                await asyncio.wait_for(waiting.settled.wait(), AFTER_SECONDS)
            except TimeoutError:
                await show()
