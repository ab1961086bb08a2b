"""`ask`: one question and its answer, without a browser."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop

from bot.channels.ledger import TERMINAL
from bot.messages import MAX_TEXT_LENGTH, Incoming, clean_text
from content.translations import LANGUAGES
from server.commands.common import (
    AlreadyRunning,
    database_in_use,
    fail,
    notes,
    only_answering_process,
    out,
    parse_day,
    print_json,
    read_settings,
)
from server.logging import configure_logging
from server.runtime import Runtime
from server.settings import Settings
from server.training import TrainingFailed, train
from store.database import Database
from store.migrate import upgrade_database
from store.queries.deliveries import answer_to

#: How long `ask` waits for its answer in seconds; starting Rasa takes most of it.
ASK_SECONDS = 120.0


def ask(
    text: Annotated[str, typer.Argument(help="The question.")],
    on: Annotated[str | None, typer.Option(help="Answer as on this day (year-month-day).")] = None,
    language: Annotated[str, typer.Option(help=f"Language of the answer: {', '.join(LANGUAGES)}.")] = "vi",
    data_dir: Annotated[Path | None, typer.Option(help="Where the database, models and logs live.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the chat API returns.")] = False,
) -> None:
    """Ask one question through the whole path: inbox, Rasa, action, delivery ledger."""
    day = parse_day(on)
    question = clean_text(text)
    if not question:
        fail('the question is empty. Give it in quotes, for example: chungtay ask "ho ngheo la gi".')
    if len(question) > MAX_TEXT_LENGTH:
        fail(f"the question is longer than {MAX_TEXT_LENGTH} characters.")
    if language not in LANGUAGES:
        fail(f"unknown language “{language}”. Languages are {', '.join(LANGUAGES)}.")
    settings = read_settings(data_dir=data_dir)
    configure_logging("error", settings.log_format)
    wishes = {"on": day.isoformat()} if day else {}
    incoming = Incoming(
        channel=TERMINAL,
        address=uuid.uuid4().hex,
        provider_message_id=uuid.uuid4().hex,
        text=question,
        language=language,
        wishes=wishes,
    )
    messages = uvloop.run(_ask(settings, incoming))
    if as_json:
        print_json({"messages": messages})
    else:
        for message in messages:
            _print_message(message)


async def _ask(settings: Settings, incoming: Incoming) -> list[dict[str, Any]]:
    async with answering(settings, need_rasa=False) as runtime:
        stored = await runtime.inbox.accept(incoming)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ASK_SECONDS):
                while True:
                    async with runtime.database.transaction() as connection:
                        answer = await answer_to(connection, stored.incoming_id)
                    if answer.complete:
                        return [dict(message) for message in answer.messages]
                    await asyncio.sleep(0.1)
    return fail(f"no answer within {ASK_SECONDS:.0f} s. Rasa's log is in {settings.data_dir / 'log'}.", code=1)


@contextlib.asynccontextmanager
async def answering(settings: Settings, *, need_rasa: bool) -> AsyncIterator[Runtime]:
    """Give a runtime whose conversations are answered: by a running server, or else by itself."""
    with contextlib.ExitStack() as stack:
        roles: tuple[Any, ...] = ("conversation", "delivery")
        try:
            stack.enter_context(only_answering_process(settings.data_dir))
        except AlreadyRunning:
            roles = ("conversation",) if need_rasa else ()
        url, embedded = stack.enter_context(database_in_use(settings))
        database = Database(url)
        await upgrade_database(database.engine)
        await database.close()
        model = None
        if roles and not settings.rasa_urls:
            try:
                with notes.status("Starting Rasa (nobody is running it)"):
                    model, _ = await asyncio.to_thread(train, settings.data_dir)
            except TrainingFailed as error:
                fail(str(error), code=1)
        async with Runtime(settings, roles, url, model=model, embedded=embedded).running() as runtime:
            yield runtime


def _print_message(message: dict[str, Any]) -> None:
    out.print(message["text"], markup=False)
    if message["sources"]:
        out.print("\nCăn cứ:", markup=False)
        for source in message["sources"]:
            article = f", {source['article']}" if source["article"] else ""
            out.print(f"  • {source['document']}{article} – {source['title']}", markup=False)
    if message["receipt"]:
        out.print(f"\nMã câu trả lời: {message['receipt']}", markup=False)
    for number, button in enumerate(message["buttons"], 1):
        title = button["title"] if button["title"][:1].isdigit() else f"{number}. {button['title']}"
        out.print(f"  {title}", markup=False)
