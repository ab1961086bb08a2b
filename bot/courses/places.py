"""Where a course is wanted or held: what people call a place, and the communes of today that it stands for."""

from dataclasses import dataclass
from datetime import date

from content.place_units import District, FormerUnit, load_places
from content.place_words import place_name
from content.places import resolve
from content.translations import Catalogue


@dataclass(frozen=True)
class PlaceMeant:
    """A place that somebody looks for.

    Attributes:
        key: what a button carries: the id of the one place, or the name that several places share.
        communes: codes of today's communes and wards that it covers. A shared name covers all that bear it: a list of
            courses that is a little too long harms less than a question back.
    """

    key: str
    communes: tuple[str, ...]


def place_meant(named: str, on: date) -> PlaceMeant | None:
    """Return what `named` (a whole question, a name, or the key of a button) means on a day; None for no place."""
    candidates = resolve(named, on=on).candidates
    communes: dict[str, None] = {}
    for candidate in candidates:
        place = candidate.place
        if isinstance(place, District):
            communes |= dict.fromkeys(unit.id for unit in place.units)
        else:
            communes[place.now if isinstance(place, FormerUnit) else place.id] = None
    if not communes:
        return None
    key = candidates[0].place.id if len(candidates) == 1 else candidates[0].place.name
    return PlaceMeant(key, tuple(communes))


def place_text(key: str, catalogue: Catalogue) -> str:
    """Return the name of a place by its key, with its kind where the key is an id: "xã Đăk Hà"."""
    place = load_places().by_id.get(key)
    if place is None:
        return key
    return place_name(place, catalogue)
