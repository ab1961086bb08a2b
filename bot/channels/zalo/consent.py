"""The account's consent: an administrator is sent to Zalo and comes back with a code (channels.md A4.1).

What belongs to one consent (who asked, until when, the PKCE verifier) travels in `state`, encrypted with the
installation's own key: any process can take the person back, nobody else can read or make one, and nothing waits in the
database for somebody who never returns. Used twice it brings nothing, for Zalo takes a code once.
"""

import base64
import hashlib
import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import orjson

from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.tokens import NoToken, TokenKeeper
from store.clock import Clock
from store.sealing import CannotUnseal, Sealer

#: Where Zalo sends the administrator back to, below our public address; served by `console/zalo_consent.py`.
CALLBACK = "/console/zalo-consent"
#: Zalo's code lives so long.
CONSENT_LASTS = timedelta(minutes=10)
_VERIFIER_LENGTH = 43
_LETTERS = string.ascii_letters + string.digits


class ConsentRefused(Exception):
    """The person came back and nothing was taken. `reason`: `denied`, `state`, `late`, `account` or `zalo`."""

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.said = said


def challenge_of(verifier: str) -> str:
    """Return the PKCE challenge of a verifier: base64url without padding of its SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class ZaloConsent:
    """Asks for the account's consent and takes what comes of it.

    Attributes:
        back_to: our address that Zalo sends the person back to; it must stand in Zalo's developer console too.
        verifier: the one whose challenge is saved there; None: a new one each time. Sources disagree on which of the
            two Zalo wants.
    """

    account: ZaloAccount
    tokens: TokenKeeper
    sealer: Sealer
    clock: Clock
    back_to: str
    verifier: str | None = None

    def ask(self, asker: int) -> str:
        """Return Zalo's address to which a member of staff is sent."""
        verifier = self.verifier or "".join(secrets.choice(_LETTERS) for _ in range(_VERIFIER_LENGTH))
        until = self.clock.now() + CONSENT_LASTS
        state = {"for": "zalo_consent", "asker": asker, "until": until.isoformat(), "verifier": verifier}
        query = {
            "app_id": self.account.app_id,
            "redirect_uri": self.back_to,
            "code_challenge": challenge_of(verifier),
            "state": self.sealer.seal(orjson.dumps(state).decode()).decode(),
        }
        return f"{self.account.oauth}/v4/oa/permission?{urlencode(query)}"

    async def take(self, asker: int, *, code: str, state: str, oa_id: str) -> None:
        """Take the tokens of somebody who came back.

        Raises:
            ConsentRefused: they did not agree, this is not what they were sent for, or Zalo refused the code.
        """
        verifier = self._verifier_of(state, asker)
        if not code:
            raise ConsentRefused("denied")
        if oa_id != self.account.oa_id:
            # Whoever looks after several accounts chose another one on Zalo's page.
            raise ConsentRefused("account")
        try:
            await self.tokens.exchange_code(code, verifier)
        except NoToken as refused:
            raise ConsentRefused("zalo", refused.reason) from refused

    def _verifier_of(self, state: str, asker: int) -> str:
        try:
            sent = orjson.loads(self.sealer.unseal(state.encode()))
            mine = sent["for"] == "zalo_consent" and sent["asker"] == asker
            until, verifier = datetime.fromisoformat(sent["until"]), str(sent["verifier"])
        except (CannotUnseal, orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise ConsentRefused("state") from error
        if not mine:
            raise ConsentRefused("state")
        if self.clock.now() > until:
            raise ConsentRefused("late")
        return verifier
