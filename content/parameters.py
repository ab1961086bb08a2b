"""Dated numbers in OpenFisca's parameter format, one number per file."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from content.documents import BilingualText
from content.topics import Certainty
from content.yaml_files import CONTENT_DIR, ContentError, parse_model, read_yaml

PARAMETERS_DIR = CONTENT_DIR / "legislation" / "parameters"


class Unit(StrEnum):
    """What a number counts. Money is whole đồng, percentages are percentage points (6.6 for 6,6 %)."""

    CURRENCY_VND = "currency-VND"
    PERCENT = "percent"
    PERCENT_PER_YEAR = "percent-per-year"
    PERCENT_PER_MONTH = "percent-per-month"
    MONTH = "month"
    YEAR = "year"
    AGE = "age"
    DAY = "day"
    WORKING_DAY = "working-day"
    MONTH_DAY = "month-day"
    INDICATOR = "indicator"
    POINT = "point"
    SQUARE_METRE = "square-metre"
    LITRE_PER_KILOMETRE = "litre-per-kilometre"
    KILOWATT_HOUR = "kilowatt-hour"
    KILOGRAM = "kilogram"
    CALENDAR_YEAR = "calendar-year"
    COUNT = "count"


def _not_boolean(value: object) -> object:
    # YAML reads `yes` and `on` as true, which Python would then count as 1.
    if isinstance(value, bool):
        raise ValueError("a number is expected, not true or false")
    return value


Number = Annotated[int | float, BeforeValidator(_not_boolean)]


class SourceReference(BaseModel):
    """Where in which document something stands; `article` is null where only the document is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str
    article: str | None = None


class ValueMetadata(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    certainty: Certainty
    reference: tuple[SourceReference, ...] = Field(min_length=1)
    fact_sources: tuple[str, ...] = ()


class ParameterValue(BaseModel):
    """The value from one day on; null ends the parameter on that day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Number | None
    metadata: ValueMetadata | None = None


class ParameterMetadata(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Unit
    label: BilingualText
    owner: str
    reviewed_on: date
    review_months: int = Field(gt=0)
    used_by: tuple[str, ...] = ()
    """Rooms whose code reads the number by its name, for numbers that no statement shows."""


class ParameterFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    description: str
    metadata: ParameterMetadata
    values: dict[date, ParameterValue] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One dated number: `poverty.line.rural.near_max` for parameters/poverty/line/rural/near_max.yaml."""

    name: str
    file: Path
    description: str
    metadata: ParameterMetadata
    starts: tuple[date, ...]
    values: tuple[ParameterValue, ...]

    def at(self, day: date) -> ParameterValue | None:
        """The entry in force that day; None before the first one and after the end."""
        position = bisect_right(self.starts, day) - 1
        if position < 0 or self.values[position].value is None:
            return None
        return self.values[position]

    def starts_on(self, day: date) -> date:
        """The first day of the value in force that day. Raises ValueError where none is."""
        if self.at(day) is None:
            raise ValueError(f"{self.name} has no value on {day}")
        return self.starts[bisect_right(self.starts, day) - 1]

    def value_on(self, day: date) -> int | float | None:
        """The number in force that day, in the parameter's unit."""
        entry = self.at(day)
        return None if entry is None else entry.value


@lru_cache(maxsize=4)
def load_parameters(folder: Path) -> dict[str, Parameter]:
    """All parameters by dotted name. `index.yaml`, which describes a folder to OpenFisca, is left out."""
    parameters: dict[str, Parameter] = {}
    for file in sorted(folder.rglob("*.yaml")):
        if file.name == "index.yaml":
            continue
        name = ".".join(file.relative_to(folder).with_suffix("").parts)
        parameters[name] = make_parameter(name, file, parse_parameter(read_yaml(file), file))
    return parameters


def parse_parameter(data: dict[Any, Any], file: Path) -> ParameterFile:
    """The content of a file as a model. Raises ContentError."""
    return parse_model(ParameterFile, data, file)


def make_parameter(name: str, file: Path, parsed: ParameterFile) -> Parameter:
    """A dated number of what its file holds. Raises ContentError."""
    starts = tuple(sorted(parsed.values))
    for start in starts:
        entry = parsed.values[start]
        if entry.value is not None and entry.metadata is None:
            raise ContentError(
                file,
                f"the value from {start} has no metadata.",
                "Add `metadata: {certainty: …, reference: [{document: …, article: …}]}`.",
            )
        if parsed.metadata.unit is Unit.CURRENCY_VND and isinstance(entry.value, float):
            raise ContentError(
                file,
                f"the amount from {start} is not a whole number of đồng.",
                "Round it.",
            )
    return Parameter(
        name=name,
        file=file,
        description=parsed.description,
        metadata=parsed.metadata,
        starts=starts,
        values=tuple(parsed.values[start] for start in starts),
    )
