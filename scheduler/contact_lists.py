"""Lists that officers upload: XLSX or CSV, a row a person. Every faulty row is named before anything is saved.

A row names somebody who has written to us before: by number in this system (`person`), by telephone (`phone`, where
they let us remember it), or by `channel` and `address`. Every other column fills the placeholder of its name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.simulated import SIMULATED
from content.campaign_parts import FIELD_NAME
from content.folding import folded_syllables
from content.sheet_rows import Row
from content.translations import Catalogue
from scheduler.actors import Actor
from store.consent_purposes import ConsentPurpose
from store.queries.consents import consent_of, record_consent
from store.queries.contact_lists import (
    list_named,
    members_of,
    people_by_address,
    people_by_id,
    people_by_phone,
    put_members,
    simulated_person,
)

MOST_ROWS = 20_000
#: Headings, without diacritics, of the columns that say who is meant.
_WHO = {
    "person": "person",
    "ma": "person",
    "ma lien he": "person",
    "phone": "phone",
    "dien thoai": "phone",
    "so dien thoai": "phone",
    "channel": "channel",
    "kenh": "channel",
    "address": "address",
    "dia chi kenh": "address",
}
_PHONE = re.compile(r"(?:\+?84|0)(\d{9})")
#: What made-up recipients do with messages.
SIMULATED_BEHAVIOURS = ("succeed", "block", "timeout", "fail")


@dataclass(frozen=True)
class RowProblem:
    """One fault: row as the spreadsheet numbers it, heading, and cause (`contact_list.<cause>`)."""

    row: int
    column: str
    cause: str
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, catalogue: Catalogue) -> str:
        """What is wrong and what to do."""
        return catalogue.text(f"contact_list.{self.cause}", **self.values)


@dataclass(frozen=True)
class SheetOfPeople:
    """What a sheet holds: the people of its right rows with their fields, and every fault of the others."""

    members: Mapping[int, Mapping[str, str]]
    problems: tuple[RowProblem, ...]
    fields: tuple[str, ...]


async def read_people(connection: AsyncConnection, rows: Sequence[Row]) -> SheetOfPeople:
    """Read a sheet, the line of headings first. Saves nothing."""
    filled = [row for row in rows if any(cell not in (None, "") for cell in row.cells)]
    if not filled:
        return SheetOfPeople({}, (RowProblem(1, "", "empty"),), ())
    heading, *body = filled
    who, fields, problems = _headings(heading)
    if not problems and not body:
        problems.append(RowProblem(heading.number, "", "no_rows"))
    if not problems and len(body) > MOST_ROWS:
        problems.append(RowProblem(heading.number, "", "too_many_rows", {"most": str(MOST_ROWS)}))
    if problems:
        return SheetOfPeople({}, tuple(problems), ())
    found = await _people(connection, body, who)
    members: dict[int, dict[str, str]] = {}
    rows_of: dict[int, int] = {}
    for row in body:
        person = found[row.number]
        if isinstance(person, RowProblem):
            problems.append(person)
        elif person in rows_of:
            problems.append(RowProblem(row.number, "", "twice", {"row": str(rows_of[person])}))
        else:
            rows_of[person] = row.number
            members[person] = {name: _written(_cell(row, position)) for position, name in fields.items()}
    return SheetOfPeople(members, tuple(problems), tuple(fields.values()))


def _headings(heading: Row) -> tuple[dict[str, int], dict[int, str], list[RowProblem]]:
    who: dict[str, int] = {}
    fields: dict[int, str] = {}
    problems = []
    for position, cell in enumerate(heading.cells):
        if cell in (None, ""):
            continue
        folded = " ".join(folded_syllables(str(cell)))
        name = folded.replace(" ", "_")
        if folded in _WHO:
            who[_WHO[folded]] = position
        elif not FIELD_NAME.fullmatch(name):
            problems.append(RowProblem(heading.number, str(cell)[:40], "heading", {"heading": str(cell)[:40]}))
        elif name in fields.values():
            problems.append(RowProblem(heading.number, str(cell)[:40], "heading_twice"))
        else:
            fields[position] = name
    if not who or ("channel" in who) is not ("address" in who):
        problems.append(RowProblem(heading.number, "", "nobody_named"))
    return who, fields, problems


async def _people(
    connection: AsyncConnection, body: Sequence[Row], who: Mapping[str, int]
) -> dict[int, int | RowProblem]:
    """Who each row means, or what is wrong with it."""
    named = {row.number: _named(row, who) for row in body}
    ids = [value for kind, value in named.values() if kind == "person"]
    phones = [value for kind, value in named.values() if kind == "phone"]
    addresses = [value for kind, value in named.values() if kind == "address"]
    known = {("person", one): one for one in await people_by_id(connection, ids)}
    by_phone = await people_by_phone(connection, phones)
    by_address = await people_by_address(connection, addresses)
    found: dict[int, int | RowProblem] = {}
    for number, (kind, value) in named.items():
        if isinstance(value, RowProblem):
            found[number] = value
            continue
        person = {"person": known.get(("person", value)), "phone": by_phone.get(str(value))}.get(
            kind, by_address.get(value) if kind == "address" else None
        )
        found[number] = RowProblem(number, kind, "unknown_person") if person is None else person
    return found


def _named(row: Row, who: Mapping[str, int]) -> tuple[str, Any]:
    def cell(name: str) -> str:
        return _written(_cell(row, who[name])) if name in who else ""

    if number := cell("person"):
        if number.isdecimal():
            return "person", int(number)
        return "", RowProblem(row.number, "person", "not_a_number", {"cell": number[:40]})
    if phone := cell("phone"):
        match = _PHONE.fullmatch(re.sub(r"[\s.\-()]", "", phone))
        if match is None:
            return "", RowProblem(row.number, "phone", "not_a_phone", {"cell": phone[:20]})
        return "phone", f"+84{match[1]}"
    if cell("channel") and cell("address"):
        return "address", (cell("channel").lower(), cell("address"))
    return "", RowProblem(row.number, "", "nobody_in_row")


def _cell(row: Row, position: int) -> Any:
    return row.cells[position] if position < len(row.cells) else None


def _written(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


async def save_people(
    connection: AsyncConnection,
    actor: Actor,
    sheet: SheetOfPeople,
    *,
    name: str,
    kind: str,
    now: datetime,
    replace: bool = False,
) -> int:
    """Put the people of a sheet on a list of the actor's organisation; return how many are on it now."""
    list_id = await list_named(connection, organisation=actor.organisation, name=name, kind=kind, by=actor.id, now=now)
    await put_members(connection, list_id, sheet.members, replace=replace)
    return len(await members_of(connection, organisation=actor.organisation, name=name))


async def add_simulated(
    connection: AsyncConnection,
    actor: Actor,
    *,
    name: str,
    now: datetime,
    language: str = "vi",
    each: int | Mapping[str, int] = 1,
    kind: Literal["guests", "contacts"] = "guests",
) -> int:
    """Put made-up recipients on a list; return how many are on it now.

    Args:
        each: so many of every behaviour, or of each that is named.
    """
    members: dict[int, dict[str, str]] = {}
    numbers = dict.fromkeys(SIMULATED_BEHAVIOURS, each) if isinstance(each, int) else each
    for behaviour, most in numbers.items():
        for number in range(1, most + 1):
            address = f"{behaviour}-{language}-{number}"
            person = await simulated_person(connection, address=address, language=language, now=now)
            members[person] = {}
            if await consent_of(connection, person_id=person, purpose=ConsentPurpose.NEWS) is None:
                # So that rehearsals (`demo` campaigns) reach them as they would reach people who agreed.
                await record_consent(
                    connection,
                    person_id=person,
                    purpose=ConsentPurpose.NEWS,
                    given=True,
                    words="(giả lập)",
                    language=language,
                    channel=SIMULATED,
                    now=now,
                )
    list_id = await list_named(connection, organisation=actor.organisation, name=name, kind=kind, by=actor.id, now=now)
    await put_members(connection, list_id, members)
    return len(await members_of(connection, organisation=actor.organisation, name=name))
