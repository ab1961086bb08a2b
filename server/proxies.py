"""Who called, where a proxy stands before us."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from console.access.cookies import CALLER


class BehindProxies:
    """Notes the caller's address as trusted proxies tell it, and that they encrypt.

    Whatever else looks at the caller (figures, the actions of Rasa) keeps seeing who really connected. A header from
    anybody else is not believed: it could name an address anew with every attempt.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[IPv4Network | IPv6Network]) -> None:
        self._app = app
        self._trusted = tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry point."""
        if scope["type"] in ("http", "websocket") and scope.get("client") and self._trusts(scope["client"][0]):
            headers = Headers(scope=scope)
            if headers.get("x-forwarded-proto", "").lower() == "https":
                # Redirects that are written out in full lead back to the encrypted address.
                scope["scheme"] = "https" if scope["type"] == "http" else "wss"
            # Each proxy adds whom it saw at the end: the last one that is no proxy of ours is the caller.
            told = ",".join(headers.getlist("x-forwarded-for")).split(",")
            for address in map(str.strip, reversed(told)):
                if not self._trusts(address):
                    if _is_address(address):
                        scope[CALLER] = address
                    break
        await self._app(scope, receive, send)

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
