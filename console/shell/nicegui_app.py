"""NiceGUI's one application, with our pages on it. Imported when somebody opens the console, not before."""

import asyncio
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from nicegui import app as nicegui_app
from nicegui import core, run, ui
from nicegui.page import page as nicegui_page
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp

from console.shell.door import COOKIE, PARTS, WHO
from console.shell.frame import frame, not_for_you, say_error, show_error
from console.shell.registry import PAGES, Page, import_pages
from console.shell.visit import Missing, Visit
from store.database import LOST_CONNECTION

log = structlog.get_logger(__name__)

#: A page that takes longer than this to build is a fault of ours.
LONGEST_BUILD_SECONDS = 20.0
#: A phone that lost its line for so long finds its page as it left it.
RECONNECT_SECONDS = 30.0
#: Numbers in addresses are those of rows, which PostgreSQL counts with 64 bits.
LARGEST_NUMBER = 2**63

_STYLE = Path(__file__).with_name("console.css")
_SCRIPT = Path(__file__).with_name("console.js")


def _configure() -> None:
    core.app.config.add_run_config(
        reload=False,
        title="Chung Tay",
        viewport="width=device-width, initial-scale=1",
        favicon=None,
        dark=False,
        language="vi",
        binding_refresh_interval=0.2,
        reconnect_timeout=RECONNECT_SECONDS,
        message_history_length=200,
        tailwind=False,
        unocss=None,
        prod_js=True,
        show_welcome_message=False,
        markdown=False,
    )
    core.app.add_middleware(GZipMiddleware, minimum_size=1000)
    ui.add_head_html(f"<style>{_STYLE.read_text(encoding='utf-8')}</style>", shared=True)
    ui.add_head_html(f"<script>{_SCRIPT.read_text(encoding='utf-8')}</script>", shared=True)
    nicegui_app._exception_handlers[:] = [_log_what_nobody_was_told]
    nicegui_app.colors(primary="#0057d6", secondary="#4c5b6c", accent="#8a4b00", positive="#1b6b34", negative="#b3261e")


def _log_what_nobody_was_told(error: Exception) -> None:
    """What was said to whoever clicked needs no trace in the log; a fault of ours does."""
    if not callable(getattr(error, "text", None)) and not isinstance(error, LOST_CONNECTION):
        log.error("console_failed", exc_info=error)


def _register(page: Page) -> None:
    given = [one for one in inspect.signature(page.build).parameters.values() if one.name != "visit"]

    async def shown(request: Request, **values: Any) -> None:
        visit = Visit(request.scope[PARTS], request.scope[WHO], request.scope[COOKIE], page)
        client = ui.context.client
        client.on_exception(lambda error: say_error(visit, error))
        client.title = f"{visit.t(f'console.page.{page.name}')} – Chung Tay"
        with frame(visit):
            if not page.open_to(visit.staff):
                client.status_code = 403
                not_for_you(visit)
                return
            try:
                if any(isinstance(value, int) and not 0 <= value < LARGEST_NUMBER for value in values.values()):
                    raise Missing
                await page.build(visit, **values)
            except Exception as error:
                client.status_code = show_error(visit, error)

    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
    shown.__signature__ = inspect.Signature([first, *given])  # type: ignore[attr-defined]
    register: Callable[[Any], Any] = nicegui_page(page.path, response_timeout=LONGEST_BUILD_SECONDS)
    register(shown)


_configure()
import_pages()
for _page in PAGES.values():
    _register(_page)


async def started() -> ASGIApp:
    """Return the application, started in this event loop."""
    core.loop = asyncio.get_running_loop()
    if not core.app.is_started:
        core.sio.eio.ping_interval = max(RECONNECT_SECONDS * 0.8, 4)
        core.sio.eio.ping_timeout = max(RECONNECT_SECONDS * 0.4, 2)
        run.setup()
        core.app.start()
    return core.app
