"""Reading one cell of a course list. What cannot be read raises `CellFault` with the words for its cause."""

import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum

from content.courses import CODE_PATTERN, MOST_SEATS
from content.folding import folded_syllables
from content.place_units import FormerUnit, Unit, load_places
from content.place_words import place_name
from content.places import resolve
from content.trades import load_trades, trade_named
from content.translations import COMPLETE_LANGUAGES, catalogue_for

#: What a cell of a spreadsheet may hold.
type Cell = str | int | float | bool | date | datetime

_CONTROL = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_DAY = re.compile(r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4})")
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[ T]00:00(?::00)?)?")
_COMMUNES = re.compile(r"[;\n]|,(?=\s*\d{5}\b)")
#: Years that a course may lie in; anything else is a slip of the keyboard.
_YEARS = range(2020, 2100)


class CellFault(Exception):
    """A cell that cannot be read: `cause` is a key `course_sheet.<cause>` of the catalogues."""

    def __init__(self, cause: str, **values: str) -> None:
        self.cause = cause
        self.values = values
        super().__init__(cause)


def _plain(cell: Cell) -> str:
    """The cell as text: NFC, without invisible characters, single-spaced. A whole number has no decimals."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = _CONTROL.sub(" ", unicodedata.normalize("NFC", str(cell)))
    if text.lstrip().startswith("=") or text.strip().upper() in ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!"):
        raise CellFault("formula", found=text.strip()[:40])
    return " ".join(text.split())


def read_text(cell: Cell, longest: int) -> str:
    """Text of at most `longest` letters."""
    text = _plain(cell)
    if len(text) > longest:
        raise CellFault("too_long", length=str(len(text)), longest=str(longest))
    return text


def read_code(cell: Cell) -> str:
    """A code of capital letters, digits and hyphens."""
    code = _plain(cell).upper()
    if not re.fullmatch(CODE_PATTERN, code):
        raise CellFault("bad_code", found=code[:40])
    return code


def read_trade(cell: Cell) -> str:
    """The id of a trade, from its id, its name or a phrase that means it."""
    words, trades = _plain(cell), load_trades()
    trade = trade_named(words, trades)
    if trade is None:
        raise CellFault("unknown_trade", found=words[:60], known=", ".join(one.vi for one in trades.values()))
    return trade


def read_communes(cell: Cell, today: date) -> tuple[str, ...]:
    """Codes of today's units, from codes or names with a semicolon between."""
    written = [part.strip() for part in _COMMUNES.split(str(cell)) if part.strip()]
    return tuple(dict.fromkeys(_commune(_plain(part), today) for part in written))


def _commune(words: str, today: date) -> str:
    if words.isdecimal():
        if words not in load_places().units:
            raise CellFault("unknown_commune_code", found=words)
        return words
    found = {
        place.now if isinstance(place, FormerUnit) else place.id
        for place in (candidate.place for candidate in resolve(words, on=today).candidates)
        if isinstance(place, FormerUnit | Unit)
    }
    if len(found) != 1:
        if not found:
            raise CellFault("unknown_commune", found=words[:60])
        units, catalogue = load_places().units, catalogue_for("vi")
        meant = ", ".join(f"{place_name(units[code], catalogue)} ({code})" for code in sorted(found))
        raise CellFault("ambiguous_commune", found=words[:60], meant=meant)
    return found.pop()


def read_day(cell: Cell) -> date:
    """A day: a date cell, "15/12/2026" or "2026-12-15"."""
    if isinstance(cell, datetime):
        day = cell.date()
    elif isinstance(cell, date):
        day = cell
    else:
        written = _plain(cell)
        match = _DAY.fullmatch(written) or _ISO_DAY.fullmatch(written)
        if match is None:
            raise CellFault("bad_day", found=written[:40])
        try:
            day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            raise CellFault("no_such_day", found=written[:40]) from None
    if day.year not in _YEARS:
        raise CellFault("bad_year", found=str(day.year))
    return day


def read_seats(cell: Cell) -> int:
    """A whole number of seats."""
    # "20.0" is what programs make of a whole number; "1.000" would be a thousand to a reader and is refused.
    written = re.sub(r"[.,]0$", "", _plain(cell))
    if not re.fullmatch(r"\d{1,9}", written) or not 1 <= int(written) <= MOST_SEATS:
        raise CellFault("bad_seats", found=written[:40], most=str(MOST_SEATS))
    return int(written)


_PREFIXES = {"FeeNote": "course.fee_choice", "SupportNote": "course.support_choice", "CourseState": "course.state"}


def choice_names(choices: type[StrEnum], language: str) -> dict[str, str]:
    """The values of a closed list with the short words that sheets carry."""
    catalogue = catalogue_for(language)
    return {choice.value: catalogue.text(f"{_PREFIXES[choices.__name__]}.{choice.value}") for choice in choices}


def read_choice(cell: Cell, choices: type[StrEnum]) -> StrEnum:
    """One of a closed list, by its id or its words in either language."""
    words = folded_syllables(_plain(cell))
    for language in COMPLETE_LANGUAGES:
        for value, name in choice_names(choices, language).items():
            if words in (folded_syllables(name), folded_syllables(value)):
                return choices(value)
    known = ", ".join(choice_names(choices, "vi").values())
    raise CellFault("unknown_choice", found=_plain(cell)[:40], known=known)
