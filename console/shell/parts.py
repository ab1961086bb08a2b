"""What the console works with in this process."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.channels.zalo.consent import ZaloConsent
from console.access.sign_in import SignIn
from console.shell.retraining import Retraining
from console.shell.shown_setting import ShownSetting
from content.library import Library
from scheduler.desk import Desk
from store.clock import Clock
from store.database import Database
from store.sealing import Sealer


@dataclass(frozen=True)
class ConsoleParts:
    """Handed to every page through its visit.

    Attributes:
        sealer: seals the secrets of one-time codes.
        link_secret: signs the links with which staff talk to the bot as on another day.
        retraining: trains candidate models; None where this process cannot.
        zalo_consent: gets tokens of the Zalo account that is set up; None where none is, or nobody said where people
            reach us.
        channels: names of the channels for which the settings name an account.
        demo: made-up accounts may sign in, and are named on the sign-in page.
    """

    database: Database
    clock: Clock
    library: Library
    desk: Desk
    sealer: Sealer
    demo: bool = False
    link_secret: bytes = b""
    settings: tuple[ShownSetting, ...] = ()
    retraining: Retraining | None = None
    zalo_consent: ZaloConsent | None = None
    channels: Collection[str] = ()

    @property
    def sign_in(self) -> SignIn:
        """The ways in and out."""
        return SignIn(self.database, self.clock, self.sealer)
