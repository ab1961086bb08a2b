"""Vocational courses as an officer writes them down, and the made-up ones of `content/courses/` for demonstrations."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from content.trades import load_trades
from content.yaml_files import CONTENT_DIR, ContentError, parse_model, read_yaml

DEMO_COURSES = CONTENT_DIR / "courses"
#: Codes that only made-up courses bear, so that an uploaded list can never change one of them, or the other way round.
DEMO_PREFIX = "DEMO-"
#: What made-up courses show of themselves, in their titles and as the place that teaches them.
DEMO_MARK = "[DEMO]"
DEMO_PROVIDER = "Cơ sở đào tạo giả định"

CODE_PATTERN = r"[A-Z0-9][A-Z0-9-]{1,23}"
COMMUNE_PATTERN = r"[0-9]{5}"
MOST_SEATS = 5000


class CourseState(StrEnum):
    """Whether people can still register."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class FeeNote(StrEnum):
    """What the notice of the course says about its fee; the words are `course.fee.<key>` of the catalogues."""

    FREE = "free"
    PAID = "paid"
    ASK_PROVIDER = "ask_provider"


class SupportNote(StrEnum):
    """What is said about support while learning; the words are `course.support.<key>` of the catalogues."""

    ASK_COMMUNE = "ask_commune"
    ANNOUNCED = "announced"
    NOT_ANNOUNCED = "not_announced"


def _known_trade(trade: str) -> str:
    if trade not in load_trades():
        raise ValueError(f"unknown trade `{trade}`: see content/trades.yaml")
    return trade


class Course(BaseModel):
    """One course, as announced.

    Attributes:
        code: how the course is known to officers; importing the same code again changes the course.
        trade: id in `content/trades.yaml`.
        communes: codes of the units where it is held, five digits each.
        register_by: last day on which people can register.
        source: the announcement that this was taken from.
        demo: made up, for demonstrations.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=f"^{CODE_PATTERN}$")]
    title_vi: str = Field(min_length=1, max_length=120)
    title_en: str | None = Field(None, max_length=120)
    trade: Annotated[str, AfterValidator(_known_trade)]
    communes: tuple[Annotated[str, Field(pattern=f"^{COMMUNE_PATTERN}$")], ...] = ()
    venue: str = Field(min_length=1, max_length=200)
    provider: str = Field(min_length=1, max_length=120)
    starts_on: date
    ends_on: date | None = None
    register_by: date
    seats: int = Field(ge=1, le=MOST_SEATS)
    fee: FeeNote = FeeNote.ASK_PROVIDER
    support: SupportNote = SupportNote.ASK_COMMUNE
    source: str = Field(min_length=1, max_length=200)
    state: CourseState = CourseState.OPEN
    demo: bool = False


class _DemoCourse(BaseModel):
    """A made-up course; its days are counted from the day on which it is loaded, so that it never lies in the past."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title_vi: str
    title_en: str
    trade: str
    communes: tuple[str, ...]
    venue: str
    starts_in_weeks: int
    lasts_weeks: int
    seats: int
    fee: FeeNote
    support: SupportNote


def load_demo_courses(today: date, folder: Path = DEMO_COURSES) -> list[Course]:
    """The made-up courses, each a file named after its code. Raises ContentError."""
    return [_demo_course(file, today) for file in sorted(folder.glob("*.yaml"))]


def _demo_course(file: Path, today: date) -> Course:
    written = parse_model(_DemoCourse, read_yaml(file), file)
    if not (written.title_vi.startswith(DEMO_MARK) and written.title_en.startswith(DEMO_MARK)):
        raise ContentError(
            file, f"its titles do not begin with {DEMO_MARK}.", "Made-up courses must show that they are."
        )
    monday = today - timedelta(days=today.weekday())
    starts_on = monday + timedelta(weeks=written.starts_in_weeks)
    data: Mapping[str, object] = {
        **written.model_dump(exclude={"starts_in_weeks", "lasts_weeks"}),
        "code": DEMO_PREFIX + file.stem.upper(),
        "provider": DEMO_PROVIDER,
        "starts_on": starts_on,
        "ends_on": starts_on + timedelta(weeks=written.lasts_weeks),
        "register_by": starts_on - timedelta(days=3),
        "source": "Dữ liệu giả định để dùng thử",
        "demo": True,
    }
    return parse_model(Course, dict(data), file)
