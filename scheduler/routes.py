"""By which way a message would reach somebody at a moment, and what it costs: for planning.

The sender decides anew when it sends (`docs/campaigns.md`). The windows of Zalo are those of its capabilities.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.channels.capabilities import CAPABILITIES, LEAST, WINDOW_MARGIN
from bot.channels.simulated import SIMULATED
from store.queries.audiences import Reach


class Route(StrEnum):
    """A way to reach somebody."""

    ZALO_FREE = "zalo_free"
    ZALO_BILLED = "zalo_billed"
    ZBS_TEMPLATE = "zbs_template"
    TELEGRAM = "telegram"
    ZALO_BOT = "zalo_bot"
    WEB = "web"
    SIMULATED = "simulated"
    OTHER = "other"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Prices:
    """Whole đồng for one message, None where nobody has said: packages differ and change, so there is no default.

    Attributes:
        zalo_billed: a free text on Zalo after its free window.
        zbs_template: an approved template.
        allow_billed: whether money may be spent on free texts at all.
        templates: whether approved templates are there to be used.
    """

    zalo_billed: int | None = None
    zbs_template: int | None = None
    allow_billed: bool = True
    templates: bool = False


@dataclass(frozen=True)
class Way:
    """One conversation and the route by which it is reached. `reach` is None when nobody is reached."""

    route: Route
    reach: Reach | None
    cost: int | None = 0


def way_to(reaches: Sequence[Reach], at: datetime, prices: Prices) -> Way:
    """Return the way by which a person is reached at a moment: the preferred conversation that takes the message.

    A free way on any conversation comes before one that costs.
    """
    ways = [_way(reach, at, prices) for reach in reaches]
    open_ways = [way for way in ways if way.route is not Route.UNREACHABLE]
    free = [way for way in open_ways if way.cost == 0]
    return next(iter(free or open_ways), Way(Route.UNREACHABLE, None))


_ROUTES = {"telegram": Route.TELEGRAM, "zalo_bot": Route.ZALO_BOT, "web": Route.WEB, SIMULATED: Route.SIMULATED}


def _way(reach: Reach, at: datetime, prices: Prices) -> Way:
    capabilities = CAPABILITIES.get(reach.channel, LEAST)
    if capabilities.free_window is None and capabilities.text_window is None:
        return Way(_ROUTES.get(reach.channel, Route.OTHER), reach)
    silent = at - reach.last_message_at + WINDOW_MARGIN
    if capabilities.free_window is None or silent <= capabilities.free_window:
        return Way(Route.ZALO_FREE, reach)
    if prices.allow_billed and (capabilities.text_window is None or silent <= capabilities.text_window):
        return Way(Route.ZALO_BILLED, reach, prices.zalo_billed)
    if prices.templates and capabilities.templates:
        return Way(Route.ZBS_TEMPLATE, reach, prices.zbs_template)
    return Way(Route.UNREACHABLE, None)
