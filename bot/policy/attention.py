"""What of the content needs somebody to look: stale, soon to be read again, about to change, about to end, unsure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from content.library import Library
from content.statements import Statement, add_months

#: How long ahead the end of a review stamp, a change and an end are told.
REVIEW_AHEAD = timedelta(days=30)
CHANGE_AHEAD = timedelta(days=180)


class Sign(StrEnum):
    """Why somebody should look."""

    STALE = "stale"
    REVIEW_DUE = "review_due"
    CHANGES = "changes"
    ENDS = "ends"
    TO_CONFIRM = "to_confirm"


@dataclass(frozen=True)
class Attention:
    """One statement or number with its signs; `on` is the day of the first change or end, if there is one."""

    kind: str
    name: str
    signs: tuple[Sign, ...]
    on: date | None


def attention_to(library: Library, statement: Statement, today: date) -> Attention:
    """Return why a statement needs a look today; no signs where it does not."""
    signs, on = [], None
    if statement.review_has_expired_on(today):
        signs.append(Sign.STALE)
    elif statement.review_has_expired_on(today + REVIEW_AHEAD):
        signs.append(Sign.REVIEW_DUE)
    periods = library.periods_of(statement)
    now = next((one for one in periods if one.covers(today)), None)
    following = next((one for one in periods if one.valid_from > today), None)
    if following is not None and following.valid_from <= today + CHANGE_AHEAD:
        signs.append(Sign.CHANGES)
        on = following.valid_from
    elif now is not None and now.valid_to is not None and now.valid_to <= today + CHANGE_AHEAD:
        signs.append(Sign.ENDS)
        on = now.valid_to
    if now is not None and now.version.certainty.needs_confirmation:
        signs.append(Sign.TO_CONFIRM)
    return Attention("statement", statement.id, tuple(signs), on)


def all_attention(library: Library, today: date) -> list[Attention]:
    """Return all statements and numbers that need a look, what is wrong first, then what changes soonest."""
    found = [attention_to(library, one, today) for one in library.statements.values()]
    for parameter in library.parameters.values():
        signs, on = [], None
        expires = add_months(parameter.metadata.reviewed_on, parameter.metadata.review_months)
        if today > expires:
            signs.append(Sign.STALE)
        elif today + REVIEW_AHEAD > expires:
            signs.append(Sign.REVIEW_DUE)
        start = next((day for day in parameter.starts if today < day <= today + CHANGE_AHEAD), None)
        if start is not None:
            signs.append(Sign.CHANGES if parameter.value_on(start) is not None else Sign.ENDS)
            on = start
        found.append(Attention("parameter", parameter.name, tuple(signs), on))
    urgent = [one for one in found if set(one.signs) - {Sign.TO_CONFIRM}]
    return sorted(urgent, key=lambda one: (Sign.STALE not in one.signs, one.on or date.max, one.name))
