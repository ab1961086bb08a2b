"""Why a recipient that was claimed is not sent to after all: looked at when the message is about to leave."""

import random
from datetime import datetime

from bot.delivery.rules import SendingRules, next_morning
from bot.delivery.shipping import TOO_OLD
from bot.delivery.verdicts import SPREAD_OF_A_NEW_DAY
from store.delivery_states import DeliveryState
from store.queries.bulk import ClaimedRecipient, ReadyRun
from store.queries.sending import Outcome
from store.run_states import Purpose

#: The person said no to news of this topic, or to all.
OPTED_OUT = "opted_out"
#: The person was never asked, or never said yes: silence is not consent.
NO_CONSENT = "no_consent"
#: Other messages of these days have used up what one person gets.
CAP_REACHED = "cap_reached"


def obstacle(
    recipient: ClaimedRecipient, run: ReadyRun, rules: SendingRules, *, now: datetime, chance: random.Random
) -> Outcome | None:
    """Return what becomes of a recipient that may not be sent to now; None if nothing stands in the way.

    What the person asked for themselves (`Purpose.SERVICE`) and an emergency need no yes to news; a no holds always.
    """
    if recipient.consent is False:
        return _settled(recipient, DeliveryState.SKIPPED, OPTED_OUT)
    if recipient.consent is None and run.purpose is not Purpose.SERVICE and not run.overridden:
        return _settled(recipient, DeliveryState.SKIPPED, NO_CONSENT)
    if run.send_before is not None and run.send_before <= now:
        return _settled(recipient, DeliveryState.EXPIRED, TOO_OLD)
    if recipient.capped and recipient.reachable:
        morning = next_morning(now, rules, run.purpose)
        if morning is None or (run.send_before is not None and morning >= run.send_before):
            return _settled(recipient, DeliveryState.SKIPPED, CAP_REACHED)
        return Outcome(
            recipient.delivery.id,
            recipient.delivery.conversation_id,
            DeliveryState.QUEUED,
            reason=CAP_REACHED,
            not_before=morning + SPREAD_OF_A_NEW_DAY * chance.random(),
        )
    return None


def _settled(recipient: ClaimedRecipient, state: DeliveryState, reason: str) -> Outcome:
    return Outcome(recipient.delivery.id, recipient.delivery.conversation_id, state, reason=reason)
