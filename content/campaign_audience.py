"""Whom a campaign is for: filters over what people let us know, static lists, and who is left out."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from content.topics import Group, Topic
from content.translations import LANGUAGES

#: Groups that a contact record can hold.
HOUSEHOLD_GROUPS = (Group.POOR, Group.NEAR_POOR, Group.NEWLY_ESCAPED, Group.AVERAGE_LIVING_STANDARD)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CourseStanding(StrEnum):
    """How somebody stands to a course."""

    REGISTERED = "registered"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"


class CourseFilter(_Part):
    """People with an interest in a course (`code`), in any course of a trade, or in any at all."""

    code: str | None = None
    trade: str | None = None
    standing: tuple[CourseStanding, ...] = (CourseStanding.REGISTERED,)


class PledgeFilter(_Part):
    """People with a pledge in one of these states (`open`, `fulfilled`, `cancelled`)."""

    states: tuple[str, ...] = ("open",)


class EligibilityFilter(_Part):
    """Households that kept their answers and, by the rules of a day, may get a programme. `on` None: day of sending."""

    programme: str
    on: date | None = None


class ChangedFilter(_Part):
    """Households that kept their answers and may get something else on the second day than on the first."""

    from_day: date
    to_day: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_day <= self.from_day:
            raise ValueError("`to_day` has to be after `from_day`")
        return self


class Exclusions(_Part):
    """Who is left out, besides people who did not agree or cannot be reached: those are never written to.

    Attributes:
        messaged_within_days: got another campaign message this lately.
        in_flow: wrote within the last half hour, so something is going on.
        inactive_days: has not written for this long. None: nobody is left out for it.
        lists: names of static lists whose people are left out.
        had_campaigns: codes of campaigns whose recipients are left out.
    """

    messaged_within_days: int = Field(1, ge=0, le=90)
    in_flow: bool = True
    inactive_days: int | None = Field(None, ge=1, le=3650)
    lists: tuple[str, ...] = ()
    had_campaigns: tuple[str, ...] = ()


class Audience(_Part):
    """All conditions that are set have to hold. Nothing set: everybody who agreed to news of the topic.

    Attributes:
        lists: names of static lists of the organisation; in any of them.
        communes: codes of communes and wards of the contact record.
        household_groups: of the contact record, where the person agreed to have it remembered.
        topics: asked for news of any of these.
        channels: reached on one of these.
        active_within_days: wrote within so many days.
    """

    lists: tuple[str, ...] = ()
    communes: tuple[Annotated[str, Field(pattern=r"^[0-9]{5}$")], ...] = ()
    languages: tuple[str, ...] = ()
    household_groups: tuple[Group, ...] = ()
    topics: tuple[Topic, ...] = ()
    channels: tuple[str, ...] = ()
    active_within_days: int | None = Field(None, ge=1, le=3650)
    course: CourseFilter | None = None
    pledge: PledgeFilter | None = None
    eligible: EligibilityFilter | None = None
    changed: ChangedFilter | None = None
    exclude: Exclusions = Exclusions()

    @model_validator(mode="after")
    def _known_values(self) -> Self:
        unknown = [language for language in self.languages if language not in LANGUAGES]
        if unknown:
            raise ValueError(f"unknown language `{unknown[0]}`")
        strange = [group for group in self.household_groups if group not in HOUSEHOLD_GROUPS]
        if strange:
            raise ValueError(f"`{strange[0]}` is no group of households; known are {', '.join(HOUSEHOLD_GROUPS)}")
        return self
