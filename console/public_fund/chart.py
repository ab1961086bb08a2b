"""Charts of the fund as inline SVG: no script, no picture to load. The tables beside them hold the same figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

#: Narrow, so that the words are as large as the page's on a phone.
_WIDTH, _HEIGHT = 420, 170
_LEFT, _BOTTOM, _TOP = 8, 24, 10


@dataclass(frozen=True)
class Column:
    """One month: its label, what came and what was handed over, in đồng."""

    label: str
    received: int
    delivered: int


def columns_chart(columns: Sequence[Column], *, title: str) -> str:
    """Return two columns for each month, as markup that holds nothing but figures and words of ours.

    Amounts below nought (more went back than came) stand as nought.
    """
    highest = max((max(one.received, one.delivered) for one in columns), default=0)
    if highest <= 0:
        return ""
    step = (_WIDTH - 2 * _LEFT) / len(columns)
    wide = min(16.0, step / 3)
    room = _HEIGHT - _BOTTOM - _TOP
    parts = [f'<line x1="{_LEFT}" y1="{_TOP + room}" x2="{_WIDTH - _LEFT}" y2="{_TOP + room}" class="axis"/>']
    for index, one in enumerate(columns):
        middle = _LEFT + step * (index + 0.5)
        for offset, amount, name in ((-wide, one.received, "received"), (0.0, one.delivered, "delivered")):
            high = max(0, amount) * room / highest
            x, y = middle + offset, _TOP + room - high
            parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide - 2:.1f}" height="{high:.1f}" class="{name}"/>')
        parts.append(f'<text x="{middle:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(one.label)}</text>')
    body = "".join(parts)
    return (
        f'<svg class="columns" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )


def share_of(amount: int, of: int) -> int:
    """Return how many percent of the longest bar an amount takes, 0 to 100."""
    return 0 if of <= 0 else max(0, min(100, round(amount * 100 / of)))
