"""Arrays for a simulation from the columns of single households."""

from collections.abc import Sequence

import numpy as np

from content.legislation.encoding import Columns
from content.legislation.system import Legislation
from content.legislation.truth import Ints

type Row = tuple[Columns, list[Columns]]


def tabulate(system: Legislation, rows: Sequence[Row]) -> tuple[dict[str, Ints], Ints | None]:
    """The columns of all households, and the household of each person.

    A household whose members were not listed gets one person of whom nothing is known.
    """
    people = [members or [{}] for _, members in rows]
    columns = _arrays(system, [household for household, _ in rows])
    columns |= _arrays(system, [member for members in people for member in members])
    sizes = [len(members) for members in people]
    if all(size == 1 for size in sizes):
        return columns, None
    return columns, np.repeat(np.arange(len(rows)), sizes)


def _arrays(system: Legislation, rows: Sequence[Columns]) -> dict[str, Ints]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {
        name: np.array([row.get(name, system.variables[name].default_value) for row in rows], dtype=np.int32)
        for name in names
    }
