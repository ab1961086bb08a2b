"""Questions that the law leaves open, read from unsettled.yaml."""

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from content.yaml_files import parse_model, read_yaml

_FILE = Path(__file__).parent / "unsettled.yaml"


class Question(BaseModel):
    """One open question and the days on which it is open, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first_day: date = Field(alias="from")
    last_day: date | None = Field(alias="to")

    def holds_on(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class ReviewStandard(Question):
    other_standard_of: date


class Unsettled(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    review_standard: ReviewStandard
    changed_areas: Question


UNSETTLED = parse_model(Unsettled, read_yaml(_FILE), _FILE)
