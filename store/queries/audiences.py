"""Whom a campaign reaches: people by what they let us know, where each is reached, and what keeps one out."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from store.consent_purposes import ConsentPurpose
from store.queries.people import REACHABLE


@dataclass(frozen=True)
class Selection:
    """Conditions on people; those that are empty or None do not narrow. Names as in `content.campaign_audience`."""

    organisation: str
    topic: str
    lists: Sequence[str] = ()
    communes: Sequence[str] = ()
    household_groups: Sequence[str] = ()
    topics: Sequence[str] = ()
    course_code: str | None = None
    course_trade: str | None = None
    course_standing: Sequence[str] = ()
    pledge_states: Sequence[str] = ()
    with_answers: bool = False
    #: A date of each person that has to be this day: `course_start`, `pledge_due` or `consent_anniversary`.
    anchor: str | None = None
    anchor_day: date | None = None
    #: Exclusions that are judged by the database; the person is returned with the flag set.
    excluded_lists: Sequence[str] = ()
    had_campaigns: Sequence[str] = ()
    messaged_since: datetime | None = None


@dataclass(frozen=True)
class Reach:
    """One conversation on which a person is reached, the preferred one first."""

    conversation_id: int
    channel: str
    address: str
    language: str
    last_message_at: datetime


@dataclass(frozen=True)
class Candidate:
    """One person who meets the conditions. `consent`: last word about news of the topic, None when never asked."""

    person_id: int
    commune: str | None
    language: str | None
    demo: bool
    consent: bool | None
    reaches: tuple[Reach, ...]
    on_excluded_list: bool
    had_campaign: bool
    messaged_lately: bool
    #: Kept answers of the guided check, where they are asked for.
    answers: Mapping[str, Any] | None
    #: What a static list says about them.
    list_fields: Mapping[str, Any]


_CONSENT = f"""(
    select given from consent
    where consent.person_id = person.id and purpose = '{ConsentPurpose.NEWS}' and subject in ('', {{subject}})
    order by consent.id desc limit 1
)"""

#: The person and those that were merged into them: a list may still name one of these.
_SAME_PERSON = "(select person.id union all select older.id from person as older where older.merged_into = person.id)"

_ON_LIST = f"""exists (
    select from contact_list_member as member join contact_list as list on list.id = member.list_id
    where member.person_id in {_SAME_PERSON}
      and list.organisation = :organisation and list.name = any(:{{names}})
)"""

_COURSE = """exists (
    select from course_interest as interest
    join conversation on conversation.id = interest.conversation_id
    join course on course.id = interest.course_id
    where conversation.person_id = person.id and interest.state = any(:course_standing)
      and (cast(:course_code as text) is null or course.code = :course_code)
      and (cast(:course_trade as text) is null or course.trade = :course_trade)
)"""

_PLEDGE = """exists (
    select from pledge join conversation on conversation.id = pledge.conversation_id
    where conversation.person_id = person.id and pledge.state = any(:pledge_states)
)"""

#: What came for a pledge pays its parts in their order: this one is not wholly paid.
PART_IS_OWED = """pledge.received < (
    select sum(amount) from pledge_instalment as up_to_here
    where up_to_here.pledge_id = pledge.id and up_to_here.number <= part.number
)"""

#: Anchor -> condition that it is `:anchor_day`.
_ANCHORS = {
    "course_start": """exists (
        select from course_interest as interest
        join conversation on conversation.id = interest.conversation_id
        join course on course.id = interest.course_id
        where conversation.person_id = person.id and interest.state = 'registered' and course.state <> 'cancelled'
          and course.starts_on = :anchor_day
    )""",
    # Only who agreed to be written to about gifts of their own.
    "pledge_due": f"""exists (
        select from pledge join pledge_instalment as part on part.pledge_id = pledge.id
        join conversation on conversation.id = pledge.conversation_id
        where conversation.person_id = person.id and pledge.state = 'open' and part.due_on = :anchor_day
          and {PART_IS_OWED}
    ) and (
        select given from consent where consent.person_id = person.id and purpose = '{ConsentPurpose.DONATION}'
        order by consent.id desc limit 1
    )""",
    "consent_anniversary": f"""exists (
        select from consent
        where consent.person_id = person.id and purpose = '{ConsentPurpose.NEWS}' and given
          and to_char(at at time zone 'Asia/Ho_Chi_Minh', 'MM-DD') = to_char(cast(:anchor_day as date), 'MM-DD')
          and (at at time zone 'Asia/Ho_Chi_Minh')::date < cast(:anchor_day as date)
    )""",
}

_HAD_CAMPAIGN = """exists (
    select from delivery join campaign_occurrence as occurrence on occurrence.run_id = delivery.campaign_run_id
    join campaign on campaign.id = occurrence.campaign_id
    where delivery.recipient = 'person:' || person.id and campaign.code = any(:had_campaigns)
      and delivery.state in ('queued', 'claimed', 'sent', 'delivered', 'seen', 'unknown')
)"""
_MESSAGED = """exists (
    select from bulk_reach where bulk_reach.person_id = person.id
      and exists (select from unnest(reached_at) as moment where moment > :messaged_since)
)"""
_ANSWERS = """(
    select answers from kept_answers join conversation on conversation.id = kept_answers.conversation_id
    where conversation.person_id = person.id order by consented_at desc limit 1
)"""
_LIST_FIELDS = f"""coalesce((
    select jsonb_object_agg(field.key, field.value order by member.list_id)
    from contact_list_member as member join contact_list as list on list.id = member.list_id
    cross join lateral jsonb_each(member.fields) as field
    where member.person_id in {_SAME_PERSON}
      and list.organisation = :organisation and list.name = any(:lists)
), '{{}}'::jsonb)"""

_REACHES = f"""coalesce((
    select jsonb_agg(jsonb_build_array(id, channel, address, language, last_message_at)
        order by (channel = person.preferred_channel) desc nulls last, last_message_at desc)
    from conversation
    where conversation.person_id = person.id and conversation.channel = any(:channels) and not conversation.staff_test
      and {REACHABLE}
), '[]'::jsonb)"""


#: People who are looked at before others get their turn.
AT_A_TIME = 2000


async def select_people(
    connection: AsyncConnection, selection: Selection, *, channels: Sequence[str]
) -> list[Candidate]:
    """Return everybody who meets the conditions, in the order of their ids, whether or not they may be written to.

    `channels`: those that may be used; conversations elsewhere do not count as ways to reach somebody.
    """
    where, values = _conditions(selection)
    statement = text(f"""
        select person.id, person.commune, person.language, person.demo,
            {_CONSENT.format(subject=":topic")} as consent, {_REACHES} as reaches,
            {_ON_LIST.format(names="excluded_lists") if selection.excluded_lists else "false"} as on_excluded_list,
            {_HAD_CAMPAIGN if selection.had_campaigns else "false"} as had_campaign,
            {_MESSAGED if selection.messaged_since else "false"} as messaged_lately,
            {_ANSWERS if selection.with_answers else "cast(null as jsonb)"} as answers,
            {_LIST_FIELDS if selection.lists else "cast(null as jsonb)"} as list_fields
        from person where person.merged_into is null and person.erased_at is null {where}
        order by person.id
    """).columns(reaches=JSONB, answers=JSONB, list_fields=JSONB)
    rows = await connection.execute(statement, {**values, "channels": list(channels)})
    candidates = []
    # In parts: the same process answers people meanwhile.
    for part in rows.partitions(AT_A_TIME):
        candidates += [_candidate(row) for row in part]
        await asyncio.sleep(0)
    return candidates


def _candidate(row: Any) -> Candidate:
    # Unpacked, not by name: of a hundred thousand people each name would be looked up for each.
    number, commune, language, demo, consent, reaches, excluded, had, lately, answers, fields = row
    return Candidate(
        number,
        commune,
        language,
        demo,
        consent,
        tuple([Reach(one[0], one[1], one[2], one[3], datetime.fromisoformat(one[4])) for one in reaches]),
        excluded,
        had,
        lately,
        answers,
        fields or {},
    )


def _conditions(selection: Selection) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"topic": selection.topic}
    where = ""
    if selection.lists or selection.excluded_lists:
        values["organisation"] = selection.organisation
    parts: tuple[tuple[str, str, object], ...] = (
        ("lists", _ON_LIST.format(names="lists"), list(selection.lists)),
        ("communes", "person.commune = any(:communes)", list(selection.communes)),
        ("household_groups", "person.household_group = any(:household_groups)", list(selection.household_groups)),
        (
            "topics",
            f"exists (select from unnest(cast(:topics as text[])) as asked where {_CONSENT.format(subject='asked')})",
            list(selection.topics),
        ),
        ("pledge_states", _PLEDGE, list(selection.pledge_states)),
        ("anchor_day", _ANCHORS.get(selection.anchor or "", ""), selection.anchor_day),
    )
    for name, condition, value in parts:
        if value:
            where += f" and {condition}"
            values[name] = value
    if selection.course_standing:
        where += f" and {_COURSE}"
        values |= {
            "course_standing": list(selection.course_standing),
            "course_code": selection.course_code,
            "course_trade": selection.course_trade,
        }
    if selection.with_answers:
        where += f" and {_ANSWERS} is not null"
    if selection.excluded_lists:
        values["excluded_lists"] = list(selection.excluded_lists)
    if selection.had_campaigns:
        values["had_campaigns"] = list(selection.had_campaigns)
    if selection.messaged_since:
        values["messaged_since"] = selection.messaged_since
    return where, values


_COURSE_FIELDS = text("""
select distinct on (conversation.person_id) conversation.person_id, course.title_vi, course.title_en,
    course.starts_on, course.venue
from course_interest as interest
join conversation on conversation.id = interest.conversation_id
join course on course.id = interest.course_id
where conversation.person_id = any(:people) and interest.state = any(:standing) and course.state <> 'cancelled'
  and (cast(:code as text) is null or course.code = :code)
  and (cast(:anchor_day as date) is null or course.starts_on = :anchor_day)
order by conversation.person_id, course.starts_on >= :today desc, course.starts_on, course.id
""")


@dataclass(frozen=True)
class CourseOfPerson:
    """The course that a text tells a person of."""

    title_vi: str
    title_en: str | None
    starts_on: date
    venue: str


async def courses_of_people(
    connection: AsyncConnection,
    people: Sequence[int],
    *,
    standing: Sequence[str],
    code: str | None,
    anchor_day: date | None,
    today: date,
) -> dict[int, CourseOfPerson]:
    """Return for each person the course that begins next among those that they have to do with."""
    values = {
        "people": list(people),
        "standing": list(standing),
        "code": code,
        "anchor_day": anchor_day,
        "today": today,
    }
    return {row[0]: CourseOfPerson(*row[1:]) for row in await connection.execute(_COURSE_FIELDS, values)}


_PLEDGE_FIELDS = text(f"""
select distinct on (conversation.person_id) conversation.person_id, pledge.code, part.due_on,
    coalesce(part.amount, pledge.amount)
from pledge left join pledge_instalment as part on part.pledge_id = pledge.id
    and (cast(:anchor_day as date) is null or part.due_on = :anchor_day) and {PART_IS_OWED}
join conversation on conversation.id = pledge.conversation_id
where conversation.person_id = any(:people) and pledge.state = 'open'
  and (cast(:anchor_day as date) is null or part.due_on is not null)
order by conversation.person_id, part.due_on nulls last, pledge.id
""")


@dataclass(frozen=True)
class PledgeOfPerson:
    """The pledge that a text tells a person of; amounts in whole đồng."""

    code: str
    due_on: date | None
    amount: int | None


async def pledges_of_people(
    connection: AsyncConnection, people: Sequence[int], *, anchor_day: date | None
) -> dict[int, PledgeOfPerson]:
    """Return for each person the open pledge that is due next."""
    rows = await connection.execute(_PLEDGE_FIELDS, {"people": list(people), "anchor_day": anchor_day})
    return {row[0]: PledgeOfPerson(*row[1:]) for row in rows}


_CONSENT_DAYS = text(f"""
select person_id, max((at at time zone 'Asia/Ho_Chi_Minh')::date) from consent
where person_id = any(:people) and purpose = '{ConsentPurpose.NEWS}' and given group by person_id
""")


async def consent_days(connection: AsyncConnection, people: Sequence[int]) -> dict[int, date]:
    """Return when each person last agreed to news."""
    return {row[0]: row[1] for row in await connection.execute(_CONSENT_DAYS, {"people": list(people)})}
