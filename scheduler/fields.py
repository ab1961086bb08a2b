"""What fills the placeholders of one recipient: from the contact record, a list, a course, a pledge, the rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from content.campaign_parts import KNOWN_FIELDS, CampaignField
from content.campaigns import CampaignContent
from content.place_units import Places
from content.translations import Catalogue
from scheduler.rendering import Rendering, written
from store.clock import local_date
from store.queries.audiences import (
    Candidate,
    CourseOfPerson,
    PledgeOfPerson,
    consent_days,
    courses_of_people,
    pledges_of_people,
)


@dataclass(frozen=True)
class PersonFacts:
    """What was looked up for everybody at once, by person."""

    courses: Mapping[int, CourseOfPerson] = field(default_factory=dict)
    pledges: Mapping[int, PledgeOfPerson] = field(default_factory=dict)
    consents: Mapping[int, date] = field(default_factory=dict)


async def needed_sources(
    connection: AsyncConnection,
    content: CampaignContent,
    rendering: Rendering,
    people: Sequence[int],
    *,
    anchor_day: date | None,
    at: datetime,
) -> PersonFacts:
    """Look up what the texts of a campaign need of each person, and nothing else."""
    needed = frozenset().union(*rendering.fields.values()) if rendering.fields else frozenset()
    courses: Mapping[int, CourseOfPerson] = {}
    pledges: Mapping[int, PledgeOfPerson] = {}
    anchor = getattr(content.schedule, "anchor", None)
    if needed & {"course_title", "course_start", "course_venue"}:
        wanted = content.audience.course
        courses = await courses_of_people(
            connection,
            people,
            standing=[one.value for one in wanted.standing] if wanted else ["registered"],
            code=wanted.code if wanted else None,
            anchor_day=anchor_day if anchor == "course_start" else None,
            today=local_date(at),
        )
    if needed & {"pledge_code", "pledge_due", "pledge_amount"}:
        pledges = await pledges_of_people(connection, people, anchor_day=anchor_day if anchor == "pledge_due" else None)
    consents = await consent_days(connection, people) if "consent_on" in needed else {}
    return PersonFacts(courses, pledges, consents)


@dataclass(frozen=True)
class FieldValues:
    """Fills placeholders in one language."""

    fields: Mapping[str, CampaignField]
    catalogue: Catalogue
    places: Places

    def fill(
        self, needed: Collection[str], candidate: Candidate, facts: PersonFacts, *, changes: str | None
    ) -> dict[str, str] | None:
        """Return a text for each placeholder that is needed; None where one is not known and has no fallback."""
        filled = {}
        for name in sorted(needed):
            value = self._value(name, candidate, facts, changes)
            if value is None:
                return None
            longest = KNOWN_FIELDS[name][1] if name in KNOWN_FIELDS else self.fields[name].longest
            filled[name] = value if len(value) <= longest else value[: longest - 1].rstrip() + "…"
        return filled

    def _value(self, name: str, candidate: Candidate, facts: PersonFacts, changes: str | None) -> str | None:
        if name == "changes":
            return changes or None
        if name == "commune":
            unit = self.places.units.get(candidate.commune or "")
            return (
                self.catalogue.text("campaign.your_commune") if unit is None else self._unit_name(unit.kind, unit.name)
            )
        known = self._known(name, candidate.person_id, facts)
        if known is not None:
            return written(KNOWN_FIELDS[name][0], known, self.catalogue)
        if name in KNOWN_FIELDS:
            return None
        described = self.fields[name]
        if (listed := candidate.list_fields.get(name)) not in (None, ""):
            return written(described.kind, listed, self.catalogue)
        fallback = described.fallback or {}
        return fallback.get(self.catalogue.language.code, fallback.get("vi"))

    def _unit_name(self, kind: str, name: str) -> str:
        return self.catalogue.text(f"campaign.unit.{kind}", name=name)

    def _known(self, name: str, person: int, facts: PersonFacts) -> object:
        course, pledge = facts.courses.get(person), facts.pledges.get(person)
        if course is not None and name.startswith("course_"):
            title = course.title_en if self.catalogue.language.catalogue == "en" else None
            return {"course_title": title or course.title_vi, "course_start": course.starts_on}.get(name, course.venue)
        if pledge is not None and name.startswith("pledge_"):
            return {"pledge_code": pledge.code, "pledge_due": pledge.due_on}.get(name, pledge.amount)
        return facts.consents.get(person) if name == "consent_on" else None
