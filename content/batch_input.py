"""Many households from a CSV file: columns are parsed, not rows, so that 100,000 of them take moments.

A column is a key of a household (`area`, `income_per_person`, …), of a member (`member_1_age`), `id` or `note`.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from content.household import Household, HouseholdError, Member
from content.legislation.encoding import DESCRIBES, HOUSEHOLD_ENCODERS, MEMBER_ENCODERS, Columns, exact_quantity
from content.legislation.system import Legislation
from content.legislation.truth import YES, Bools, Ints

_MEMBER = re.compile(r"member_(?P<number>[1-9]\d?)_(?P<key>[a-z_]+)")
_GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+")
_WORDS = {
    "true": True,
    "yes": True,
    "có": True,
    "co": True,
    "false": False,
    "no": False,
    "không": False,
    "khong": False,
}
#: Columns that are carried along and mean nothing to the rules.
LABELS = ("id", "note")
#: Most members of one household that a row may describe.
MOST_MEMBERS = 20


class BatchError(ValueError):
    """A file that cannot be used at all; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One cell that cannot be used. `row` counts like a spreadsheet: the header is row 1."""

    row: int
    column: str
    cause: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.cause}"


@dataclass(frozen=True)
class Batch:
    """The households that could be read, as columns of a simulation; rows with errors are left out."""

    ids: list[str]
    columns: dict[str, Ints]
    household_of_person: Ints | None
    errors: list[RowError] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of the file: its cells, and the variables that they fill where a cell is not empty."""

    name: str
    said: Bools
    values: dict[str, Ints]


def read_batch(file: Path, on: date, system: Legislation) -> Batch:
    """The households of a file as on a day. Raises BatchError where the file as a whole is unusable."""
    header, rows, errors = _read_rows(file)
    numbers = [number for number, _ in rows]
    cells: list[Sequence[str]] = list(zip(*(row for _, row in rows), strict=True)) if rows else [()] * len(header)
    households: list[_Column] = []
    members: dict[int, list[_Column]] = {}
    ids: Sequence[str] = [str(number) for number in numbers]
    for name, column in zip(header, cells, strict=True):
        if name == "id":
            ids = column
        elif name not in LABELS:
            match = _MEMBER.fullmatch(name)
            key = match["key"] if match else name
            parsed = _parse_numbers(name, key, bool(match), column) or _parse(
                name, key, bool(match), column, on, numbers, errors, system
            )
            (members.setdefault(int(match["number"]), []) if match else households).append(parsed)
    good = np.ones(len(rows), dtype=bool)
    # Two keys may speak of one thing (a loan that is wanted, and how much); the same one counts as in JSON.
    order = tuple(HOUSEHOLD_ENCODERS)
    households.sort(key=lambda column: order.index(column.name))
    for described in members.values():
        described.sort(key=lambda column: _place_of(column.name))
    columns = _merge(households, system, numbers, errors)
    by_row = {number: position for position, number in enumerate(numbers)}
    good[[by_row[error.row] for error in errors if error.row in by_row]] = False
    columns["is_described"] = np.full(len(rows), 0, dtype=np.int32)
    for each in households:
        if each.name in DESCRIBES:
            columns["is_described"][each.said] = YES
    people = _people(members, columns, system, good)
    columns = {name: values[good] for name, values in columns.items()}
    errors.sort(key=lambda error: (error.row, header.index(error.column) if error.column in header else 0))
    return Batch([each for each, keep in zip(ids, good, strict=True) if keep], columns | people[0], people[1], errors)


def _read_rows(file: Path) -> tuple[list[str], list[tuple[int, list[str]]], list[RowError]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BatchError(f"{file} is not UTF-8 text. Save it as “CSV UTF-8”.") from error
    except OSError as error:
        raise BatchError(f"{file} cannot be read: {error.strerror or error}.") from error
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(reader)]
    except StopIteration:
        raise BatchError(f"{file} is empty. Its first row names the columns.") from None
    _check_header(file, header)
    rows, errors = [], []
    for number, row in enumerate(reader, 2):
        if len(row) == len(header):
            rows.append((number, row))
        elif row:
            cause = f"has {len(row)} cells, the header has {len(header)}. Add or remove separators."
            errors.append(RowError(number, header[0], cause))
    return header, rows, errors


def _check_header(file: Path, header: list[str]) -> None:
    known = [*HOUSEHOLD_ENCODERS, *LABELS]
    for name in header:
        match = _MEMBER.fullmatch(name)
        if match and match["key"] in MEMBER_ENCODERS and int(match["number"]) <= MOST_MEMBERS:
            continue
        if name not in known:
            raise BatchError(
                f"{file}: unknown column `{name}`. Columns are {', '.join(known)}, and member_1_{{key}} with "
                f"{', '.join(MEMBER_ENCODERS)}."
            )
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise BatchError(f"{file}: the column `{twice}` stands twice. Keep one.")


def _parse_numbers(name: str, key: str, of_member: bool, cells: Sequence[str]) -> _Column | None:
    """A column of plain numbers at once; None where a cell needs a closer look."""
    stem = exact_quantity(key, of_member=of_member)
    if stem is None:
        return None
    try:
        found = np.fromiter((int(cell) if cell else -1 for cell in cells), dtype=np.int64, count=len(cells))
        said = found >= 0
        if said.any():
            for limit in (found[said].min(), found[said].max()):
                _adapter(key, of_member).validate_python(int(limit))
    except (ValueError, OverflowError):
        return None
    if (found < -1).any() or any(cell == "-1" for cell in cells if cell.startswith("-")):
        return None
    values = found.astype(np.int32)
    return _Column(name, said, {f"{stem}_min": values, f"{stem}_max": values})


def _parse(
    name: str,
    key: str,
    of_member: bool,
    cells: Sequence[str],
    on: date,
    numbers: list[int],
    errors: list[RowError],
    system: Legislation,
) -> _Column:
    """Every different cell is parsed once, by the same rules as the key of a household's JSON."""
    codes: dict[str, int] = {}
    inverse = np.fromiter((codes.setdefault(cell, len(codes)) for cell in cells), dtype=np.intp, count=len(cells))
    encoder = (MEMBER_ENCODERS if of_member else HOUSEHOLD_ENCODERS)[key]
    adapter = _adapter(key, of_member)
    encoded: list[Columns] = []
    said = np.ones(len(codes), dtype=bool)
    causes: dict[int, str] = {}
    for code, cell in enumerate(codes):
        columns: Columns = {}
        written = cell.strip()
        if not written:
            said[code] = False
        else:
            try:
                columns = encoder(adapter.validate_python(_value(key, written)), on)
            except (ValidationError, HouseholdError) as error:
                said[code] = False
                causes[code] = _cause(error, written)
        encoded.append(columns)
    if causes:
        bad = np.flatnonzero(np.isin(inverse, list(causes)))
        errors += [RowError(numbers[row], name, causes[int(inverse[row])]) for row in bad]
    variables = dict.fromkeys(variable for columns in encoded for variable in columns)
    values = {
        variable: np.array([c.get(variable, system.defaults[variable]) for c in encoded], dtype=np.int32)[inverse]
        for variable in variables
    }
    return _Column(name, said[inverse], values)


@lru_cache(maxsize=128)
def _adapter(key: str, of_member: bool) -> TypeAdapter[Any]:
    info = (Member if of_member else Household).model_fields[key]
    # `rebuild_annotation` keeps the limits of the field.
    return TypeAdapter(info.rebuild_annotation())


def _value(key: str, written: str) -> Any:
    """A cell as the JSON value it stands for: 1.400.000 is a number, có and yes are true."""
    if key == "deprivations" and not written.isdigit():
        return [part for part in re.split(r"[|+\s]+", written) if part]
    if key in ("commune", "ethnicity", "escaped_on"):
        return date.fromisoformat(written) if key == "escaped_on" and _is_date(written) else written
    if written.isdigit():
        return int(written)
    if _GROUPED.fullmatch(written):
        return int(re.sub(r"[.,]", "", written))
    return _WORDS.get(written.lower(), written)


def _is_date(written: str) -> bool:
    try:
        date.fromisoformat(written)
    except ValueError:
        return False
    return True


def _cause(error: ValidationError | HouseholdError, written: str) -> str:
    if isinstance(error, HouseholdError):
        return str(error)
    return f"{error.errors(include_url=False)[0]['msg']} (found {written[:60]!r})."


def _merge(parsed: list[_Column], system: Legislation, numbers: list[int], errors: list[RowError]) -> dict[str, Ints]:
    """The columns of all households; two columns that fill the same variable differently contradict each other."""
    size = len(numbers)
    columns: dict[str, Ints] = {}
    filled: dict[str, Bools] = {}
    for column in parsed:
        for variable, values in column.values.items():
            if variable not in columns:
                columns[variable] = np.full(size, system.defaults[variable], dtype=np.int32)
                filled[variable] = np.zeros(size, dtype=bool)
            # A commune that is not known, or not yet there, says nothing about its area.
            here = column.said & (values != system.defaults[variable])
            if variable == "is_urban":
                contrary = here & filled[variable] & (columns[variable] != values)
                errors += [
                    RowError(numbers[row], column.name, "contradicts the area. Leave one of them out.")
                    for row in np.flatnonzero(contrary)
                ]
            columns[variable][here] = values[here]
            filled[variable] |= here
    if "income_said_min" in columns and "income_said_max" in columns:
        for row in np.flatnonzero(columns["income_said_min"] > columns["income_said_max"]):
            errors.append(RowError(numbers[row], "income_above", "lies over income_at_most. Leave one of them out."))
    return columns


def _place_of(name: str) -> int:
    match = _MEMBER.fullmatch(name)
    assert match is not None
    return tuple(MEMBER_ENCODERS).index(match["key"])


def _people(
    members: dict[int, list[_Column]], columns: dict[str, Ints], system: Legislation, good: Bools
) -> tuple[dict[str, Ints], Ints | None]:
    if not members:
        return {}, None
    size, slots = len(good), sorted(members)
    present = np.stack([np.logical_or.reduce([c.said for c in members[slot]]) for slot in slots], axis=1)
    listed = present.any(axis=1)
    columns["people_known"] = np.where(listed, YES, 0).astype(np.int32)
    columns["is_described"] = np.maximum(columns["is_described"], columns["people_known"])
    # A household of which no member was described has one of whom nothing is known.
    present[~listed, 0] = True
    present &= good[:, None]
    variables = dict.fromkeys(variable for slot in slots for c in members[slot] for variable in c.values)
    found: dict[str, Ints] = {}
    for variable in variables:
        table = np.full((size, len(slots)), system.defaults[variable], dtype=np.int32)
        for position, slot in enumerate(slots):
            for column in members[slot]:
                if variable in column.values:
                    table[column.said, position] = column.values[variable][column.said]
        found[variable] = table[present]
    home = np.repeat(np.arange(size)[:, None], len(slots), axis=1)[present]
    new_row = np.cumsum(good) - 1
    return found, new_row[home].astype(np.int64)
