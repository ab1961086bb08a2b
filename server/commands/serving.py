"""`run` and `serve`: the running system."""

import asyncio
import concurrent.futures
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from server.commands.common import (
    AlreadyRunning,
    database_in_use,
    fail,
    notes,
    only_answering_process,
    out,
    read_settings,
)
from server.giving_way import ANSWERING, TAKING_IN, process_gives_way, session_gives_way
from server.listening import CannotListen
from server.logging import configure_logging
from server.postgres import EmbeddedPostgres
from server.runtime import Runtime
from server.settings import ALL_ROLES, Role, Settings
from server.training import TrainingFailed, model_path, train
from store.database import Database
from store.migrate import upgrade_database

_EXAMPLES = (
    "ho ngheo o nong thon thu nhap bao nhieu",
    "hộ cận nghèo có được hỗ trợ thẻ BHYT không",
    "vay vốn hộ mới thoát nghèo lãi bao nhiêu",
    "có lớp học nghề nào đang mở không",
)


def run(
    port: Annotated[int | None, typer.Option(help="Port of the web chat.", min=0, max=65535)] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the database, models and logs live.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="Made-up staff, people, campaigns and courses.")
    ] = False,
) -> None:
    """Run everything on this machine: PostgreSQL, Rasa, the web chat."""
    settings = read_settings(port=port, host=host, data_dir=data_dir)
    configure_logging(settings.log_level, settings.log_format)
    try:
        with only_answering_process(settings.data_dir):
            _serve_all(settings, ALL_ROLES, demo=demo)
    except AlreadyRunning:
        fail(f"Chung Tay is running already with the data directory {settings.data_dir}. Stop it, or give --data-dir.")


def serve(
    roles: Annotated[str, typer.Option(help=f"Roles of this process, of {', '.join(ALL_ROLES)}; comma between.")],
    port: Annotated[int | None, typer.Option(help="Port of the web chat.", min=0, max=65535)] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the database, models and logs live.")] = None,
) -> None:
    """Run one process of a larger deployment."""
    wanted = tuple(dict.fromkeys(part.strip() for part in roles.split(",") if part.strip()))
    unknown = [role for role in wanted if role not in ALL_ROLES]
    if unknown or not wanted:
        fail(f"unknown role {', '.join(unknown) or '(none)'}. Roles are {', '.join(ALL_ROLES)}.")
    settings = read_settings(port=port, host=host, data_dir=data_dir)
    configure_logging(settings.log_level, settings.log_format)
    chosen: tuple[Role, ...] = tuple(role for role in ALL_ROLES if role in wanted)
    _serve_all(settings, chosen, demo=None)


def _serve_all(settings: Settings, roles: tuple[Role, ...], *, demo: bool | None) -> None:
    needs_model = "conversation" in roles and not settings.rasa_urls
    with concurrent.futures.ThreadPoolExecutor(1) as trainer:
        # Training and the start of the database do not wait for each other.
        training = trainer.submit(train, settings.data_dir, say=notes.print) if needs_model else None
        with database_in_use(settings) as (url, embedded):
            uvloop.run(_migrate(url, demo=demo))
            try:
                if training is not None and not training.done() and not model_path(settings.data_dir).exists():
                    with notes.status("Training the Rasa model (about half a minute, only when its inputs changed)"):
                        training.result()
                model = training.result()[0] if training is not None else None
            except TrainingFailed as error:
                fail(str(error), code=1)
            try:
                uvloop.run(_run_until_stopped(settings, roles, url, model, embedded, demo=bool(demo)))
            except CannotListen as error:
                fail(str(error), code=1)


async def _migrate(url: str, *, demo: bool | None) -> None:
    """Bring the database up to date, and the made-up courses in or out; None leaves them to the other processes."""
    database = Database(url)
    try:
        before, after = await upgrade_database(database.engine)
        if demo is not None:
            # Loaded by `run` only: one process of a larger deployment has nothing to do with it.
            from server.commands.made_up import show_or_hide_made_up

            await show_or_hide_made_up(database, show=demo)
    finally:
        await database.close()
    if before != after:
        notes.print(f"Database migrated to revision {after}")


async def _run_until_stopped(
    settings: Settings,
    roles: tuple[Role, ...],
    url: str,
    model: Path | None,
    embedded: EmbeddedPostgres | None,
    *,
    demo: bool,
) -> None:
    takes_in = "web" in roles
    if not takes_in:
        process_gives_way(ANSWERING)
    runtime = Runtime(settings, roles, url, model=model, embedded=embedded, demo=demo)
    async with runtime.running():
        while not session_gives_way(TAKING_IN if takes_in else ANSWERING):  # noqa: ASYNC110 – no event tells of it
            await asyncio.sleep(0.1)
        if runtime.address:
            out.print(f"Chung Tay: {runtime.address}")
            out.print(f"Console: {runtime.address}/console")
        if demo:
            from server.commands.made_up import announce_made_up_staff

            await announce_made_up_staff(runtime)
            out.print("Try asking:")
            for question in _EXAMPLES:
                out.print(f"  • {question}")
        if runtime.pool is not None:
            announcing = asyncio.create_task(_announce_ready(runtime))
        await runtime.wait_for_stop()
        if runtime.pool is not None:
            announcing.cancel()
        notes.print("Stopping")


async def _announce_ready(runtime: Runtime) -> None:
    await runtime.wait_until_rasa_is_up()
    out.print("Ready to answer. Stop with Ctrl-C.")
