"""Whose word about the caller's address is believed."""

from ipaddress import ip_network

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from console.access.cookies import caller_address
from server.proxies import BehindProxies
from server.settings import Settings


async def _who(request: Request) -> PlainTextResponse:
    return PlainTextResponse(caller_address(request))


async def _told(trusted: str, connected: str, *forwarded: str) -> str:
    app = BehindProxies(
        Starlette(routes=[Route("/", _who)]), Settings.model_validate({"trusted_proxies": trusted}).trusted_proxies
    )
    transport = httpx.ASGITransport(app, client=(connected, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.get("/", headers=[("x-forwarded-for", one) for one in forwarded])).text


@pytest.mark.parametrize(
    ("trusted", "connected", "forwarded", "caller"),
    [
        ("", "127.0.0.1", ("192.0.2.1",), "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1", ("192.0.2.1",), "192.0.2.1"),
        ("127.0.0.1", "127.0.0.1", (), "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", ("192.0.2.1",), "198.51.100.7"),
        # What the caller wrote itself stands before what our proxies saw.
        ("127.0.0.1", "127.0.0.1", ("203.0.113.9, 192.0.2.1",), "192.0.2.1"),
        ("127.0.0.1, 10.0.0.0/8", "127.0.0.1", ("203.0.113.9, 192.0.2.1, 10.1.2.3",), "192.0.2.1"),
        ("127.0.0.1, 10.0.0.0/8", "10.0.0.4", ("203.0.113.9", "192.0.2.1, 10.1.2.3"), "192.0.2.1"),
        ("127.0.0.1", "127.0.0.1", ("192.0.2.1, <script>",), "127.0.0.1"),
        ("::1", "::1", ("2001:db8::5",), "2001:db8::5"),
    ],
)
async def test_only_a_trusted_proxy_says_who_called(
    trusted: str, connected: str, forwarded: tuple[str, ...], caller: str
) -> None:
    assert await _told(trusted, connected, *forwarded) == caller


@pytest.mark.parametrize(("connected", "scheme"), [("127.0.0.1", "https"), ("198.51.100.7", "http")])
async def test_redirects_lead_to_the_encrypted_address_that_a_trusted_proxy_has(connected: str, scheme: str) -> None:
    inner = Starlette(routes=[Mount("/folder", Starlette())])
    app = BehindProxies(inner, [ip_network("127.0.0.1")])
    transport = httpx.ASGITransport(app, client=(connected, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/folder", headers={"x-forwarded-proto": "https"})
    assert answer.headers["location"] == f"{scheme}://test/folder/"


async def test_the_console_redirects_within_whatever_address_it_has(http: httpx.AsyncClient) -> None:
    answer = await http.get("/console", headers={"x-forwarded-proto": "https", "host": "chungtay.example.org"})
    assert (answer.status_code, answer.headers["location"]) == (307, "/console/")


def test_networks_are_read_from_one_line() -> None:
    read = Settings.model_validate({"trusted_proxies": "127.0.0.1, 10.0.0.0/8"}).trusted_proxies
    assert read == (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))
