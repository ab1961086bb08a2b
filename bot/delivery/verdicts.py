"""What becomes of a message after its channel's answer: sent, tried again later, another way, or settled for good."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.base import SendResult, Sent
from bot.delivery.rules import local_midnight
from store.delivery_errors import ErrorClass
from store.delivery_states import DeliveryState
from store.queries.sending import ClaimedDelivery, Outcome, Route

#: Tries after which a passing fault counts as a failure: the last wait is about eight minutes.
MOST_ATTEMPTS = 6
FIRST_BACK_OFF = timedelta(seconds=2)
LONGEST_BACK_OFF = timedelta(minutes=10)
#: How long an account without permission or money is left alone before its messages are looked at again.
WAIT_FOR_MENDING = timedelta(minutes=1)
#: When a provider says "slower" and not for how long.
DEFAULT_PAUSE = timedelta(seconds=30)
#: What waited for a new day leaves within so long after it began, not at one moment.
SPREAD_OF_A_NEW_DAY = timedelta(minutes=30)

#: Another channel may do where this one does not.
REROUTED = frozenset({ErrorClass.WINDOW_CLOSED, ErrorClass.RECIPIENT, ErrorClass.PERMANENT_RECIPIENT})


def takes_another_route(result: SendResult, *, may_cost: bool) -> bool:
    """True where the person should be tried on another channel of theirs.

    A message that would cost money and may not takes another way too.
    """
    if isinstance(result, Sent):
        return False
    return result.error in REROUTED or (result.error is ErrorClass.BILLING and not may_cost)


def back_off(attempts: int, chance: random.Random) -> timedelta:
    """Return how long to wait after so many failed tries: doubled each time, and half of it up to chance.

    Without chance everything that failed at one moment would come back at one moment.
    """
    doubled: int = 2 ** min(attempts, 20)
    whole = min(FIRST_BACK_OFF * doubled, LONGEST_BACK_OFF)
    return whole * (0.5 + chance.random() / 2)


@dataclass(frozen=True)
class Verdicts:
    """Decides; `chance` makes the jitter."""

    chance: random.Random

    def of(
        self, delivery: ClaimedDelivery, result: SendResult, *, now: datetime, route: Route | None = None
    ) -> Outcome:
        """Return what becomes of a message. `route`: where else its person is reached, if that was asked."""
        made = Outcome(delivery.id, delivery.conversation_id, DeliveryState.SENT)
        if isinstance(result, Sent):
            return _with(made, provider_message_id=result.provider_message_id)
        made = _with(made, reason=result.reason, error_class=result.error)
        if route is not None:
            return _with(made, state=DeliveryState.QUEUED, not_before=now, route=route)
        match result.error:
            case ErrorClass.UNKNOWN:
                return _with(made, state=DeliveryState.UNKNOWN)
            case ErrorClass.RATE:
                wait = (result.retry_after or DEFAULT_PAUSE) + timedelta(seconds=self.chance.random())
                return _with(made, state=DeliveryState.QUEUED, not_before=now + wait)
            case ErrorClass.RETRYABLE if result.new_address is not None and delivery.attempts == 0:
                moved = _with(made, state=DeliveryState.QUEUED, not_before=now, counts=True)
                return _with(moved, moved_to=result.new_address)
            case ErrorClass.RETRYABLE if delivery.attempts + 1 < MOST_ATTEMPTS:
                wait = max(result.retry_after or timedelta(), back_off(delivery.attempts, self.chance))
                return _with(made, state=DeliveryState.QUEUED, not_before=now + wait, counts=True)
            case ErrorClass.QUOTA:
                return _with(made, state=DeliveryState.QUEUED, not_before=self._after_quota(result.retry_after, now))
            case ErrorClass.AUTH | ErrorClass.BILLING:
                wait = (result.retry_after or WAIT_FOR_MENDING) * (1 + self.chance.random())
                return _with(made, state=DeliveryState.QUEUED, not_before=now + wait)
        return _with(made, state=DeliveryState.FAILED)

    def _after_quota(self, retry_after: timedelta | None, now: datetime) -> datetime:
        begins = now + retry_after if retry_after is not None else local_midnight(now) + timedelta(days=1)
        return begins + SPREAD_OF_A_NEW_DAY * self.chance.random()


def _with(outcome: Outcome, **changes: object) -> Outcome:
    return Outcome(**{**vars(outcome), **changes})
