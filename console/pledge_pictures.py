"""The QR picture of a pledge: `/ung-ho/<code>/qr.png`, for phones, messengers and paper."""

from fastapi import APIRouter
from starlette.responses import Response

from bot.giving.cards import amount_to_pay
from fund.accounts import kept_accounts
from fund.pledge_codes import is_pledge_code
from fund.qr_picture import qr_png
from store.database import Database
from store.queries.pledges import find_pledge

_HEADERS = {"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex"}


def pledge_pictures_router(database: Database) -> APIRouter:
    """Return the route. It shows what is due next, and nothing for a pledge that takes no money any more."""
    router = APIRouter(include_in_schema=False)

    @router.get("/ung-ho/{code}/qr.png")
    async def picture(code: str) -> Response:
        if not is_pledge_code(code):
            return Response(status_code=404)
        async with database.single() as connection:
            pledge = await find_pledge(connection, code)
            if pledge is None or pledge.kind == "in_kind" or pledge.state == "cancelled":
                return Response(status_code=404)
            accounts = await kept_accounts(connection)
        account = accounts.for_commune(pledge.commune)
        payload = None if account is None else account.payload(code, amount_to_pay(pledge))
        if payload is None:
            return Response(status_code=404)
        return Response(qr_png(payload), media_type="image/png", headers=_HEADERS)

    return router
