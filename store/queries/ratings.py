"""Rating answers: counted by statement and day; the mark that an answer was rated is erased with the answer."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# One statement: an answer that is rated twice, also by a repeated call, counts once.
_RATE = text("""
with answer as (
    select delivery.id, delivery.message, delivery.incoming_id, conversation.staff_test
    from delivery join conversation on conversation.id = delivery.conversation_id
    where delivery.conversation_id = :conversation_id and delivery.kind = 'answer'
      and delivery.state in ('sent', 'delivered', 'seen') and delivery.message ->> 'receipt' is not null
      and delivery.message ->> 'statement' is not null
      and (cast(:code as text) is null or delivery.message ->> 'receipt' = :code)
      and (not :just_said or not exists (
          select from delivery later where later.conversation_id = delivery.conversation_id and later.kind = 'answer'
          and later.incoming_id > delivery.incoming_id
      ))
    order by delivery.id desc limit 1
),
rated as (
    update delivery set message = delivery.message || jsonb_build_object('rated', cast(:value as text))
    from answer where delivery.id = answer.id and delivery.message ->> 'rated' is null
    returning delivery.id
),
counted as (
    insert into answer_rating (statement, day, helpful, wrong)
    select message ->> 'statement', :today, (:value = 'up')::int, (:value = 'down')::int
    from answer join rated on rated.id = answer.id where not staff_test
    on conflict (statement, day) do update set
        helpful = answer_rating.helpful + excluded.helpful, wrong = answer_rating.wrong + excluded.wrong
)
select exists (select from rated) and not answer.staff_test as counted, answer.message ->> 'statement' as statement,
       answer.message ->> 'topic' as topic, cast(answer.message ->> 'confidence' as float) as confidence,
       case when incoming.payload is null then incoming.text else '' end as words
from answer left join incoming on incoming.id = answer.incoming_id
""")


@dataclass(frozen=True)
class RatedAnswer:
    """An answer that was rated. `counted`: now, for the first time. `words`: of its question; empty for a button."""

    counted: bool
    statement: str
    topic: str | None
    confidence: float | None
    words: str


async def rate_answer(
    connection: AsyncConnection,
    *,
    conversation_id: int,
    code: str | None,
    value: str,
    today: date,
    just_said: bool = False,
) -> RatedAnswer | None:
    """Rate an answer of a conversation `up` or `down`: that with a receipt code, or the last one.

    `just_said`: the last one only where nothing was replied after it.

    Returns None where there is no such answer.
    """
    values = {"conversation_id": conversation_id, "code": code, "value": value, "today": today}
    values["just_said"] = just_said
    row = (await connection.execute(_RATE, values)).one_or_none()
    return None if row is None else RatedAnswer(row.counted, row.statement, row.topic, row.confidence, row.words or "")


_RATINGS = text("""
select statement, sum(helpful) as helpful, sum(wrong) as wrong from answer_rating
where day >= coalesce(cast(:since as date), day) group by statement order by wrong desc, helpful desc, statement
""")


async def ratings(connection: AsyncConnection, *, since: date | None = None) -> list[tuple[str, int, int]]:
    """Return (statement, found helpful, found wrong), most often wrong first."""
    rows = await connection.execute(_RATINGS, {"since": since})
    return [(row.statement, int(row.helpful), int(row.wrong)) for row in rows]
