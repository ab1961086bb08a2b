"""Revisions of the content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

#: Notified when a revision was put in force: every process reads them anew.
CONTENT_CHANGED = "content_changed"


@dataclass(frozen=True)
class RevisionRow:
    """See `store.models.content_revision.ContentRevision`; with the names of both people."""

    id: int
    kind: str
    name: str
    data: Mapping[str, Any]
    base: str
    reason: str
    state: str
    proposed_by: int
    proposed_by_name: str
    proposed_at: datetime
    decided_by: int | None
    decided_by_name: str | None
    decided_at: datetime | None
    decision: str


_COLUMNS = """revision.id, revision.kind, revision.name, revision.data, revision.base, revision.reason, revision.state,
    revision.proposed_by, proposer.name as proposed_by_name, revision.proposed_at, revision.decided_by,
    decider.name as decided_by_name, revision.decided_at, revision.decision"""
_FROM = """from content_revision as revision join staff_account as proposer on proposer.id = revision.proposed_by
    left join staff_account as decider on decider.id = revision.decided_by"""


class AlreadyProposed(Exception):
    """There is an undecided proposal for this statement or number."""


_ADD = text("""
insert into content_revision (kind, name, data, base, reason, proposed_by, proposed_at)
values (:kind, :name, :data, :base, :reason, :by, :now)
on conflict (kind, name) where state = 'proposed' do nothing returning id
""").bindparams(bindparam("data", type_=JSONB))


async def add_revision(
    connection: AsyncConnection,
    *,
    kind: str,
    name: str,
    data: Mapping[str, Any],
    base: str,
    reason: str,
    by: int,
    now: datetime,
) -> int:
    """Add a proposal and return its id.

    Raises:
        AlreadyProposed: decide that one first.
    """
    values = {"kind": kind, "name": name, "data": dict(data), "base": base, "reason": reason, "by": by, "now": now}
    number = (await connection.execute(_ADD, values)).scalar_one_or_none()
    if number is None:
        raise AlreadyProposed(name)
    return int(number)


_ONE = f"select {_COLUMNS} {_FROM} where revision.id = :revision_id"
_GET = text(_ONE).columns(data=JSONB)
_LOCKED = text(f"{_ONE} for update of revision").columns(data=JSONB)


async def get_revision(connection: AsyncConnection, revision_id: int, *, lock: bool = False) -> RevisionRow | None:
    """Return a revision, None when there is none."""
    row = (await connection.execute(_LOCKED if lock else _GET, {"revision_id": revision_id})).one_or_none()
    return None if row is None else RevisionRow(*row)


_IN_FORCE = text(f"""
select distinct on (revision.kind, revision.name) {_COLUMNS} {_FROM}
where revision.state = 'approved' order by revision.kind, revision.name, revision.decided_at desc, revision.id desc
""").columns(data=JSONB)


async def revisions_in_force(connection: AsyncConnection) -> list[RevisionRow]:
    """Return the newest approved revision of each statement and number."""
    return [RevisionRow(*row) for row in await connection.execute(_IN_FORCE)]


_LIST = text(f"""
select {_COLUMNS} {_FROM}
where (cast(:kind as text) is null or revision.kind = :kind)
  and (cast(:name as text) is null or revision.name = :name)
  and (cast(:state as text) is null or revision.state = :state)
order by revision.id desc limit :limit
""").columns(data=JSONB)


async def list_revisions(
    connection: AsyncConnection,
    *,
    kind: str | None = None,
    name: str | None = None,
    state: str | None = None,
    limit: int = 100,
) -> list[RevisionRow]:
    """Return revisions, newest first."""
    values = {"kind": kind, "name": name, "state": state, "limit": limit}
    return [RevisionRow(*row) for row in await connection.execute(_LIST, values)]


_DECIDE = text("""
update content_revision set state = :state, decided_by = :by, decided_at = :now, decision = :decision
where id = :revision_id and state = 'proposed'
""")
_NOTIFY = text(f"select pg_notify('{CONTENT_CHANGED}', '')")
# Approvals follow one another: each is checked with what the one before put in force.
_LOCK = text("select pg_advisory_xact_lock(7203003)")


async def one_approval_at_a_time(connection: AsyncConnection) -> None:
    """Wait until no other approval is under way."""
    await connection.execute(_LOCK)


async def decide_revision(
    connection: AsyncConnection, revision_id: int, *, state: str, by: int, now: datetime, decision: str = ""
) -> bool:
    """Set what became of a proposal; False when it was decided before."""
    values = {"revision_id": revision_id, "state": state, "by": by, "now": now, "decision": decision}
    done = (await connection.execute(_DECIDE, values)).rowcount == 1
    if done and state == "approved":
        await connection.execute(_NOTIFY)
    return done
