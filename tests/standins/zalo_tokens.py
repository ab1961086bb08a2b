"""Zalo's token calls: form bodies, a secret in a header, refresh tokens that work once."""

import base64
import hashlib
import html
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

INVALID_REFRESH_TOKEN = {
    "error": -14014,
    "error_name": "Invalid refresh token",
    "error_reason": "Refresh token is invalid, expired or already used",
    "ref_doc": "",
}


CODE_LASTS_MS = 10 * 60 * 1000


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
    #: Code of a consent -> PKCE challenge and the moment of the consent; each is good once, for ten minutes.
    consents: dict[str, tuple[str, int]] = field(default_factory=dict)
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
            if not self._is_good(form.get("code", ""), form.get("code_verifier", "")):
                return JSONResponse({"error": -14006, "error_name": "Invalid authorization code"})
            return self._issue()
        given = form.get("refresh_token", "")
        if given != self.refresh or self.revoked:
            self.uses.append(f"refused {given}")
            return JSONResponse(INVALID_REFRESH_TOKEN)
        self.uses.append(given)
        return self._issue()

    def _is_good(self, code: str, verifier: str) -> bool:
        if code in self.codes:
            return self.codes.pop(code) == verifier
        challenge, at_ms = self.consents.pop(code, ("", 0))
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return digest == challenge and self.now_ms() - at_ms < CODE_LASTS_MS

    def agree(self, address: str, oa_id: str) -> str:
        """Agree on the consent page at `address`; return where the browser is sent to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["app_id"] == self.app_id and len(asked["code_challenge"]) == 43
        code = f"code-{next(self._numbers):04}"
        self.consents[code] = (asked["code_challenge"], self.now_ms())
        answer = {"code": code, "oa_id": oa_id, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def consent_page(self, oa_id: str) -> Callable[[Request], Awaitable[Response]]:
        """Return the page on which the administrator of an account agrees."""

        async def page(request: Request) -> Response:
            there = html.escape(self.agree(str(request.url), oa_id))
            back = html.escape(f"{request.query_params['redirect_uri']}?state={request.query_params['state']}")
            return HTMLResponse(
                f"<p>Ứng dụng {html.escape(self.app_id)} xin quyền của OA {html.escape(oa_id)} (giả lập).</p>"
                f'<p><a href="{there}">Đồng ý</a> · <a href="{back}">Không</a></p>'
            )

        return page

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
