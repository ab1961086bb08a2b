"""Approved templates: checked here first, by person or by telephone number, where free text may not go."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.channels.base import Failed, Sent, Shipment
from bot.channels.zalo.templates import TEMPLATE_DIGEST, complaint
from bot.messages import OutgoingMessage, TemplateMessage
from store.consent_purposes import ConsentPurpose
from store.delivery_errors import ErrorClass
from store.queries.consents import record_consent
from store.queries.people import person_of, remember
from store.queries.zalo_templates import Parameter, Template, read_template
from store.run_states import Purpose
from tests.bot.zalo.world import World
from tests.sending import progress, run_row, run_to, send_everything
from tests.standins.zalo import Template as Approved

VALUES = {"customer_name": "Nguyễn Thị Mẫu", "program": "Hỗ trợ nhà ở"}
TEMPLATE = TemplateMessage(id="400001", values=VALUES)
RULES = {"may_cost": True, "open_from": "00:00", "open_until": "23:59"}


def message(**values: str) -> OutgoingMessage:
    return OutgoingMessage(text="Tin", template=TemplateMessage(id="400001", values={**VALUES, **values}))


async def registered(world: World, **changes: Any) -> None:
    world.zalo.templates["400001"] = Approved("400001", {"customer_name": 30, "program": 40}, **changes)
    assert isinstance(await world.templates.register("400001"), Template)


async def later(world: World, **delta: float) -> None:
    """Move on, with a token that still works."""
    world.advance(**delta)
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))


async def gave_a_phone(world: World, conversation: int, phone: str) -> None:
    async with world.database.transaction() as connection:
        person = await person_of(connection, conversation_id=conversation)
        await record_consent(
            connection,
            person_id=person,
            purpose=ConsentPurpose.PHONE,
            given=True,
            words="Bác cho xã giữ số điện thoại nhé?",
            language="vi",
            channel="zalo",
            now=world.clock.now(),
        )
        await remember(connection, person_id=person, field="phone", value=phone, now=world.clock.now())


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "Mẫu"}, None),
        ({}, "-1121"),
        ({"name": ""}, "-1122"),
        ({"name": "Mẫu", "other": "x"}, "-1122"),
        ({"name": "x" * 11}, "-1124"),
        # Counted as Zalo counts: decomposed letters are no longer than composed ones.
        ({"name": "a\u0302\u0301" * 10}, None),
    ],
)
def test_values_are_checked_before_zalo_is_asked(values: dict[str, str], code: str | None) -> None:
    template = Template("1", "Mẫu", "ENABLE", (Parameter("name", True, 1, 10), Parameter("note", False, 0, 5)))
    assert complaint(template, values) == code


async def test_what_a_template_demands_is_asked_from_zalo(world: World) -> None:
    await registered(world)
    async with world.database.single() as connection:
        known = await read_template(connection, "400001")
    assert known is not None
    assert known.parameters == (Parameter("customer_name", True, 1, 30), Parameter("program", True, 1, 40))


async def test_d16_a_template_goes_where_the_window_has_closed(world: World) -> None:
    await registered(world)
    user, _ = await world.met()
    await later(world, days=8)
    sent = await world.channel.send(message(), user, Shipment("1", may_cost=True))
    assert isinstance(sent, Sent)
    assert [(one["kind"], one["to"]) for one in world.sent] == [("template", user)]
    refused = await world.channel.send(message(), user, Shipment("2"))
    assert refused == Failed(ErrorClass.WINDOW_CLOSED, "zalo_window_closed")


async def test_inside_the_free_window_the_words_go_and_not_the_template(world: World) -> None:
    await registered(world)
    user, _ = await world.met()
    await world.channel.send(message(), user, Shipment("1", may_cost=True))
    assert [one["kind"] for one in world.sent] == ["text"]


async def test_a_campaign_goes_by_chat_and_by_telephone_number_as_a8_says(world: World) -> None:
    await registered(world, by_user=False)
    near, near_chat = await world.met(1)
    far, far_chat = await world.met(2, phone="84900000002")
    await gave_a_phone(world, far_chat, "+84900000002")
    nobody, nobody_chat = await world.met(3)
    await later(world, days=8)
    await world.does(near, "write", text="chào")
    run = await run_to(
        world.database,
        world.clock,
        [(near, near_chat), (far, far_chat), (nobody, nobody_chat)],
        rules=RULES,
        purpose=Purpose.SERVICE,
    )
    async with world.database.single() as connection:
        await connection.execute(
            text("""
update delivery set message = cast(:message as jsonb), person_id = (
    select person_id from conversation where conversation.id = delivery.conversation_id)
where campaign_run_id = :run"""),
            {"run": run, "message": OutgoingMessage.model_dump_json(message())},
        )
    await send_everything(world.sender, world.clock)
    assert sorted((one["kind"], one["to"]) for one in world.sent) == [("template", far), ("text", near)]
    by_phone = next(one for one in world.sent if one["kind"] == "template")
    assert by_phone["tracking_id"] and by_phone["template"] == "400001"
    assert (await progress(world.database, run)).by_reason[("failed", "zalo_-249")] == 1
    quota = "select daily_quota, used_today from sending_account where channel = 'zalo_phone'"
    assert await world.value(quota) == 500


async def test_d29_a_template_that_was_disabled_stops_the_campaign(world: World) -> None:
    await registered(world)
    user, conversation = await world.met()
    await later(world, days=8)
    world.zalo.templates["400001"].enabled = False
    run = await run_to(
        world.database, world.clock, [(user, conversation)], rules=RULES, purpose=Purpose.SERVICE, canary_size=0
    )
    async with world.database.single() as connection:
        await connection.execute(
            text("update delivery set message = cast(:message as jsonb) where campaign_run_id = :run"),
            {"run": run, "message": OutgoingMessage.model_dump_json(message())},
        )
    await send_everything(world.sender, world.clock)
    row = await run_row(world.database, run)
    assert (row.state, row.state_reason) == ("stopped", "zalo_-131") or row.state == "finished"
    async with world.database.single() as connection:
        known = await read_template(connection, "400001")
    assert known is not None and known.status == "DISABLE"


async def test_d29_the_news_of_a_disabled_template_is_heeded(world: World) -> None:
    await registered(world)
    user, _ = await world.met()
    event = {
        "event_name": "change_template_status", "app_id": "1", "oa_id": world.account.oa_id, "template_id": "400001",
        "status": {"prev_status": "ENABLE", "new_status": "DISABLE"}, "timestamp": "1795399500000",
    }  # fmt: skip
    await world.zalo.post(event)
    await world.read()
    await later(world, days=8)
    refused = await world.channel.send(message(), user, Shipment("1", may_cost=True))
    assert isinstance(refused, Failed) and (refused.reason, refused.stops_run) == ("zalo_-131", True)


@pytest.mark.parametrize(("refusals", "stops"), [(1, False), (2, True)])
async def test_d30_a_campaign_stops_when_more_than_one_in_a_hundred_of_a_day_refuse(
    world: World, refusals: int, stops: bool
) -> None:
    """Of a hundred templates of the day one may be refused; yesterday's do not count."""
    await registered(world)
    world.zalo.person(1, phone="84900000001", opted_out=True)
    noted = text("""
insert into zalo_request (key, position, is_last, address, digest, asked_at, refused_by_person)
select concat('x', n), 0, true, '', :digest, :at, n <= :refused from generate_series(1, :number) n""")
    async with world.database.transaction() as connection:
        today = {"at": world.clock.now(), "digest": TEMPLATE_DIGEST, "number": 99, "refused": refusals - 1}
        await connection.execute(noted, today)
    async with world.database.transaction() as connection:
        await connection.execute(text("update zalo_request set key = concat('today ', key)"))
        await connection.execute(noted, {**today, "at": world.clock.now() - timedelta(days=1), "refused": 99})
    refused = await world.phone.send(message(), "+84900000001", Shipment("1", may_cost=True))
    assert isinstance(refused, Failed)
    assert (refused.error, refused.reason) == (ErrorClass.PERMANENT_RECIPIENT, "zalo_-139")
    assert refused.stops_run is stops


async def test_d31_templates_stay_within_the_day_s_cap(world: World) -> None:
    await registered(world)
    results = []
    for number in range(3):
        user, _ = await world.met(number)
        await later(world, days=8)
        results.append(await world.channel.send(message(), user, Shipment(f"{number}", may_cost=True)))
        world.clock.at -= timedelta(days=8)
        world.zalo.set_clock(world.clock.now())
    assert [type(one) for one in results] == [Sent, Sent, Failed]


async def test_a_number_without_zalo_is_no_way(world: World) -> None:
    await registered(world)
    refused = await world.phone.send(message(), "+84900000009", Shipment("1", may_cost=True))
    assert isinstance(refused, Failed)
    assert (refused.error, refused.reason) == (ErrorClass.PERMANENT_RECIPIENT, "zalo_-118")
    without = await world.phone.send(OutgoingMessage(text="a"), "+84900000009", Shipment("2", may_cost=True))
    assert without == Failed(ErrorClass.RECIPIENT, "zalo_no_template")
