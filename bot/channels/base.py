"""What a channel is to the rest of the system."""

from dataclasses import dataclass
from typing import Protocol

from store.queries.deliveries import ClaimedDelivery, Outcome


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show and what it promises.

    Attributes:
        repeatable: sending means making the ledger row visible, so doing it twice shows it once. A claim on such a
            channel may be taken up again after a crash; elsewhere it becomes `unknown`.
        folds_sources: shows legal sources folded; elsewhere they are written under the text.
        max_buttons: quick replies under one message; more become a numbered menu. 0: none at all.
        max_text_length: code points in one message.
    """

    repeatable: bool
    folds_sources: bool
    max_buttons: int
    max_text_length: int


class Channel(Protocol):
    """Sends messages to people on one channel."""

    name: str
    capabilities: Capabilities

    async def send(self, delivery: ClaimedDelivery) -> Outcome:
        """Send one claimed message and say what became of it.

        Must not raise for anything that the provider answers: errors are outcomes (failed with a reason, or unknown
        when the provider was asked and did not answer).
        """
        ...
