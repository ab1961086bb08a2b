"""What changes for a household between two days, from the rules: for an audience of those whom it concerns.

Nobody is told that they do not qualify: what a household may not get any more becomes "ask the commune again".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.actions.eligibility.state import Check
from content.eligibility import Assessment, ProgrammeResult, Result, assess
from content.household import Household, HouseholdError
from content.translations import Catalogue

#: A message is no list of everything: more than this many lines are summed up.
MOST_LINES = 6


@dataclass(frozen=True)
class Change:
    """One programme that reads differently: `new`, `amount` or `ask_again`."""

    kind: str
    before: ProgrammeResult | None
    after: ProgrammeResult | None

    def line(self, catalogue: Catalogue) -> str:
        """Return the change in words."""
        told = self.after or self.before
        assert told is not None
        name = told.name(catalogue.language.code)
        if self.kind == "amount":
            assert self.before is not None and self.after is not None
            assert self.before.amount is not None and self.after.amount is not None
            return catalogue.text(
                "campaign.change.amount",
                programme=name,
                before=catalogue.money(self.before.amount),
                after=catalogue.money(self.after.amount),
            )
        return catalogue.text(f"campaign.change.{self.kind}", programme=name)


def household_of(answers: Mapping[str, Any]) -> Household | None:
    """The household that kept answers describe; None where they cannot be read any more."""
    check = Check.from_slot(answers)
    if check is None:
        return None
    try:
        return check.household()
    except HouseholdError:
        return None


def changes_for(household: Household, first: date, second: date) -> list[Change]:
    """What reads differently for a household on the second day. Empty where nothing certain does."""
    try:
        before, after = _possible(assess(household, first)), _possible(assess(household, second))
    except HouseholdError:
        return []
    changes = []
    for programme, result in after.items():
        earlier = before.get(programme)
        if earlier is None:
            changes.append(Change("new", None, result))
        elif (
            earlier.amount is not None
            and result.amount is not None
            and (earlier.amount, earlier.per, earlier.amount_kind) != (result.amount, result.per, result.amount_kind)
            and earlier.per == result.per
        ):
            changes.append(Change("amount", earlier, result))
    changes += [Change("ask_again", result, None) for programme, result in before.items() if programme not in after]
    return changes


def may_get(household: Household, programme: str, on: date) -> bool:
    """Whether a household may get a programme on a day, by the rules."""
    try:
        return programme in _possible(assess(household, on))
    except HouseholdError:
        return False


def changes_in_words(changes: list[Change], catalogue: Catalogue) -> str:
    """Lines for the placeholder `{changes}`."""
    lines = [f"• {change.line(catalogue)}" for change in changes[:MOST_LINES]]
    if len(changes) > MOST_LINES:
        lines.append(f"• {catalogue.text('campaign.change.more', number=len(changes) - MOST_LINES)}")
    return "\n".join(lines)


def _possible(assessment: Assessment) -> dict[str, ProgrammeResult]:
    return {result.id: result for result in assessment.programmes if result.result is Result.POSSIBLE}
