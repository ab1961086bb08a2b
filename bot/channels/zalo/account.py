"""What an installation says about its Zalo Official Account."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.channels.zalo_http import CALL_SECONDS

#: Hosts of Zalo; any stand-in may take their place (https://docs.zaloplatforms.com/docs/OA).
OPENAPI = "https://openapi.zalo.me"
BUSINESS = "https://business.openapi.zalo.me"
OAUTH = "https://oauth.zaloapp.com"


@dataclass(frozen=True, kw_only=True)
class ZaloAccount:
    """One Official Account and the application that serves it.

    Attributes:
        oa_id: id of the Official Account, always a text: it has more digits than a JSON number keeps.
        app_id, app_secret: of the application.
        webhook_key: "OA Secret Key" that signs events; None: the application's secret does.
        openapi, business, oauth: base addresses.
        enforce: events with a wrong signature are not taken. Off: they are taken, counted and reported.
        environment: name of this installation; tokens given to another one are not refreshed here.
        appsecret_proof: the application demands a proof with each call.
        mute: how long the bot is silent after an officer wrote from Zalo's own application.
        settle: how long an event lies before it is read, so that an earlier one may still arrive.
        paid_per_day: texts outside the free window that may be sent in one day, over all campaigns.
        timeout: seconds until a call counts as unanswered; less than a claim on a ledger row lasts.
    """

    oa_id: str
    app_id: str
    app_secret: str = field(repr=False)
    webhook_key: str | None = field(default=None, repr=False)
    openapi: str = OPENAPI
    business: str = BUSINESS
    oauth: str = OAUTH
    enforce: bool = True
    environment: str = "production"
    appsecret_proof: bool = False
    mute: timedelta = timedelta(minutes=60)
    settle: timedelta = timedelta(seconds=1)
    paid_per_day: int = 0
    timeout: float = CALL_SECONDS
