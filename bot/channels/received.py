"""What people send that is no text: voice notes, pictures, files, places, stickers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ReceivedKind(StrEnum):
    """What it is, whatever the channel calls it."""

    VOICE = "voice"
    PHOTO = "photo"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    #: Somebody else's contact card.
    CONTACT = "contact"
    #: The person's own telephone number, handed over by the channel's own button.
    PHONE = "phone"
    #: Stickers and the like: a greeting, nothing to be looked at.
    STICKER = "sticker"
    #: The channel does not say what, or it is nothing that we can take.
    OTHER = "other"


@dataclass(frozen=True)
class Received:
    """One thing that came.

    Attributes:
        reference: by which the channel hands out the content: a file id or an address; None where there is no content.
        size: bytes, as far as the channel says.
        media_type: as the channel says; never believed without looking at the content.
    """

    kind: ReceivedKind
    reference: str | None = None
    size: int | None = None
    media_type: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data, without what is not known."""
        return {name: value for name, value in vars(self).items() if value is not None}
