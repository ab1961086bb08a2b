"""Campaigns give way to answers: while somebody is being answered, bulk leaves slowly enough not to be in the way."""

import time

#: Bulk gives way for so long after a message that belongs to no campaign was to be sent, by whichever process.
GIVES_WAY_SECONDS = 1.0
#: Meanwhile so many leave together, every so many seconds: 75 a second, more than any of our messengers lets through.
#: One after the other, evenly: an answer that comes meanwhile waits for one message at most, and seldom for a claim.
TOGETHER = 15
EVERY_SECONDS = 0.2


class GivingWay:
    """When bulk gives way, and when its next few may leave. By the machine's own clock: nothing of it is kept."""

    def __init__(self) -> None:
        self._until = 0.0
        self._next = 0.0

    def note(self) -> None:
        """Note that an answer, a receipt or a reminder is to be sent now."""
        self._until = time.monotonic() + GIVES_WAY_SECONDS

    @property
    def now(self) -> bool:
        """True while bulk gives way."""
        return time.monotonic() < self._until

    def turn(self) -> float:
        """Return for how many seconds the next few still wait; 0 lets them leave, and begins the time of the next."""
        now = time.monotonic()
        if now < self._next:
            return self._next - now
        self._next = now + EVERY_SECONDS
        return 0.0
