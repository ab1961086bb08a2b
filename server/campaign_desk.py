"""What the services of campaigns work with, as the settings say; the same for every process and command."""

from content.library import Library
from scheduler.desk import Desk
from scheduler.routes import Prices
from server.settings import Settings
from store.clock import Clock


def campaign_desk(settings: Settings, library: Library, clock: Clock) -> Desk:
    """Return the desk. What is approved holds the public address: all processes need the same one."""
    return Desk(
        clock=clock,
        library=library,
        prices=Prices(
            zalo_billed=settings.zalo_message_price,
            zbs_template=settings.zalo_template_price,
            templates=settings.zalo_template_price is not None,
        ),
        public_address=(settings.public_address or "").rstrip("/"),
    )
