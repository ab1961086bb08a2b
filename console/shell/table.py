"""A plain table: headings for screen readers, a card for each row on a phone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from console.shell.words import span

#: A word of so many characters is kept whole; a longer one (a seal, an address) may be broken anywhere.
_WHOLE = 16
#: Sentences stand below their heading on a phone, not beside it.
_LONG = 60


@dataclass(frozen=True)
class Column[Row]:
    """A column.

    Attributes:
        heading: in the reader's language.
        cell: returns the text of a cell, or draws it and returns None.
        number: set to the right.
    """

    heading: str
    cell: Callable[[Row], Any]
    number: bool = False


def table[Row](rows: Iterable[Row], *columns: Column[Row]) -> None:
    """Draw a table. Text is shown as text, whatever is in it."""
    with ui.element("table").classes("ct-table"):
        with ui.element("thead"), ui.element("tr"):
            for column in columns:
                with ui.element("th").props('scope="col"').classes("num" if column.number else ""):
                    span(column.heading)
        with ui.element("tbody"):
            for row in rows:
                with ui.element("tr"):
                    for column in columns:
                        _cell(row, column)


def _cell(row: Any, column: Column[Any]) -> None:
    cell = ui.element("td").classes("num" if column.number else "")
    cell._props["data-label"] = column.heading
    with cell:
        words = column.cell(row)
        if isinstance(words, str | int):
            span(str(words))
            # A date, a code or a number is not broken in the middle for the sake of a longer neighbour.
            if " " not in str(words) and len(str(words)) <= _WHOLE:
                cell.classes("whole")
            elif len(str(words)) > _LONG:
                cell.classes("long")
