"""The role `conversation`: who answers, with Rasa and its actions, and reads what messengers deliver."""

import secrets
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from bot.actions.endpoint import PATH as ACTIONS_PATH
from bot.actions.endpoint import actions_route
from bot.actions.executor import action_executor
from bot.conversation import ConversationWorker
from bot.learning.open_questions import OpenQuestions
from bot.rasa_client import RasaPool
from bot.rendering.renderer import Renderer
from server.listening import listening_socket
from server.rasa import RasaSupervisor
from store.queries.inbox import TO_ANSWER

if TYPE_CHECKING:
    from server.runtime import Runtime


async def start(runtime: "Runtime") -> None:
    """Start answering."""
    settings = runtime.settings
    library, database, clock = runtime.library, runtime.database, runtime.clock
    token = settings.internal_token.get_secret_value() if settings.internal_token else secrets.token_urlsafe(24)
    listening = listening_socket("127.0.0.1", settings.internal_port)
    port = listening.getsockname()[1]
    open_questions = OpenQuestions(database, clock, keep=settings.keeps_open_questions)
    public_address = (settings.public_address or "").rstrip("/")
    executor = action_executor(
        library, database, clock, runtime.languages, open_questions, runtime.fund, public_address
    )
    # Rasa keeps connections for 15 s, and an action called into one that is just being closed is lost.
    runtime.serve(Starlette(routes=[actions_route(executor, token)]), listening, keep_alive_seconds=75)
    if settings.rasa_urls:
        rasa_token = settings.rasa_token.get_secret_value() if settings.rasa_token else ""
        runtime.pool = RasaPool(settings.rasa_urls, token=rasa_token, timeout=settings.rasa_timeout)
    else:
        assert runtime.model is not None
        runtime.supervisor = RasaSupervisor(
            count=settings.rasa_processes,
            model=runtime.model,
            data_dir=settings.data_dir,
            actions_url=f"http://127.0.0.1:{port}{ACTIONS_PATH}",
            actions_token=token,
            database_url=runtime.database_url,
            on_ready=lambda: worker.wake(),
        )
        runtime.pool = RasaPool(runtime.supervisor.urls, token=runtime.supervisor.token, timeout=settings.rasa_timeout)
        runtime.keep_running("rasa", runtime.supervisor.run)
    worker = ConversationWorker(
        database,
        clock,
        runtime.pool,
        Renderer(library, runtime.languages),
        slots=settings.conversation_slots,
        signal=runtime.settled,
        open_questions=open_questions,
        public_address=public_address,
    )
    runtime.listener.on(TO_ANSWER, worker.wake)
    runtime.inbox.hands = worker
    runtime.keep_running("conversation", worker.run)
    runtime.start_reading()
