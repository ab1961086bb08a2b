"""What people may agree to, each purpose apart: a yes to one is none to another, and silence is none at all."""

from enum import StrEnum


class ConsentPurpose(StrEnum):
    """A purpose that a person gives or withdraws consent for."""

    #: Messages that this system starts. The subject is a topic, or empty for all of them.
    NEWS = "news"
    #: Remembering the commune, for the right office and for news of the place.
    COMMUNE = "commune"
    #: Remembering the household group (poor, near poor, …).
    HOUSEHOLD_GROUP = "household_group"
    #: Being called back on a telephone number that the person gave.
    PHONE = "phone"
    #: Being written to about a donation of one's own.
    DONATION = "donation"
