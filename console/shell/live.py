"""Parts of a page that look again by themselves."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from console.shell.frame import say_error
from console.shell.visit import Forbidden, SignedOut, Visit
from store.database import LOST_CONNECTION


def live(visit: Visit, seconds: float, refresh: Callable[[], Awaitable[object]]) -> None:
    """Call `refresh` every so many seconds for as long as the page is open and its owner may see it.

    While the database is away it tries again; what is on the screen stays there.
    """

    async def look() -> None:
        try:
            await refresh()
        except LOST_CONNECTION:
            return
        except (SignedOut, Forbidden) as error:
            timer.cancel()
            say_error(visit, error)

    timer = ui.timer(seconds, look)
