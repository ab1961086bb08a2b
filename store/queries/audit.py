"""Writing and reading the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class AuditRow:
    """See `store.models.audit.AuditEntry`; with the name of the actor, None where it was the system itself."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str | None
    organisation: str | None
    action: str
    subject: str
    area: str
    details: Mapping[str, Any]


_RECORD = text("""
insert into audit_entry (at, actor_id, organisation, action, subject, area, details)
values (cast(:now as timestamptz), cast(:actor as bigint),
        (select organisation from staff_account where id = cast(:actor as bigint)), :action, :subject, :area, :details)
""").bindparams(bindparam("details", type_=JSONB))


async def record_audit(
    connection: AsyncConnection,
    *,
    actor: int | None,
    action: str,
    subject: str,
    now: datetime,
    area: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down what somebody did, in the transaction in which they do it.

    Args:
        actor: `staff_account.id`; None for the system itself and the command line on the server.
        action: noun and past participle, such as `campaign.approved`; its sentence is the key `audit.<action>`.
        subject: kind and id, such as `campaign:12`.
        area: commune or ward that it concerns.
        details: what fills the sentence. Never words of residents, telephone numbers, passwords or tokens.
    """
    await connection.execute(
        _RECORD,
        {
            "now": now,
            "actor": actor,
            "action": action,
            "subject": subject,
            "area": area,
            "details": dict(details or {}),
        },
    )


_READ = text("""
select audit_entry.id, at, actor_id, staff_account.name, audit_entry.organisation, action, subject, area, details
from audit_entry left join staff_account on staff_account.id = actor_id
where (cast(:before as bigint) is null or audit_entry.id < :before)
  and (cast(:actor as bigint) is null or actor_id = :actor)
  and (cast(:kind as text) is null or action like cast(:kind as text) || '.%')
  and (cast(:subject as text) is null or subject = :subject)
  and (cast(:organisation as text) is null or audit_entry.organisation = :organisation)
  and (cast(:areas as text[]) is null or area = any(:areas))
  and (cast(:since as timestamptz) is null or at >= :since)
order by audit_entry.id desc limit :limit
""").columns(details=JSONB)


async def audit_entries(
    connection: AsyncConnection,
    *,
    limit: int = 100,
    before: int | None = None,
    actor: int | None = None,
    kind: str | None = None,
    subject: str | None = None,
    organisation: str | None = None,
    areas: Sequence[str] | None = None,
    since: datetime | None = None,
) -> list[AuditRow]:
    """Return entries, newest first.

    Args:
        before: only entries with a smaller id, for the next page.
        kind: first part of the action, such as `campaign`.
        areas: only what concerns one of these; None: everything.
    """
    values = {
        "limit": limit,
        "before": before,
        "actor": actor,
        "kind": kind,
        "subject": subject,
        "organisation": organisation,
        "areas": None if areas is None else list(areas),
        "since": since,
    }
    return [AuditRow(*row) for row in await connection.execute(_READ, values)]


_KINDS = text("select distinct split_part(action, '.', 1) from audit_entry order by 1")


async def audit_kinds(connection: AsyncConnection) -> list[str]:
    """Return the first parts of all actions that were recorded."""
    return list((await connection.execute(_KINDS)).scalars())
