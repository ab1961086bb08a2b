"""Approved templates ("ZBS"): what they demand, checked here before Zalo is asked, by person or by telephone number."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.channels.base import Failed
from bot.channels.zalo.bodies import digest_of
from bot.channels.zalo.client import Refusal, ZaloClient
from bot.channels.zalo.errors import REFUSED_BY_PERSON, TEMPLATE_BROKEN
from bot.channels.zalo_http import Answer
from bot.messages import TemplateMessage
from store.clock import LOCAL_ZONE, Clock
from store.database import Database
from store.delivery_errors import ErrorClass
from store.queries.zalo_requests import note_refused_by_person
from store.queries.zalo_templates import Parameter, Template, put_template, read_template, set_template_status

log = structlog.get_logger(__name__)

#: Under this state alone Zalo sends a template.
ENABLED = "ENABLE"
#: Half of the share of refusals and complaints at which Zalo lowers an account's daily quota (channels.md D-30).
MOST_REFUSALS = 0.01
#: Before so many templates of a day a share says nothing.
REFUSALS_COUNT_FROM = 100
#: By what requests with a template are known among all.
TEMPLATE_DIGEST = digest_of("template", "")
#: Prices in đồng and lengths; what is larger is no number of Zalo's, and fits into no column.
_LARGEST_NUMBER = 10**9
#: A code of our own: nobody has registered the template here.
NOT_REGISTERED = "zalo_template_not_registered"


def complaint(template: Template, values: Mapping[str, str]) -> str | None:
    """Return why Zalo would refuse these values, by its own codes; None when nothing speaks against them.

    -131 not approved, -1121 a value is missing, -1122 empty or of a name that the template does not have, -1124 too
    long (counted in NFC, as Zalo does).
    """
    if template.status != ENABLED:
        return "-131"
    known = {one.name for one in template.parameters}
    if any(one.required and one.name not in values for one in template.parameters):
        return "-1121"
    for one in template.parameters:
        value = unicodedata.normalize("NFC", values.get(one.name, ""))
        if one.name in values and one.required and len(value) < max(1, one.shortest):
            return "-1122"
        if one.longest is not None and len(value) > one.longest:
            return "-1124"
    return "-1122" if set(values) - known else None


def template_of(template_id: str, data: Mapping[str, Any]) -> Template:
    """Return a template as Zalo describes it; shapes of numbers and truths vary."""
    listed = data.get("listParams")
    parameters = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            required = one.get("require") in (True, "true", 1) and one.get("acceptNull") not in (True, "true", 1)
            parameters.append(
                Parameter(one["name"], required, _number(one.get("minLength")) or 0, _number(one.get("maxLength")))
            )
    return Template(
        id=template_id,
        name=str(data.get("templateName") or "")[:200],
        status=str(data.get("status") or "")[:40],
        parameters=tuple(parameters),
        price_by_user=_number(data.get("price_uid")),
        price_by_phone=_number(data.get("price_sdt") or data.get("price")),
        quality=str(data.get("templateQuality") or "")[:40],
    )


def _number(value: object) -> int | None:
    try:
        found = int(float(str(value))) if value not in (None, "") else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and abs(found) <= _LARGEST_NUMBER else None


@dataclass(frozen=True)
class Templates:
    """The templates that are registered here."""

    database: Database
    clock: Clock
    client: ZaloClient

    async def register(self, template_id: str) -> Template | Failed:
        """Ask Zalo what a template demands and keep that; also when it was registered before."""
        answer = await self.client.template_info(template_id)
        if isinstance(answer, Refusal):
            return answer.failed
        if isinstance(answer, Failed):
            return answer
        template = template_of(template_id, answer.data)
        async with self.database.single() as connection:
            await put_template(connection, template, now=self.clock.now())
        return template

    async def refused(self, message: TemplateMessage) -> Failed | None:
        """Return why a message by template cannot leave, by what is registered; None when it can."""
        async with self.database.single() as connection:
            template = await read_template(connection, message.id)
        if template is None:
            return Failed(ErrorClass.PAYLOAD, NOT_REGISTERED, stops_run=True)
        code = complaint(template, message.values)
        return None if code is None else Failed(ErrorClass.PAYLOAD, f"zalo_{code}", stops_run=True)

    async def concluded(self, message: TemplateMessage, answer: Answer | Refusal | Failed, key: str) -> Answer | Failed:
        """Return an answer as it is; with a refusal, what it means. A broken template stops its campaign.

        Args:
            key: of the shipment.
        """
        if not isinstance(answer, Refusal):
            return answer
        if answer.code in REFUSED_BY_PERSON:
            return replace(answer.failed, stops_run=await self._too_many_refuse(key))
        if answer.code in TEMPLATE_BROKEN:
            await self._look_again(message.id, answer.code)
            if answer.code == -249:
                # Not by person, but perhaps by telephone number: another route, not a fault.
                return Failed(ErrorClass.WINDOW_CLOSED, "zalo_-249")
            return Failed(answer.failed.error, answer.failed.reason, stops_run=True)
        return answer.failed

    async def _too_many_refuse(self, key: str) -> bool:
        """True when so many refused a template today that Zalo may take the account's quota away (channels.md D-30)."""
        now = self.clock.now()
        midnight = now.astimezone(LOCAL_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        async with self.database.transaction() as connection:
            asked, refused = await note_refused_by_person(connection, key=key, digest=TEMPLATE_DIGEST, since=midnight)
        if asked < REFUSALS_COUNT_FROM or refused <= asked * MOST_REFUSALS:
            return False
        log.error("zalo_people_refuse_templates", refused=refused, asked=asked)
        return True

    async def _look_again(self, template_id: str, code: int) -> None:
        if code == -131:
            async with self.database.single() as connection:
                await set_template_status(connection, template_id, status="DISABLE", now=self.clock.now())
        elif code != -249:
            await self.register(template_id)


def body_to_user(user_id: str, message: TemplateMessage) -> dict[str, Any]:
    """Return the body by which a template goes to a person (the form without `recipient`, see docs/channels.md)."""
    return {"user_id": user_id, "template_id": message.id, "template_data": dict(message.values)}


def body_to_phone(phone: str, message: TemplateMessage, key: str) -> dict[str, Any]:
    """Return the body by which a template goes to a number. `key` comes back in events; at most 48 characters."""
    return {
        "phone": phone.removeprefix("+"),
        "template_id": message.id,
        "template_data": dict(message.values),
        "tracking_id": key[:48],
        "sending_mode": "1",
    }
