"""How a donor's name is shown: to everybody as the donor chose; what banks tell of names only to treasurers."""

import re
from dataclasses import replace

from fund.pledge_codes import codes_in
from store.queries.fund_statements import StatementRow
from store.queries.pledges import PledgeRow
from store.queries.staff import Staff
from store.staff_roles import Role

_IN_BRACKETS = re.compile(r"\([^()]*\)?|[()]")
#: Words of a name that are hinted at; companies have long ones.
_MOST_WORDS = 5


def masked_name(name: str) -> str:
    """Return a name that its owner knows again, and others do not: the first word, and initials.

    What stands in brackets is left out: it would lead to the person rather than hint at the name.

    >>> masked_name("Nguyễn Thị Mẫu (tổ 5)")
    'Nguyễn T*** M***'
    """
    words = _IN_BRACKETS.sub(" ", name).split() or [""]
    if len(words) < 2:
        return f"{words[0][:1]}***"
    shown = [words[0], *(f"{word[0]}***" for word in words[1:_MOST_WORDS])]
    return " ".join(shown) + ("…" if len(words) > _MOST_WORDS else "")


def public_name(name: str | None, shown: str) -> str | None:
    """Return what everybody may read of a donor's name; None for a hidden one, or where there is none.

    Args:
        shown: `name`, `masked` or `hidden`; anything else hides it.
    """
    if not name:
        return None
    return name if shown == "name" else masked_name(name) if shown == "masked" else None


def public_name_of(pledge: PledgeRow) -> str | None:
    """Return what everybody may read of the name of who made a pledge."""
    return public_name(pledge.donor_name, pledge.name_shown)


def row_for(staff: Staff, row: StatementRow) -> StatementRow:
    """Return a statement row as a member of staff may see it.

    Names, accounts and memos are for those who match and approve; administrators and auditors see the codes in a memo.
    """
    if staff.has(Role.FUND_RECORDER, Role.FUND_APPROVER):
        return row
    return replace(
        row,
        memo=" ".join(codes_in(row.memo).certain) or "***",
        counter_name=masked_name(row.counter_name) if row.counter_name else None,
        counter_account=f"***{row.counter_account[-3:]}" if row.counter_account else None,
    )
