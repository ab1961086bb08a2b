"""Requests to the policy owners."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class PolicyRequest:
    """See `store.models.content_revision.PolicyRequest`; with the name of whoever asked."""

    id: int
    question: str
    topic: str | None
    by_name: str
    asked_at: datetime


_ADD = text("""
insert into policy_request (question, topic, asked_by, asked_at) values (:question, :topic, :by, :now)
""")


async def add_policy_request(
    connection: AsyncConnection, *, question: str, topic: str | None, by: int, now: datetime
) -> None:
    """Ask the policy owners to write an answer. `question`: redacted words."""
    await connection.execute(_ADD, {"question": question, "topic": topic, "by": by, "now": now})


_OPEN = text("""
select policy_request.id, question, topic, staff_account.name, asked_at
from policy_request join staff_account on staff_account.id = asked_by
where closed_at is null order by policy_request.id limit 200
""")


async def policy_requests(connection: AsyncConnection) -> list[PolicyRequest]:
    """Return what is still to be answered, oldest first."""
    return [PolicyRequest(*row) for row in await connection.execute(_OPEN)]


_CLOSE = text(
    "update policy_request set closed_by = :by, closed_at = :now where id = :request_id and closed_at is null"
)


async def close_policy_request(connection: AsyncConnection, request_id: int, *, by: int, now: datetime) -> bool:
    """Note that a request was seen to; False when it was before."""
    values = {"request_id": request_id, "by": by, "now": now}
    return (await connection.execute(_CLOSE, values)).rowcount == 1
