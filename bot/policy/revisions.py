"""Changing the content: one person proposes, a second one approves, and every process tells it from then on."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from content.library import Library
from content.revisions import (
    Revision,
    RevisionKind,
    UnusableRevision,
    complaints_about,
    fingerprint_of,
    parse_number,
    parse_statement,
    put_in_force,
    shipped_data,
)
from content.translations import Catalogue
from content.yaml_files import ContentError
from store.clock import local_date
from store.database import LOST_CONNECTION, Database
from store.queries.audit import record_audit
from store.queries.content_revisions import (
    AlreadyProposed,
    RevisionRow,
    add_revision,
    decide_revision,
    get_revision,
    list_revisions,
    one_approval_at_a_time,
    revisions_in_force,
)

log = structlog.get_logger(__name__)


class PolicyRefused(Exception):
    """Something that cannot be done now. `key` is `policy.error.<key>` of the catalogues."""

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(f"{key} {values}" if values else key)

    def text(self, catalogue: Catalogue) -> str:
        """What happened, why, and what to do next."""
        return catalogue.text(f"policy.error.{self.key}", **self.values)


def as_revision(row: RevisionRow) -> Revision:
    """Return what a row says."""
    return Revision(RevisionKind(row.kind), row.name, row.data)


@dataclass(frozen=True)
class Current:
    """What is told now of one statement or number.

    Attributes:
        data: its content.
        revised: a revision is in force, not the shipped file.
    """

    data: Mapping[str, Any]
    revised: bool

    @property
    def fingerprint(self) -> str:
        """What a proposal is made from."""
        return fingerprint_of(self.data)


async def current_content(connection: AsyncConnection, library: Library, kind: RevisionKind, name: str) -> Current:
    """Return what is told now.

    Raises:
        PolicyRefused: no file holds it.
    """
    approved = await list_revisions(connection, kind=kind.value, name=name, state="approved", limit=50)
    if approved:
        newest = max(approved, key=lambda one: (one.decided_at, one.id))
        return Current(newest.data, revised=True)
    try:
        return Current(shipped_data(library, kind, name), revised=False)
    except KeyError as error:
        raise PolicyRefused("not_there", name=name) from error


async def propose(
    connection: AsyncConnection,
    library: Library,
    kind: RevisionKind,
    name: str,
    data: Mapping[str, Any],
    *,
    base: str,
    reason: str,
    by: int,
    now: datetime,
) -> int:
    """Propose a new content; return the id of the proposal.

    Args:
        base: fingerprint of the content that it was made from, as the person saw it.

    Raises:
        PolicyRefused: no reason, nothing new, changed meanwhile, proposed already, or the content check finds faults
            that were not there before.
    """
    if not reason.strip():
        raise PolicyRefused("reason_missing")
    current = await current_content(connection, library, kind, name)
    if current.fingerprint != base:
        raise PolicyRefused("changed_meanwhile", name=name)
    if fingerprint_of(data) == base:
        raise PolicyRefused("nothing_new", name=name)
    await _require_sound(connection, library, Revision(kind, name, data), now)
    try:
        number = await add_revision(
            connection, kind=kind.value, name=name, data=data, base=base, reason=reason.strip(), by=by, now=now
        )
    except AlreadyProposed as error:
        raise PolicyRefused("already_proposed", name=name) from error
    await _record(connection, "proposed", number, name, by, now)
    return number


async def _require_sound(connection: AsyncConnection, library: Library, revision: Revision, now: datetime) -> None:
    in_force = [as_revision(row) for row in await revisions_in_force(connection)]
    # Seconds of reading and counting: not on the loop that answers people.
    found = await asyncio.to_thread(complaints_about, library, revision, in_force, today=local_date(now))
    if found:
        raise PolicyRefused("not_sound", complaints="\n".join(f"• {one}" for one in found[:8]))


async def approve(connection: AsyncConnection, library: Library, number: int, *, by: int, now: datetime) -> None:
    """Put a proposal in force, as a second person; processes are told with the commit.

    Raises:
        PolicyRefused: decided already, one's own, what it was made from has changed, or not sound any more.
    """
    await one_approval_at_a_time(connection)
    row = await _proposal(connection, number)
    if row.proposed_by == by:
        raise PolicyRefused("own_proposal")
    current = await current_content(connection, library, RevisionKind(row.kind), row.name)
    if current.fingerprint != row.base:
        raise PolicyRefused("changed_meanwhile", name=row.name)
    await _require_sound(connection, library, as_revision(row), now)
    await decide_revision(connection, number, state="approved", by=by, now=now)
    await _record(connection, "approved", number, row.name, by, now)


async def refuse(connection: AsyncConnection, number: int, *, by: int, reason: str, now: datetime) -> None:
    """Refuse a proposal of somebody else.

    Raises:
        PolicyRefused: decided already, one's own, or no reason.
    """
    row = await _proposal(connection, number)
    if row.proposed_by == by:
        raise PolicyRefused("own_proposal")
    if not reason.strip():
        raise PolicyRefused("reason_missing")
    await decide_revision(connection, number, state="refused", by=by, now=now, decision=reason.strip())
    await _record(connection, "refused", number, row.name, by, now)


async def withdraw(connection: AsyncConnection, number: int, *, by: int, now: datetime) -> None:
    """Take one's own proposal back.

    Raises:
        PolicyRefused: decided already, or somebody else's.
    """
    row = await _proposal(connection, number)
    if row.proposed_by != by:
        raise PolicyRefused("not_own_proposal")
    await decide_revision(connection, number, state="withdrawn", by=by, now=now)
    await _record(connection, "withdrawn", number, row.name, by, now)


async def _proposal(connection: AsyncConnection, number: int) -> RevisionRow:
    row = await get_revision(connection, number, lock=True)
    if row is None:
        raise PolicyRefused("not_there", name=f"{number}")
    if row.state != "proposed":
        raise PolicyRefused("decided", name=row.name)
    return row


async def _record(connection: AsyncConnection, what: str, number: int, name: str, by: int, now: datetime) -> None:
    await record_audit(
        connection,
        actor=by,
        action=f"content.{what}",
        subject=f"content_revision:{number}",
        now=now,
        details={"name": name},
    )


def usable(library: Library, revisions: Sequence[Revision]) -> list[Revision]:
    """Return the revisions that this version of the program can still read; a release may have moved on."""
    kept = []
    for one in revisions:
        try:
            parse_statement(one) if one.kind is RevisionKind.STATEMENT else parse_number(library, one)
        except (UnusableRevision, KeyError) as error:
            log.error("content_revision_left_out", kind=one.kind.value, name=one.name, reason=str(error))
            continue
        kept.append(one)
    return kept


class LiveContent:
    """Keeps the library of one process as the database says. `changed` is told of `CONTENT_CHANGED`."""

    def __init__(self, database: Database, library: Library) -> None:
        self._database = database
        self._library = library
        self._woken = asyncio.Event()
        self._told: tuple[str, ...] = ()

    def changed(self, _payload: str = "") -> None:
        """Look at what is in force now."""
        self._woken.set()

    async def run(self) -> None:
        """Follow what is approved, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            await self.read()

    async def read(self) -> None:
        """Put in force what is approved, if that is news."""
        try:
            async with self._database.single() as connection:
                rows = await revisions_in_force(connection)
        except LOST_CONNECTION as error:
            # The listener wakes everybody once it is connected again.
            log.warning("content_waits_for_database", error=str(error))
            return
        told = tuple(f"{row.id}" for row in rows)
        if told == self._told:
            return
        try:
            put_in_force(self._library, usable(self._library, [as_revision(row) for row in rows]))
        except (UnusableRevision, ContentError) as error:
            # What was told before is told on: better an old sound content than none.
            log.error("content_not_changed", reason=str(error))
            return
        self._told = told
        log.info("content_changed", revisions=len(rows))
