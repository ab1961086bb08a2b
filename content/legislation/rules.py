"""The rules of the programmes, read from programmes/*.yaml: who may be entitled, to how much, by which document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from content.parameters import SourceReference
from content.topics import Certainty, Topic
from content.yaml_files import ContentError, parse_model, read_yaml

PROGRAMMES_DIR = Path(__file__).parent / "programmes"
_COMPARISON = re.compile(r"(?P<quantity>[a-z_]+) (?P<sign>>=|<=|<|>) (?P<parameter>[a-z][a-z0-9_]*(\.[a-z0-9_]+)+)")
_NAMED = re.compile(r"(?P<not>not )?(?P<name>[a-z_]+)")


@dataclass(frozen=True, slots=True)
class Named:
    """A variable that is yes or, with `negated`, no."""

    name: str
    negated: bool = False

    @property
    def key(self) -> str:
        """The part of the message key that says in plain words that it holds."""
        return f"not_{self.name}" if self.negated else self.name


@dataclass(frozen=True, slots=True)
class Comparison:
    """A quantity of the household or person against a dated number."""

    quantity: str
    sign: str
    parameter: str

    @property
    def key(self) -> str:
        signs = {">=": "at_least", "<=": "at_most", "<": "under", ">": "above"}
        return f"{self.quantity}_{signs[self.sign]}"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several conditions is enough."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Inside `any`: several conditions together are enough."""

    conditions: "tuple[Condition, ...]"


type Condition = Named | Comparison | AnyOf | AllOf


#: Equal conditions are one object, so that an evaluation can look them up by identity.
_ONE_OF_EACH: dict[Condition, Condition] = {}


def _condition(written: Any) -> Condition:
    parsed = _parsed(written)
    return _ONE_OF_EACH.setdefault(parsed, parsed)


def _parsed(written: Any) -> Condition:
    if isinstance(written, (Named, Comparison, AnyOf, AllOf)):
        return written
    if isinstance(written, dict) and len(written) == 1:
        ((word, items),) = written.items()
        if word in ("any", "all") and isinstance(items, list):
            return (AnyOf if word == "any" else AllOf)(tuple(_condition(item) for item in items))
    if isinstance(written, str):
        if match := _COMPARISON.fullmatch(written):
            return Comparison(match["quantity"], match["sign"], match["parameter"])
        if match := _NAMED.fullmatch(written):
            return Named(match["name"], bool(match["not"]))
    raise ValueError(
        f"`{written}` is no condition. Write a variable (`is_poor`, `not is_poor`), a comparison with a number "
        "(`age >= social_assistance.pension.age`) or `any:` with a list of them, inside which `all:` may stand"
    )


class Amount(BaseModel):
    """Đồng by rule: a number, times another number or a fact; or what is paid, up to a number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parameter: str
    times: str | None = None
    """A second number: the coefficient of a standard, or a share of a ceiling in percent."""
    times_fact: str | None = None
    """A quantity that the household said; without it there is no amount."""
    paid: str | None = None
    """A quantity that the household pays: it gets that, up to the number."""
    kind: Literal["exact", "up_to", "at_least"] = "exact"
    per: Literal["month", "day", "year", "once", "course", "loan", "work", "visit"]


type Conditions = Annotated[tuple[Annotated[Any, BeforeValidator(_condition)], ...], Field(min_length=1)]


class Remark(BaseModel):
    """A message key that is told where the conditions surely hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: Conditions
    say: str


class Ground(BaseModel):
    """One way to be entitled, for some days. Of several that hold, the highest counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    of: Literal["household", "person"]
    first_day: date = Field(alias="from")
    last_day: date | None = Field(alias="to")
    certainty: Certainty
    when: Conditions
    amount: Amount | None = None
    figures: tuple[str, ...] = ()
    """Numbers that are told with the result; the first decides which ground is the highest where none has an amount."""
    notes: tuple[str, ...] = ()
    """Message keys that are always told."""
    full: bool = False
    """Nothing is higher: all of it is paid, or nothing has to be."""
    remarks: tuple[Remark, ...] = ()
    sources: tuple[SourceReference, ...] = ()
    papers: tuple[str, ...] | None = None
    office: str | None = None

    def holds_on(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def parameters(self) -> Iterator[str]:
        """Every number that is told with the result."""
        if self.amount is not None:
            yield self.amount.parameter
            if self.amount.times is not None:
                yield self.amount.times
        yield from self.figures

    @cached_property
    def conditions(self) -> tuple[Named | Comparison, ...]:
        """Every condition, those inside `any` too."""
        return tuple(_flat(self.when))


def _flat(conditions: tuple[Condition, ...]) -> Iterator[Named | Comparison]:
    for condition in conditions:
        if isinstance(condition, (AnyOf, AllOf)):
            yield from _flat(condition.conditions)
        else:
            yield condition


class Programme(BaseModel):
    """One benefit that a household may get. Its name is `programme.<id>` in the catalogues."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    topic: Topic
    office: str
    papers: tuple[str, ...] = Field(min_length=1)
    grounds: tuple[Ground, ...] = Field(min_length=1)


@lru_cache(maxsize=4)
def load_programmes(folder: Path = PROGRAMMES_DIR) -> tuple[Programme, ...]:
    """All programmes, in the order of the topics. Raises ContentError."""
    programmes: list[Programme] = []
    for file in sorted(folder.glob("*.yaml")):
        programme = parse_model(Programme, read_yaml(file), file)
        if file.stem != programme.id:
            raise ContentError(file, f"holds the programme `{programme.id}`.", f"Name the file {programme.id}.yaml.")
        twice = {ground.id for ground in programme.grounds if [g.id for g in programme.grounds].count(ground.id) > 1}
        if twice:
            raise ContentError(file, f"the ground `{min(twice)}` is written twice.", "Give each an id of its own.")
        programmes.append(programme)
    order = tuple(Topic)
    return tuple(sorted(programmes, key=lambda programme: (order.index(programme.topic), programme.id)))
