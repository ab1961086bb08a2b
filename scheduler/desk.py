"""What the services of campaigns work with."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.channels.capabilities import TERMINAL
from content.library import Library
from scheduler.rendering import TEXT_CHANNELS, Stamp
from scheduler.routes import Prices
from store.clock import Clock
from store.queries.campaigns import StoredCampaign


@dataclass(frozen=True)
class Desk:
    """Dependencies of the services, the same for all campaigns.

    Attributes:
        channels: on which messages can be sent now.
        public_address: where people reach the public pages; empty when nobody said.
    """

    clock: Clock
    library: Library
    channels: Sequence[str] = tuple(channel for channel in TEXT_CHANNELS if channel != TERMINAL)
    prices: Prices = field(default_factory=Prices)
    public_address: str = ""

    def stamp(self, campaign: StoredCampaign, *, note: str = "") -> Stamp:
        """What is put into every message of a campaign."""
        return Stamp(
            code=campaign.code,
            organisation=lambda language: (
                campaign.organisation_name_en if language == "en" else campaign.organisation_name
            ),
            public_address=self.public_address,
            note=note,
        )
