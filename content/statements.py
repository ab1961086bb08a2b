"""Policy statements: what may be told about one aspect of one topic, version by version."""

from datetime import date, timedelta
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from content.documents import BilingualText
from content.parameters import SourceReference
from content.topics import Aspect, Certainty, Group, Topic
from content.yaml_files import ContentError, parse_model, read_yaml


class StatementVersion(BaseModel):
    """The words for one stretch of days, both ends included; `valid_to` null means until further notice."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    valid_from: date
    valid_to: date | None
    certainty: Certainty
    fact_sources: tuple[str, ...] = Field(min_length=1)
    sources: tuple[SourceReference, ...] = Field(min_length=1)
    text: BilingualText
    announcement: BilingualText | None = None
    """Told before the version begins; the whole text is announced where this is missing."""
    gap: str | None = None
    """Why no version covers the days between the one before and this one."""

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("`valid_to` lies before `valid_from`")
        return self

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Statement(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    topic: Topic
    aspect: Aspect
    groups: tuple[Group, ...] = ()
    owner: str
    reviewed_on: date
    review_months: int = Field(gt=0)
    office: str
    versions: tuple[StatementVersion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _versions_in_order(self) -> Self:
        starts = [version.valid_from for version in self.versions]
        if starts != sorted(starts):
            raise ValueError("versions are not in the order of their `valid_from`")
        return self

    @property
    def review_expires_on(self) -> date:
        return add_months(self.reviewed_on, self.review_months)

    def review_has_expired_on(self, day: date) -> bool:
        return day > self.review_expires_on


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter."""
    month_index = day.year * 12 + day.month - 1 + months
    year, month = divmod(month_index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last_day = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last_day))


def load_statements(folder: Path) -> dict[str, tuple[Path, Statement]]:
    """All statements with their files, by id. Raises ContentError.

    The file `<topic>/<aspect>[.<group>].yaml` fixes the id `<topic>.<aspect>[.<group>]`, so that
    an officer finds the file of an answer from the id shown beside it.
    """
    statements: dict[str, tuple[Path, Statement]] = {}
    for file in sorted(folder.glob("*/*.yaml")):
        statement = parse_model(Statement, read_yaml(file), file)
        expected_id = f"{file.parent.name}.{file.stem}"
        if statement.id != expected_id:
            raise ContentError(
                file,
                f"holds the id `{statement.id}`.",
                f"Write `id: {expected_id}` or move the file.",
            )
        parts = [
            statement.topic,
            statement.aspect,
            *(str(group) for group in statement.groups[:1]),
        ]
        if expected_id != ".".join(parts):
            raise ContentError(
                file,
                f"says topic `{statement.topic}`, aspect `{statement.aspect}`, groups {statement.groups}.",
                f"The file name must be {'.'.join(parts[1:])}.yaml in the folder {statement.topic}.",
            )
        statements[statement.id] = (file, statement)
    return statements
