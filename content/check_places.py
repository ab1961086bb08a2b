"""What is checked of places: those of the gazetteer itself, and those that other content names."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from pathlib import Path

from content.documents import LegalDocument
from content.library import Library
from content.place_units import PLACES_DIR, Places, load_places
from content.places import resolve

# A kind of unit and what follows it on the line; how far the name goes is seen from its capital letters.
_KIND_AND_REST = re.compile(r"\b(?P<kind>xã|phường|thị trấn|huyện|thành phố) (?P<rest>[^\n.,;:()“”\"]+)")


def place_complaints(library: Library) -> Iterator[tuple[Path, str]]:
    """(file, message) for every problem of the places themselves and of the places that statements name."""
    places = places_of(library)
    if places.root.is_relative_to(library.root):
        yield from _gazetteer_complaints(places, library.documents)
    for identifier, statement in library.statements.items():
        for version in statement.versions:
            for bilingual in (version.text, version.announcement):
                for named in unknown_places_in(bilingual.vi if bilingual else "", on=version.valid_from, places=places):
                    message = (
                        f"version from {version.valid_from}: names `{named}`, which content/places/ does not hold."
                    )
                    yield library.statement_files[identifier], message


def places_of(library: Library) -> Places:
    """The places in the library's own folder; the shipped ones where it holds none."""
    own = library.root / "places"
    return load_places(own if own.is_dir() else PLACES_DIR)


def place_complaint(value: str, *, on: date, places: Places | None = None) -> str | None:
    """Why `value` (a code, or the name of a commune, ward or township) names no single place; None where it does."""
    resolution = resolve(value, on=on, places=places)
    if resolution.unit is not None:
        return None
    if not resolution:
        return f"names the place `{value}`, which content/places/ does not hold. Correct it, or write its code."
    found = ", ".join(f"{one.place.name} ({one.place.id})" for one in resolution.candidates)
    return f"names the place `{value}`, which may be {found}. Write the code of the one that is meant."


def unknown_places_in(text: str, *, on: date, places: Places | None = None) -> list[str]:
    """The places that a Vietnamese text names and the gazetteer does not hold, such as "xã Đăk Xyz"."""
    province = (places or load_places(PLACES_DIR)).province
    return [
        named
        for named in _named_places(text)
        if not named.endswith((province.name, province.former_name)) and not resolve(named, on=on, places=places)
    ]


def _named_places(text: str) -> Iterator[str]:
    for match in _KIND_AND_REST.finditer(text):
        name = list(takewhile(lambda word: word[0].isupper(), match["rest"].split()))
        if name:
            yield f"{match['kind']} {' '.join(name)}"


def _gazetteer_complaints(places: Places, documents: dict[str, LegalDocument]) -> Iterator[tuple[Path, str]]:
    """(file, message) for what does not hold together in the gazetteer."""
    province = places.root / "province.yaml"
    for document in places.province.documents:
        if document not in documents:
            yield province, f"names the document `{document}`, which no file describes."
    known = {place.name for place in places.by_id.values()}
    for name in sorted(places.spellings.also_written.keys() - known):
        yield places.root / "spellings.yaml", f"`also_written` names `{name}`, which is no place. Correct the spelling."
    for district in places.districts.values():
        if not district.kind.is_district_level:
            yield district.file, f"`{district.name}` is of kind `{district.kind}`. A district is `district` or `city`."
        for unit in district.units:
            if unit.kind not in ("commune", "ward"):
                yield district.file, f"`{unit.name}` is a {unit.kind}; since the reform there are communes and wards."
