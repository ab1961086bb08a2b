"""Which movements are in the books already, by whichever way they came."""

from collections import defaultdict
from collections.abc import Sequence

from fund.pledge_codes import joined
from fund.statement_lines import StatementLine
from store.queries.fund_statements import KnownRow

#: Days by which a webhook and a statement may date the same movement differently: booked after a weekend.
DATES_DIFFER_BY = 3


def new_lines(lines: Sequence[StatementLine], rows: Sequence[KnownRow], *, source: str) -> list[StatementLine]:
    """Return those of `lines`, told by `source`, that are not among `rows`, in their order.

    The same reference, amount and (nearly) day is the same movement. So is the same day, amount and memo where one of
    the two has no reference, or where another source told it: banks number for their programs otherwise than on paper.
    Each row stands for one line: somebody who gives the same twice gave twice.
    """
    free = [True] * len(rows)
    by_reference: dict[tuple[str, int], list[int]] = defaultdict(list)
    by_memo: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.reference:
            by_reference[row.reference, row.amount].append(index)
        by_memo[row.booked_on.isoformat(), row.amount, joined(row.memo)].append(index)

    def by_its_reference(line: StatementLine) -> bool:
        for index in by_reference.get((line.reference or "", line.amount), ()):
            if free[index] and abs((rows[index].booked_on - line.booked_on).days) <= DATES_DIFFER_BY:
                free[index] = False
                return True
        return False

    def by_its_memo(line: StatementLine) -> bool:
        for index in by_memo.get((line.booked_on.isoformat(), line.amount, line.memo_key), ()):
            row = rows[index]
            if free[index] and (row.source != source or not (line.reference and row.reference)):
                free[index] = False
                return True
        return False

    # All references first: a line that is only alike must not take the row of one that is the same.
    unknown = [line for line in lines if not by_its_reference(line)]
    return [line for line in unknown if not by_its_memo(line)]
