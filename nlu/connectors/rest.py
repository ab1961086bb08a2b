"""Rasa's REST channel, made safe to ask twice.

Stock REST answers a repeated message a second time and, worse, feeds it to the dialogue a second time (a form would
take the same words for its next question). Here a message that comes again with `metadata.retry` and the `message_id`
of the last handled one is answered from the tracker.
"""

import logging
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

import connectors.frozen_rasa  # noqa: F401

logger = logging.getLogger(__name__)


def replies_to(tracker: DialogueStateTracker, message_id: Text) -> Optional[List[Dict[Text, Any]]]:
    """Return what the bot said to `message_id`, or None when that is not the last message this tracker handled."""
    events = list(tracker.events)
    for index in range(len(events) - 1, -1, -1):
        event = events[index]
        if isinstance(event, UserUttered):
            if (event.metadata or {}).get("message_id") != message_id:
                return None
            return [reply.message() for reply in events[index + 1 :] if isinstance(reply, BotUttered)]
    return None


class IdempotentRestInput(RestInput):
    """`POST /webhooks/rest/webhook` with `sender`, `message`, `metadata: {message_id, retry, …}`."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes of this channel, mounted by Rasa at `/webhooks/rest`."""
        routes = Blueprint("idempotent_rest", "idempotent_rest")

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            body = request.json
            sender_id, metadata = body["sender"], body.get("metadata") or {}
            collector = CollectingOutputChannel()
            if metadata.get("retry"):
                tracker = await request.app.ctx.agent.tracker_store.retrieve(sender_id)
                said = replies_to(tracker, metadata["message_id"]) if tracker else None
                if said:
                    for reply in said:
                        await collector.send_response(sender_id, reply)
                    return response.json(collector.messages)
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
            except Exception:
                # The text of the message may hold personal data: log its id only.
                logger.exception("Message %s could not be handled", metadata.get("message_id"))
                return response.json({"error": "message could not be handled; ask again"}, status=500)
            return response.json(collector.messages)

        return routes
