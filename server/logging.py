"""structlog for everything, with the ids of message and conversation through the whole way and no personal data."""

import logging
import sys
from typing import Literal

import orjson
import structlog
from structlog.typing import EventDict, Processor

#: Fields that may hold what a person wrote or who they are. They are never logged, whoever tries.
NEVER_LOGGED = frozenset({"text", "address", "payload", "phone", "name", "token", "password"})


def drop_personal_data(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace fields that may be personal by a mark that shows the mistake without the data."""
    for field in NEVER_LOGGED & event.keys():
        event[field] = "(not logged)"
    return event


def _dump(event: EventDict, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()


def configure_logging(level: str, log_format: Literal["auto", "console", "json"]) -> None:
    """Send structlog and the standard library's logging to standard error, in one format."""
    as_json = log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_personal_data,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(serializer=_dump) if as_json else structlog.dev.ConsoleRenderer()
    )
    # Our own events are written directly: on their way through the standard library they would cost a tenth of the
    # time of a message.
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # These would log every request or statement; our own events say more with less.
    for noisy in (
        "uvicorn.access",
        "uvicorn.error",
        "sqlalchemy.engine",
        "alembic",
        "apscheduler",
        "rasa_sdk",
        "asyncio",
        # Addresses of calls to Telegram hold its token.
        "httpx",
        "httpcore",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It logs whole answers that it cannot read, with what people wrote; we name the fault ourselves.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
