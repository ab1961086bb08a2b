"""Parts of a page that look again by themselves."""

import time
from collections.abc import Awaitable, Callable

from nicegui import ui

from console.shell.frame import say_error
from console.shell.visit import Forbidden, SignedOut, Visit
from store.database import LOST_CONNECTION

#: Of the time that a page is open, at most one part in so many is spent on looking again.
_SHARE_OF_LOOKING = 20


def live(visit: Visit, seconds: float, refresh: Callable[[], Awaitable[object]]) -> None:
    """Call `refresh` every so many seconds for as long as the page is open and its owner may see it.

    A look that takes long, at a campaign to a million people say, is taken less often.
    While the database is away it tries again; what is on the screen stays there.
    """

    async def look() -> None:
        begun = time.monotonic()
        try:
            await refresh()
        except LOST_CONNECTION:
            return
        except (SignedOut, Forbidden) as error:
            timer.cancel()
            say_error(visit, error)
        timer.interval = max(seconds, _SHARE_OF_LOOKING * (time.monotonic() - begun))

    timer = ui.timer(seconds, look)
