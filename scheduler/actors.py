"""Who acts, and what keeps somebody from acting: errors as keys of the catalogues, for staff to read."""

from collections.abc import Collection
from dataclasses import dataclass

from content.campaign_complaints import Complaint
from content.place_units import load_places
from content.translations import Catalogue


@dataclass(frozen=True)
class Actor:
    """A member of staff. Whether they hold the duty was decided by whoever let them in.

    Attributes:
        id: `staff_account.id`.
        organisation: code of the organisation for which they act.
        everywhere: may see and steer campaigns of all organisations, as an administrator does; approves for none.
        areas: communes and wards in which they hold the duty; None: the whole province.
    """

    id: int
    organisation: str
    everywhere: bool = False
    areas: frozenset[str] | None = None


class Refused(Exception):
    """Something that cannot be done now. `key` is `campaign.error.<key>` of the catalogues."""

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(f"{key} {values}" if values else key)

    def text(self, catalogue: Catalogue) -> str:
        """What happened, why, and what to do next."""
        return catalogue.text(f"campaign.error.{self.key}", **self.values)


class NotThere(Refused):
    """What is asked for does not exist, or belongs to another organisation: both look the same from outside."""


class NotReady(Refused):
    """A campaign with faults; `complaints` names each."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        self.complaints = complaints
        super().__init__("not_ready", complaints="; ".join(map(str, complaints)))

    def text(self, catalogue: Catalogue) -> str:
        """Each fault on a line of its own."""
        lines = "\n".join(f"• {one.text(catalogue)}" for one in self.complaints)
        return catalogue.text("campaign.error.not_ready", complaints=lines)


def require_own(actor: Actor, organisation: str) -> None:
    """Raise NotThere for what belongs to another organisation."""
    if not actor.everywhere and actor.organisation != organisation:
        raise NotThere("not_there")


def require_area(actor: Actor, communes: Collection[str]) -> None:
    """Raise Refused unless an audience lies in the actor's area. Without communes it lies in the whole province."""
    if actor.areas is not None and (not communes or not actor.areas.issuperset(communes)):
        names = ", ".join(sorted(load_places().units[area].name for area in actor.areas if area in load_places().units))
        raise Refused("other_area", areas=names or "–")
