"""Zalo's token calls: form bodies, a secret in a header, refresh tokens that work once."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

INVALID_REFRESH_TOKEN = {
    "error": -14014,
    "error_name": "Invalid refresh token",
    "error_reason": "Refresh token is invalid, expired or already used",
    "ref_doc": "",
}


@dataclass
class TokenOffice:
    """Issues pairs. The old access token dies with the refresh; every use of a refresh token is noted."""

    app_id: str
    app_secret: str
    now_ms: Callable[[], int]
    lasts_seconds: int = 90_000
    #: How `expires_in` is written: a text by the documents, a number in the wild, or not at all.
    expires_as: str = "text"
    access: str = "AT-demo-0001"
    refresh: str = "RT-demo-0001"
    expires_at_ms: int | None = None
    revoked: bool = False
    uses: list[str] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(2))

    def refusal(self, access: str | None) -> int | None:
        """Return the error code with which a call is refused, None when its token is right."""
        if access != self.access or self.revoked:
            return -216
        if self.expires_at_ms is not None and self.now_ms() >= self.expires_at_ms:
            return -220
        return None

    @property
    def rotations(self) -> int:
        """How many refresh tokens were used with success."""
        return len([one for one in self.uses if not one.startswith("refused ")])

    async def endpoint(self, request: Request) -> Response:
        """Answer a token call."""
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return JSONResponse({"error": -14005, "error_name": "Invalid content type"})
        form = {name: str(value) for name, value in (await request.form()).items()}
        if request.headers.get("secret_key") != self.app_secret or form.get("app_id") != self.app_id:
            return JSONResponse({"error": -14002, "error_name": "Invalid app id or secret"})
        if form.get("grant_type") == "authorization_code":
            verifier = self.codes.pop(form.get("code", ""), None)
            if verifier is None or verifier != form.get("code_verifier"):
                return JSONResponse({"error": -14006, "error_name": "Invalid authorization code"})
            return self._issue()
        given = form.get("refresh_token", "")
        if given != self.refresh or self.revoked:
            self.uses.append(f"refused {given}")
            return JSONResponse(INVALID_REFRESH_TOKEN)
        self.uses.append(given)
        return self._issue()

    def _issue(self) -> Response:
        number = next(self._numbers)
        self.access, self.refresh = f"AT-demo-{number:04}", f"RT-demo-{number:04}"
        self.expires_at_ms = self.now_ms() + self.lasts_seconds * 1000
        body: dict[str, object] = {"access_token": self.access, "refresh_token": self.refresh}
        if self.expires_as == "text":
            body["expires_in"] = f"{self.lasts_seconds}"
        elif self.expires_as == "number":
            body["expires_in"] = self.lasts_seconds
        return JSONResponse(body)
