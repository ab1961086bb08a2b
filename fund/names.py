"""How a donor's name is shown to everybody: as the donor chose."""

from store.queries.pledges import PledgeRow

#: Words of a name that are hinted at; companies have long ones.
_MOST_WORDS = 5


def masked_name(name: str) -> str:
    """Return a name that its owner knows again, and others do not: the first word, and initials.

    >>> masked_name("Nguyễn Thị Mẫu")
    'Nguyễn T*** M***'
    """
    words = name.split()
    if len(words) < 2:
        return f"{name[:1]}***"
    shown = [words[0], *(f"{word[0]}***" for word in words[1:_MOST_WORDS])]
    return " ".join(shown) + ("…" if len(words) > _MOST_WORDS else "")


def public_name(name: str | None, shown: str) -> str | None:
    """Return what everybody may read of a donor's name; None for a hidden one, or where there is none.

    Args:
        shown: `name`, `masked` or `hidden`; anything else hides it.
    """
    if not name:
        return None
    return name if shown == "name" else masked_name(name) if shown == "masked" else None


def public_name_of(pledge: PledgeRow) -> str | None:
    """Return what everybody may read of the name of who made a pledge."""
    return public_name(pledge.donor_name, pledge.name_shown)
