"""Numbers of people so small that neighbours could tell who it was are not shown."""

from collections.abc import Mapping

#: Groups of fewer people than this are not shown.
SMALLEST_SHOWN = 5


def hide_small[Name](counts: Mapping[Name, int]) -> dict[Name, int | None]:
    """Return counts with small ones as None; one more where a single hidden one would follow from the total."""
    hidden = {name for name, number in counts.items() if 0 < number < SMALLEST_SHOWN}
    if len(hidden) == 1:
        rest = [name for name, number in counts.items() if name not in hidden and number > 0]
        hidden |= set(sorted(rest, key=lambda name: (counts[name], str(name)))[:1])
    return {name: None if name in hidden else number for name, number in counts.items()}
