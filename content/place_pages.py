"""What is made from the places for others: the page of docs/, and the word list by which Rasa notices a place."""

from collections.abc import Iterator

from content.place_names import ENGLISH_KINDS, KIND_WORDS, Spelling, not_places, spellings_of
from content.place_units import District, FormerUnit, PlaceKind, Places, Unit, load_places
from content.places import PlaceTable, place_table, resolve
from content.translations import catalogue_for

#: Value in Rasa's word list of phrases that only sound like a place; the extractor leaves their words alone.
NOT_A_PLACE = "not_a_place"
#: Begins a phrase that names a place only where it is the whole message.
ALONE = "="
_BEFORE_A_DISTRICT: dict[PlaceKind, tuple[Spelling, ...]] = {
    PlaceKind.DISTRICT: ((), ("huyen",), ("o",)),
    PlaceKind.CITY: ((), ("thanh", "pho"), ("tp",)),
}


def place_pages() -> dict[str, str]:
    """Text by file, relative to the project."""
    places = load_places()
    return {"docs/places.md": places_page(places), "nlu/gazetteers/place.yml": rasa_gazetteer(places)}


def places_page(places: Places) -> str:
    """The table old -> new in Markdown."""
    return "\n".join(_page_lines(places)) + "\n"


def _page_lines(places: Places) -> Iterator[str]:
    province, units = places.province, places.units.values()
    yield "# Places"
    yield ""
    yield "Made from `content/places/` by `make docs`; do not edit by hand."
    yield ""
    yield (
        f"On {catalogue_for('en').date(province.changed_on)} the districts ended, {province.former_name} became part "
        f"of {province.name}, and its {len(places.former_units)} communes, wards and townships became {len(units)} "
        f"communes and wards ({', '.join(f'`{document}`' for document in province.documents)})."
    )
    yield ""
    yield "## Names that ask for care"
    yield ""
    yield (
        "These words name more than one place; the bot asks which one is meant. A district beside the name, "
        "“thị trấn”, “huyện”, “cũ” or “mới” settle it."
    )
    yield ""
    yield "| words | places |"
    yield "| --- | --- |"
    for words, found in _ambiguous_names(places):
        yield f"| {words} | {found} |"
    yield ""
    yield "Rural or urban: whoever lives in a unit marked “area changed” had another poverty threshold before; whether"
    yield "a transition rule holds there is not known."
    for district in sorted(places.districts.values(), key=lambda one: one.name):
        yield ""
        yield f"## {_vi(district)}"
        yield ""
        yield "| before | since | code | |"
        yield "| --- | --- | --- | --- |"
        for unit in district.units:
            for old in unit.former:
                yield f"| {_vi(old)} | {_vi(unit)} | {unit.id} | {_remark(old, unit)} |"


def _remark(old: FormerUnit, unit: Unit) -> str:
    if unit.is_unchanged:
        return "unchanged"
    return "area changed" if old.kind.area is not unit.area else ""


def _ambiguous_names(places: Places) -> Iterator[tuple[str, str]]:
    kinds = {kind: catalogue_for("vi").text(f"place_kind.{kind}") for kind in PlaceKind}
    by_name = sorted({place.name for place in places.by_id.values()})
    for name in by_name:
        for words in (name, f"{kinds[PlaceKind.COMMUNE]} {name}"):
            resolution = resolve(words, on=places.province.changed_on, places=places)
            if resolution.is_ambiguous:
                found = (
                    _vi(one.place) if one.via is None else f"{_vi(one.via)} cũ (nay {_vi(one.place)})"
                    for one in resolution.candidates
                )
                yield words, "; ".join(found)


def _vi(place: Unit | FormerUnit | District) -> str:
    return catalogue_for("vi").text(
        "place.name", kind=catalogue_for("vi").text(f"place_kind.{place.kind}"), name=place.name
    )


def rasa_gazetteer(places: Places) -> str:
    """`nlu/gazetteers/place.yml`: name as in the content -> folded phrases."""
    lines = [
        "# Names of places as people write them, folded. Made from content/places/ by `make docs`.",
        "# Which place is meant is found out by content/places.py; here it is only noticed that there is one.",
    ]
    phrases: dict[str, list[str]] = {}
    for phrase, name in _phrases(place_table(places)):
        phrases.setdefault(name, []).append(" ".join(phrase))
    phrases[NOT_A_PLACE] = [" ".join(phrase) for phrase in not_places(places)]
    lines += (f"{name}: [{', '.join(sorted(set(written)))}]" for name, written in phrases.items())
    return "\n".join(lines) + "\n"


def _phrases(table: PlaceTable) -> Iterator[tuple[Spelling, str]]:
    for spelling, meanings in table.meanings.items():
        name = meanings[0].name
        if spelling in table.needing_kind:
            yield (ALONE, *spelling), name
            for surrounded in {phrase for place in meanings for phrase in _surrounded(spelling, place, table.places)}:
                yield surrounded, name
        else:
            yield spelling, name


def _surrounded(spelling: Spelling, place: Unit | FormerUnit | District, places: Places) -> Iterator[Spelling]:
    """The name with what makes it a place: its kind, or its district after it."""
    for words, kind in KIND_WORDS.items():
        if kind is not None and kind.is_district_level is place.kind.is_district_level:
            yield (*spelling, *words) if words in ENGLISH_KINDS else (*words, *spelling)
    if not isinstance(place, District):
        district = places.districts[place.district]
        for written in spellings_of(district.name, places):
            for between in _BEFORE_A_DISTRICT[district.kind]:
                yield (*spelling, *between, *written)
