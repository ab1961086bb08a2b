"""The administrative units of the former Kon Tum: today's, those before the reform of 1 July 2025, and districts."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from content.folding import folded_syllables
from content.topics import Area, Certainty
from content.yaml_files import CONTENT_DIR, ContentError, parse_model, read_yaml

PLACES_DIR = CONTENT_DIR / "places"


class PlaceKind(StrEnum):
    """Kinds of administrative units. Townships, districts and the district-level city ended with the reform."""

    COMMUNE = "commune"
    WARD = "ward"
    TOWNSHIP = "township"
    DISTRICT = "district"
    CITY = "city"

    @property
    def is_district_level(self) -> bool:
        return self in (PlaceKind.DISTRICT, PlaceKind.CITY)

    @property
    def area(self) -> Area:
        """Communes are rural, wards and townships urban (Circular 07/2021/TT-BLĐTBXH)."""
        return Area.RURAL if self is PlaceKind.COMMUNE else Area.URBAN


@dataclass(frozen=True, slots=True)
class FormerUnit:
    """A commune, ward or township as it was before the reform. `id` is `<district>/<name>`."""

    id: str
    kind: PlaceKind
    name: str
    district: str
    now: str
    """Code of the unit that it is, or is part of, today."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A commune or ward of today. `id` is its official code; `district` the former district it lies in."""

    id: str
    kind: PlaceKind
    name: str
    district: str
    former: tuple[FormerUnit, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether the reform left name, kind and borders as they were."""
        return [(old.kind, old.name) for old in self.former] == [(self.kind, self.name)]

    @property
    def area(self) -> Area:
        return self.kind.area

    @property
    def contains_former_township(self) -> bool:
        return any(old.kind is PlaceKind.TOWNSHIP for old in self.former)

    @property
    def area_changed(self) -> bool:
        """Whether a part of it counted as rural before the reform and counts as urban now, or the other way round.

        Whether a transition rule keeps the old poverty threshold there is not known.
        """
        return any(old.kind.area is not self.area for old in self.former)


@dataclass(frozen=True, slots=True)
class District:
    """A former district or district-level city."""

    id: str
    kind: PlaceKind
    name: str
    units: tuple[Unit, ...]
    certainty: Certainty
    fact_sources: tuple[str, ...]
    file: Path

    @property
    def former_units(self) -> tuple[FormerUnit, ...]:
        return tuple(old for unit in self.units for old in unit.former)


type Place = Unit | FormerUnit | District


class Province(BaseModel):
    """The province of today, the one before, and the day of the reform, which is the first day of today's units."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    former_name: str
    changed_on: date
    documents: tuple[str, ...] = Field(min_length=1)
    certainty: Certainty
    fact_sources: tuple[str, ...]


class Spellings(BaseModel):
    """What the general rules of spelling do not know; the file says what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    also_written: dict[str, tuple[str, ...]] = {}
    needs_kind: tuple[str, ...] = ()
    not_places: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Places:
    """All units of one folder. Made by `load_places`."""

    root: Path
    province: Province
    districts: dict[str, District]
    spellings: Spellings

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Today's communes and wards by code."""
        return {unit.id: unit for district in self.districts.values() for unit in district.units}

    @cached_property
    def former_units(self) -> dict[str, FormerUnit]:
        """The communes, wards and townships before the reform by id."""
        return {old.id: old for unit in self.units.values() for old in unit.former}

    @cached_property
    def by_id(self) -> dict[str, Place]:
        """Every place by the id that a button carries."""
        return {**self.units, **self.former_units, **self.districts}

    def reformed_on(self, day: date) -> bool:
        """Whether today's units exist on that day."""
        return day >= self.province.changed_on

    def units_of(self, district: District, on: date) -> tuple[Unit | FormerUnit, ...]:
        """The communes, wards and townships that lie in the (former) district on that day."""
        return district.units if self.reformed_on(on) else district.former_units


class _FormerUnitEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: PlaceKind
    name: str


class _UnitEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = Field(pattern=r"^\d{5}$")
    name: str
    kind: PlaceKind
    former: tuple[_FormerUnitEntry, ...] = Field(min_length=1)


class DistrictFile(BaseModel):
    """One former district with the units of today that lie in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z-]+$")
    name: str
    kind: PlaceKind
    certainty: Certainty
    fact_sources: tuple[str, ...] = Field(min_length=1)
    units: tuple[_UnitEntry, ...] = Field(min_length=1)


def load_places(root: Path = PLACES_DIR) -> Places:
    """Reads a folder of places, each only once. Raises ContentError."""
    return _load_places_once(root)


@lru_cache(maxsize=4)
def _load_places_once(root: Path) -> Places:
    province = parse_model(Province, read_yaml(root / "province.yaml"), root / "province.yaml")
    spellings = parse_model(Spellings, read_yaml(root / "spellings.yaml"), root / "spellings.yaml")
    districts: dict[str, District] = {}
    codes: dict[str, Path] = {}
    for file in sorted((root / "districts").glob("*.yaml")):
        entry = parse_model(DistrictFile, read_yaml(file), file)
        if entry.id != file.stem:
            raise ContentError(file, f"holds the district `{entry.id}`.", f"Name the file {entry.id}.yaml.")
        for unit in entry.units:
            if unit.code in codes:
                raise ContentError(file, f"gives the code {unit.code}, as {codes[unit.code].name} does.", "Correct it.")
            codes[unit.code] = file
        districts[entry.id] = _district(entry, file)
    return Places(root, province, districts, spellings)


def _district(entry: DistrictFile, file: Path) -> District:
    units = tuple(
        Unit(unit.code, unit.kind, unit.name, entry.id, tuple(_former(old, entry.id, unit.code) for old in unit.former))
        for unit in entry.units
    )
    names = [old.id for unit in units for old in unit.former]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ContentError(file, f"holds the former unit `{twice}` twice.", "Keep it where it is part of today.")
    return District(entry.id, entry.kind, entry.name, units, entry.certainty, entry.fact_sources, file)


def _former(entry: _FormerUnitEntry, district: str, now: str) -> FormerUnit:
    identifier = f"{district}/{'-'.join(folded_syllables(entry.name))}"
    return FormerUnit(identifier, entry.kind, entry.name, district, now)
