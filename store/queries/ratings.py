"""Rating answers: counted by statement and day; the mark that an answer was rated is erased with the answer."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# One statement. An answer has one rating, the last; said again, also by a repeated call, it counts once. A rating that
# is changed or taken back leaves the day on which it was counted. The row of the answer is locked first, so that two
# ratings at once follow each other. What ratings counted before they could change had no day: it stays counted.
_RATE = text("""
with answer as (
    select delivery.id, delivery.message, delivery.incoming_id, conversation.staff_test,
           conversation.language, delivery.message ->> 'rated' as before, delivery.message ->> 'rated_by' as before_by,
           cast(delivery.message ->> 'rated_on' as date) as before_on
    from delivery join conversation on conversation.id = delivery.conversation_id
    where delivery.conversation_id = :conversation_id and delivery.kind = 'answer'
      and delivery.state in ('sent', 'delivered', 'seen') and delivery.message ->> 'receipt' is not null
      and delivery.message ->> 'statement' is not null
      and (cast(:delivery_id as bigint) is null or delivery.id = :delivery_id)
      and (cast(:code as text) is null or delivery.message ->> 'receipt' = :code)
      and (not :just_said or not exists (
          select from delivery later where later.conversation_id = delivery.conversation_id and later.kind = 'answer'
          and later.incoming_id > delivery.incoming_id
      ))
    order by delivery.id desc limit 1 for update of delivery
),
decided as (
    select answer.*, case
        when cast(:value as text) is not null then :value
        when before_by = :by then null  -- what was said in another way stays
        else before
    end as after
    from answer
),
rated as (
    update delivery set message = (delivery.message - 'rated' - 'rated_by' - 'rated_on') || case
        when after is null then '{}'::jsonb
        else jsonb_build_object('rated', after, 'rated_by', cast(:by as text), 'rated_on', cast(:today as date))
    end
    from decided where delivery.id = decided.id and before is distinct from after
    returning delivery.id
),
changes as (
    select message ->> 'statement' as statement, cast(:today as date) as day, after as value, 1 as number
    from decided where not staff_test and before is distinct from after and after is not null
    union all
    select message ->> 'statement', before_on, before, -1
    from decided where not staff_test and before is distinct from after and before_on is not null
),
counted as (
    insert into answer_rating (statement, day, helpful, wrong)
    select statement, day, coalesce(sum(number) filter (where value = 'up'), 0),
           coalesce(sum(number) filter (where value = 'down'), 0)
    from changes group by statement, day
    having sum(number) >= 0 or exists (
        select from answer_rating as kept where kept.statement = changes.statement and kept.day = changes.day)
    on conflict (statement, day) do update set
        helpful = greatest(0, answer_rating.helpful + excluded.helpful),
        wrong = greatest(0, answer_rating.wrong + excluded.wrong)
)
select exists (select from rated) as changed, staff_test, decided.language,
       decided.message ->> 'statement' as statement, decided.message ->> 'topic' as topic,
       cast(decided.message ->> 'confidence' as float) as confidence,
       case when incoming.payload is null then incoming.text else '' end as words
from decided left join incoming on incoming.id = decided.incoming_id
""")


@dataclass(frozen=True)
class RatedAnswer:
    """An answer that was rated.

    Attributes:
        changed: its rating is another one now.
        counted: so, and it was no trial of staff.
        language: of the chat.
        words: of its question; empty for a button.
    """

    changed: bool
    counted: bool
    language: str
    statement: str
    topic: str | None
    confidence: float | None
    words: str


async def rate_answer(
    connection: AsyncConnection,
    *,
    conversation_id: int,
    value: str | None,
    today: date,
    by: str = "thumb",
    code: str | None = None,
    delivery_id: int | None = None,
    just_said: bool = False,
) -> RatedAnswer | None:
    """Rate an answer of a conversation: that with a receipt code, that row of the ledger, or the last one.

    Args:
        value: `up` or `down`; None takes a rating back that was given in the same way (`by`).
        by: `thumb` or `reaction`.
        just_said: the last one only where nothing was replied after it.

    Returns None where there is no such answer.
    """
    values = {
        "conversation_id": conversation_id,
        "code": code,
        "delivery_id": delivery_id,
        "value": value,
        "by": by,
        "today": today,
        "just_said": just_said,
    }
    row = (await connection.execute(_RATE, values)).one_or_none()
    if row is None:
        return None
    counted = row.changed and not row.staff_test
    return RatedAnswer(row.changed, counted, row.language, row.statement, row.topic, row.confidence, row.words or "")


_RATINGS = text("""
select statement, sum(helpful) as helpful, sum(wrong) as wrong from answer_rating
where day >= coalesce(cast(:since as date), day) group by statement order by wrong desc, helpful desc, statement
""")


async def ratings(connection: AsyncConnection, *, since: date | None = None) -> list[tuple[str, int, int]]:
    """Return (statement, found helpful, found wrong), most often wrong first."""
    rows = await connection.execute(_RATINGS, {"since": since})
    return [(row.statement, int(row.helpful), int(row.wrong)) for row in rows]
