"""`/console/sign-in`, `/console/invitation/{code}`, `/console/second-factor`, `/console/sign-out`.

A form that another site sends is refused twice: its browser keeps our cookie back (SameSite), and we look at where the
form was (Origin).
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

import pyotp
import segno
from fastapi import APIRouter, Form, Query, Request, Response

from bot.channels.web import language_of
from console.access.cookies import SESSION_COOKIE, caller_address, own_origin, set_session_cookie
from console.access.passwords import SHORTEST_PASSWORD
from console.access.sign_in import SignedIn, SignIn, SignInRefused
from console.plain_pages import PlainPages
from content.translations import COMPLETE_LANGUAGES, catalogue_for

HOME = "/console/"
_BROWSERS = ("Edg", "OPR", "CocCoc", "coc_coc_browser", "SamsungBrowser", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
_NAMES = {"Edg": "Edge", "OPR": "Opera", "coc_coc_browser": "Cốc Cốc", "CocCoc": "Cốc Cốc", "Macintosh": "macOS"}

Typed = Annotated[str, Form(max_length=400)]


def browser_name(agent: str) -> str:
    """Return browser and system as people call them, such as `Chrome, Android`."""
    browser = next((name for name in _BROWSERS if name in agent), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    return ", ".join(_NAMES.get(part, part) for part in (browser, system) if part) or "?"


def safe_target(target: str) -> str:
    """Return where to go after signing in: a page of the console, never another site."""
    return target if re.fullmatch(r"/console/[\w\-/]*(\?[\w\-=&.%]*)?", target) else HOME


class SignInPages:
    """Renders the pages and reads their forms."""

    def __init__(self, sign_in: SignIn, warm_up: Callable[[], None], demo_logins: Callable[[], list[str]]) -> None:
        self._sign_in = sign_in
        self._pages = PlainPages("sign_in.css", pictures_within=True, referrer="same-origin")
        self.warm_up = warm_up
        self.demo_logins = demo_logins

    def page(self, request: Request, step: str, *, status: int = 200, fault: str = "", **values: Any) -> Response:
        """Return the page of one step."""
        lang = request.query_params.get("lang", "")
        language = lang if lang in COMPLETE_LANGUAGES else language_of(request.headers.get("accept-language"))
        catalogue = catalogue_for(language)
        return self._pages.page(
            "sign_in.html",
            language,
            status=status,
            t=lambda key, **given: catalogue.text(f"console.sign_in.{key}", **given),
            step=step,
            fault=catalogue.text(fault, number=SHORTEST_PASSWORD) if fault else "",
            **values,
        )

    async def half_way(self, request: Request) -> SignedIn | None:
        """Return who gave their password and not their code yet."""
        who = await self._sign_in.who(request.cookies.get(SESSION_COOKIE))
        return None if who is None or who.session.complete else who

    def door(self, request: Request, *, fault: str = "", status: int = 200, login: str = "") -> Response:
        """The first page: login and password."""
        target = safe_target(request.query_params.get("next", HOME))
        return self.page(
            request,
            "password",
            fault=fault,
            status=status,
            login=login,
            target=target,
            demo=self.demo_logins(),
        )


def go(target: str) -> Response:
    """Send the browser on."""
    return Response(status_code=303, headers={"Location": target, "Cache-Control": "no-store"})


def _browser(request: Request) -> str:
    return browser_name(request.headers.get("user-agent", ""))


def sign_in_router(sign_in: SignIn, warm_up: Callable[[], None], demo_logins: Callable[[], list[str]]) -> APIRouter:
    """Return the routes.

    Args:
        warm_up: called when somebody is about to come in, so that the console is there when they are.
        demo_logins: logins of made-up accounts, to be named on the page; empty where there are none.
    """
    router = APIRouter(include_in_schema=False, prefix="/console")
    pages = SignInPages(sign_in, warm_up, demo_logins)
    _add_password(router, sign_in, pages)
    _add_second_factor(router, sign_in, pages)
    return router


def _add_password(router: APIRouter, sign_in: SignIn, pages: SignInPages) -> None:
    @router.get("/sign-in")
    async def ask(request: Request) -> Response:
        pages.warm_up()
        return pages.door(request)

    @router.post("/sign-in")
    async def check(
        request: Request, login: Typed = "", password: Typed = "", target: Annotated[str, Form()] = HOME
    ) -> Response:
        if not own_origin(request):
            return pages.door(request, fault="console.sign_in.other_site", status=403)
        try:
            entered = await sign_in.with_password(
                login, password, address=caller_address(request), browser=_browser(request)
            )
        except SignInRefused as refused:
            status = 429 if refused.key.endswith("too_often") else 401
            return pages.door(request, fault=refused.key, status=status, login=login[:80])
        target = safe_target(target)
        answer = go(target if entered.complete else f"/console/second-factor?next={target}")
        set_session_cookie(answer, request, entered.cookie)
        return answer

    @router.get("/invitation/{code}")
    async def invitation(request: Request, code: str) -> Response:
        staff = await sign_in.invited(code[:100])
        if staff is None:
            return pages.page(request, "over", status=404, fault="console.sign_in.invitation_over")
        return pages.page(request, "invitation", name=staff.name, login=staff.login, shortest=SHORTEST_PASSWORD)

    @router.post("/invitation/{code}")
    async def accept(request: Request, code: str, password: Typed = "", again: Typed = "") -> Response:
        staff = await sign_in.invited(code[:100])
        if staff is None:
            return pages.page(request, "over", status=404, fault="console.sign_in.invitation_over")
        fault = "console.sign_in.other_site" if not own_origin(request) else ""
        if not fault and password != again:
            fault = "console.sign_in.not_the_same"
        if not fault:
            try:
                entered = await sign_in.accept(code[:100], password, browser=_browser(request))
            except SignInRefused as refused:
                fault = refused.key
        if fault:
            return pages.page(
                request,
                "invitation",
                status=400,
                fault=fault,
                name=staff.name,
                login=staff.login,
                shortest=SHORTEST_PASSWORD,
            )
        answer = go("/console/second-factor")
        set_session_cookie(answer, request, entered.cookie)
        return answer

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        who = await sign_in.who(request.cookies.get(SESSION_COOKIE))
        if who is not None and own_origin(request):
            await sign_in.sign_out(who)
        answer = go("/console/sign-in")
        answer.delete_cookie(SESSION_COOKIE, path="/console")
        return answer


def _add_second_factor(router: APIRouter, sign_in: SignIn, pages: SignInPages) -> None:
    async def ask_for_code(
        request: Request, who: SignedIn, target: str, *, fault: str = "", status: int = 200
    ) -> Response:
        secret = await sign_in.secret_to_set_up(who)
        if secret is None:
            return pages.page(request, "code", fault=fault, status=status, target=target)
        link = pyotp.TOTP(secret).provisioning_uri(name=who.staff.login, issuer_name="Chung Tay")
        picture = segno.make(link, error="m").svg_data_uri(scale=5, dark="#000", light="#fff", border=3)
        return pages.page(
            request, "set_up", fault=fault, status=status, target=target, picture=picture, secret=secret, link=link
        )

    @router.get("/second-factor")
    async def ask(request: Request, target: Annotated[str, Query(alias="next")] = HOME) -> Response:
        pages.warm_up()
        who = await pages.half_way(request)
        return go("/console/sign-in") if who is None else await ask_for_code(request, who, safe_target(target))

    @router.post("/second-factor")
    async def check(request: Request, code: Typed = "", target: Annotated[str, Form()] = HOME) -> Response:
        who = await pages.half_way(request)
        if who is None:
            return go("/console/sign-in")
        target = safe_target(target)
        if not own_origin(request):
            return await ask_for_code(request, who, target, fault="console.sign_in.other_site", status=403)
        setting_up = await sign_in.secret_to_set_up(who) is not None
        try:
            if setting_up:
                cookie, codes = await sign_in.confirm_secret(who, code, browser=_browser(request))
                answer = pages.page(request, "recovery", codes=codes, target=target)
            else:
                cookie = await sign_in.with_code(who, code, address=caller_address(request), browser=_browser(request))
                answer = go(target)
        except SignInRefused as refused:
            status = 429 if refused.key.endswith("too_often") else 401
            return await ask_for_code(request, who, target, fault=refused.key, status=status)
        set_session_cookie(answer, request, cookie)
        return answer
