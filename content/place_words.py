"""The names of places and offices in the resident's language. Names are never translated, kinds are."""

from content.place_units import District, FormerUnit, Place, Places, Unit
from content.translations import Catalogue


def place_name(place: Place, catalogue: Catalogue) -> str:
    """'xã Bờ Y' (vi), 'Bờ Y commune' (en)."""
    return catalogue.text("place.name", kind=catalogue.text(f"place_kind.{place.kind}"), name=place.name)


def capitalised(words: str) -> str:
    """The words with a capital first letter, for titles and the start of a sentence."""
    return words[:1].upper() + words[1:]


def district_name(place: Unit | FormerUnit, places: Places, catalogue: Catalogue) -> str:
    """Name of the (former) district in which the unit lies."""
    return place_name(places.districts[place.district], catalogue)


def unit_with_history(unit: Unit | FormerUnit, places: Places, catalogue: Catalogue) -> str:
    """'xã Bờ Y (trước 01/07/2025: thị trấn Plei Kần, xã Đăk Xú, xã Pờ Y; huyện Ngọc Hồi)'.

    A unit from before the reform is named with its district.
    """
    district = district_name(unit, places, catalogue)
    name = place_name(unit, catalogue)
    if isinstance(unit, FormerUnit):
        return catalogue.text("place.in_district", unit=name, district=district)
    return catalogue.text(
        "place.with_history",
        unit=name,
        date=catalogue.date(places.province.changed_on),
        former=", ".join(place_name(old, catalogue) for old in unit.former),
        district=district,
    )


def office_name(unit: Unit | FormerUnit, places: Places, catalogue: Catalogue) -> str:
    """The People's Committee of the unit, with what the unit was called before."""
    return catalogue.text("place.office", unit=unit_with_history(unit, places, catalogue))


def candidate_words(place: Place, via: FormerUnit | None, places: Places, catalogue: Catalogue) -> str:
    """What tells one of several places of a name from the others, in one line."""
    if isinstance(place, District):
        return catalogue.text("place.elsewhere_in_district", district=place_name(place, catalogue))
    if via is not None:
        return catalogue.text(
            "place.old_unit_now_in",
            old=place_name(via, catalogue),
            district=district_name(via, places, catalogue),
            unit=place_name(place, catalogue),
        )
    return unit_with_history(place, places, catalogue)


def candidate_title(place: Place, via: FormerUnit | None, catalogue: Catalogue) -> str:
    """The same, short enough for a button."""
    if isinstance(place, District):
        return capitalised(catalogue.text("place.elsewhere_in_district", district=place_name(place, catalogue)))
    name = capitalised(place_name(place, catalogue))
    return name if via is None else catalogue.text("place.title_via", unit=name, old=place_name(via, catalogue))
