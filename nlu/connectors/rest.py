"""Rasa's REST channel, made safe to ask twice.

Stock REST answers a repeated message a second time and, worse, feeds it to the dialogue a second time (a form would
take the same words for its next question). Here a message that comes again is answered from the tracker. That is
decided where the tracker is read, under Rasa's lock of the conversation, and saving it fails when another process saved
it since: whoever asks, and whenever a frozen or forsaken process wakes up, the dialogue takes each message in once.
"""

import gc
import logging
from typing import Any, Awaitable, Callable

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

import connectors.frozen_rasa  # noqa: F401
from connectors.tracker_store import HandledBefore, handling

logger = logging.getLogger(__name__)

#: New objects after which each generation is collected (CPython: 700, 10, 10).
COLLECT_AFTER = (20_000, 20, 50)


class IdempotentRestInput(RestInput):
    """`POST /webhooks/rest/webhook` with `sender`, `message`, `metadata: {message_id, …}`, ids rising."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes of this channel, mounted by Rasa at `/webhooks/rest`."""
        routes = Blueprint("idempotent_rest", "idempotent_rest")

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.listener("after_server_start")
        async def leave_what_is_loaded_alone(app: Sanic, loop: Any) -> None:
            # The model and its libraries are some million objects that never die. Looking through them again and again
            # for garbage costs a tenth of the time of an answer.
            gc.collect()
            gc.freeze()
            # What an answer allocates dies with it, without cycles: look for garbage once in some answers only.
            gc.set_threshold(*COLLECT_AFTER)

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            body = request.json
            sender_id, metadata = body["sender"], body.get("metadata") or {}
            collector = CollectingOutputChannel()
            handling.set(int(metadata["message_id"]))
            try:
                await on_new_message(
                    UserMessage(
                        body.get("message") or "",
                        collector,
                        sender_id,
                        input_channel=self.name(),
                        metadata=metadata,
                    )
                )
            except HandledBefore as before:
                if before.said is None:
                    return response.json({"error": "later messages were handled since"}, status=409)
                for reply in before.said:
                    await collector.send_response(sender_id, reply)
            except Exception:
                # The text of the message may hold personal data: log its id only.
                logger.exception("Message %s could not be handled", metadata.get("message_id"))
                return response.json({"error": "message could not be handled; ask again"}, status=500)
            return response.json(collector.messages)

        return routes
