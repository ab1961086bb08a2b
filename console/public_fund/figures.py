"""What the overview shows: totals of all time, of each month and level, and the chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from console.public_fund.chart import Column
from fund.books import TOTALS
from store.ledger_chain import DEMO_LEVEL
from store.queries.fund_ledger import Total

#: Months that the overview shows; older ones are behind the years.
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class MonthOfLevel:
    """Đồng of one month on one level."""

    month: date
    level: str
    pledged: int = 0
    received: int = 0
    allocated: int = 0
    delivered: int = 0


@dataclass(frozen=True)
class Figures:
    """Totals of all time; months of the wanted time, newest first; the years that have any."""

    pledged: int
    received: int
    allocated: int
    delivered: int
    months: tuple[MonthOfLevel, ...]
    years: tuple[int, ...]

    def columns(self) -> list[Column]:
        """Return the months for the chart, oldest first, all levels together."""
        sums: dict[date, tuple[int, int]] = {}
        for one in self.months:
            received, delivered = sums.get(one.month, (0, 0))
            sums[one.month] = received + one.received, delivered + one.delivered
        months = sorted(sums)
        # The year is said where it begins: more does not fit on a phone.
        labels = [
            f"{month:%m/%y}" if month in (months[0], month.replace(month=1)) else f"{month:%m}" for month in months
        ]
        return [Column(label, *sums[month]) for label, month in zip(labels, months, strict=True)]


def figures_of(totals: Sequence[Total], *, demo: bool, year: int | None = None) -> Figures:
    """Return the figures of the books, or with `demo` those of the made-up ones; months of a year or the newest."""
    names = {account: (name, side) for name, (account, side) in TOTALS.items()}
    months: dict[tuple[date, str], dict[str, int]] = {}
    for total in totals:
        if total.account in names and (total.level == DEMO_LEVEL) == demo:
            name, side = names[total.account]
            month = months.setdefault((total.month, total.level), dict.fromkeys(TOTALS, 0))
            month[name] += side * total.amount
    rows = [MonthOfLevel(month, level, **sums) for (month, level), sums in sorted(months.items(), reverse=True)]
    shown = sorted({row.month for row in rows}, reverse=True)
    wanted = {month for month in shown if month.year == year} if year is not None else set(shown[:MONTHS_SHOWN])
    return Figures(
        **{name: sum(getattr(row, name) for row in rows) for name in TOTALS},
        months=tuple(row for row in rows if row.month in wanted),
        years=tuple(sorted({month.year for month in shown}, reverse=True)),
    )
