"""`POST /internal/actions`: where Rasa calls our actions. For processes of this machine that know the token, only."""

import hmac
import ipaddress
import time

import orjson
import structlog
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.metrics import ACTION_SECONDS

log = structlog.get_logger(__name__)

PATH = "/internal/actions"

#: Actions after which the dialogue always waits for the person. Rasa is told so, and need not look for a rule that says
#: it: a tenth of its time for a message.
ENDS_THE_TURN = frozenset(
    {
        "action_answer",
        "action_do_not_know",
        "action_small_talk",
        "action_contact_person",
        "action_contact_office",
    }
)


def _is_trusted(request: Request, token: str) -> bool:
    """True for a caller on loopback with the token, who did not come through a proxy."""
    if request.client is None or "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False
    try:
        local = ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return local and hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())


def actions_route(executor: ActionExecutor, token: str) -> Route:
    """Return the route that runs actions. Strangers are told that there is nothing here (404)."""

    async def run_action(request: Request) -> Response:
        if not _is_trusted(request, token):
            return Response(status_code=404)
        try:
            call = orjson.loads(await request.body())
            name = str(call["next_action"])
            # No domain travels with a call (enable_selective_domain); rasa-sdk insists on one, so it gets an empty one.
            call.setdefault("domain", {})
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return _json({"error": "expected Rasa's action call as JSON"}, 400)
        started = time.perf_counter()
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as error:
            return _json({"error": str(error), "action_name": error.action_name}, 400)
        except ActionNotFoundException as error:
            return _json({"error": str(error), "action_name": error.action_name}, 404)
        except Exception:
            log.exception("action_failed", action=name, message=_message_id(call))
            return _json({"error": "the action failed; see the log of chungtay"}, 500)
        ACTION_SECONDS.labels(name).observe(time.perf_counter() - started)
        log.info("action_run", action=name, message=_message_id(call))
        answer = result.model_dump() if result else {"events": [], "responses": []}
        # While a form waits, Rasa's own prediction also says that the form was only interrupted.
        if name in ENDS_THE_TURN and not (call.get("tracker") or {}).get("active_loop"):
            answer["events"] = [*answer["events"], FollowupAction("action_listen")]
        return _json(answer, 200)

    return Route(PATH, run_action, methods=["POST"])


def _message_id(call: dict[str, object]) -> object:
    try:
        return call["tracker"]["latest_message"]["metadata"]["message_id"]  # type: ignore[index]
    except (KeyError, TypeError):
        return None


def _json(content: object, status: int) -> Response:
    return Response(orjson.dumps(content), status_code=status, media_type="application/json")
