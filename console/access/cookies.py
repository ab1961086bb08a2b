"""The cookie of a session, and where a request comes from."""

from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.requests import HTTPConnection

SESSION_COOKIE = "chungtay_console"
#: Where `server.proxies` puts the address of who called a proxy that is trusted.
CALLER = "chungtay_caller"


def caller_address(request: HTTPConnection) -> str:
    """Return the address that called, through a trusted proxy or directly; empty where there is none."""
    return str(request.scope.get(CALLER) or (request.client.host if request.client else ""))


def own_origin(request: HTTPConnection) -> bool:
    """True if the page that sent this is ours. Browsers name it with every form, script and WebSocket.

    What names no origin is no browser of today, and has no cookie that somebody else could misuse.
    """
    origin = request.headers.get("origin")
    if origin is None or origin == "null":
        unnamed = "same-origin" if origin is None else "cross-site"
        return request.headers.get("sec-fetch-site", unnamed) in ("same-origin", "none")
    hosts = {request.headers.get("host", ""), request.headers.get("x-forwarded-host", "")}
    return urlsplit(origin).netloc in hosts - {""}


def set_session_cookie(answer: Response, request: Request, cookie: str) -> None:
    """Give a browser its cookie: not for scripts, not for other sites, gone when the browser is closed."""
    encrypted = request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "") == "https"
    answer.set_cookie(SESSION_COOKIE, cookie, path="/console", httponly=True, samesite="lax", secure=encrypted)
