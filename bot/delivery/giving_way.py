"""Campaigns give way to answers: while somebody is being answered, bulk leaves slowly enough not to be in the way."""

import asyncio
import time

#: Bulk gives way for so long after somebody was being answered, by whichever process and on whichever channel.
GIVES_WAY_SECONDS = 1.0
#: So many a second leave meanwhile on a channel: about what the quickest of our messengers lets through.
PER_SECOND = 60
#: They are claimed and written together, for claiming and writing are what an answer would wait behind, and leave one
#: after the other: an answer that comes meanwhile waits for one message at most.
TOGETHER_SECONDS = 1.0
#: Where a limit lets few through at a time, the next few are claimed no sooner.
LEAST_REST_SECONDS = 0.2
#: After an answer was queued nothing of bulk begins for so long: about what it takes from the ledger to the messenger.
HOLDS_STILL_SECONDS = 0.02
#: What is claimed has to be sent long before its claim ends.
_MOST_ANSWERS_WAITED_FOR = 10


class GivingWay:
    """When bulk gives way. By the machine's own clock: nothing of it is kept."""

    def __init__(self) -> None:
        self._until = 0.0
        self._still_until = 0.0

    def note(self) -> None:
        """Note that somebody is being answered."""
        self._until = time.monotonic() + GIVES_WAY_SECONDS

    def note_to_send(self) -> None:
        """Note that an answer, a receipt or a reminder is to leave now."""
        self.note()
        self._still_until = time.monotonic() + HOLDS_STILL_SECONDS

    async def hold_still(self) -> None:
        """Wait while an answer is on its way from the ledger, but not for ever where one follows the other."""
        for _ in range(_MOST_ANSWERS_WAITED_FOR):
            if (seconds := self._still_until - time.monotonic()) <= 0:
                return
            await asyncio.sleep(seconds)

    @property
    def now(self) -> bool:
        """True while bulk gives way."""
        return time.monotonic() < self._until
