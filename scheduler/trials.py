"""Test sends: a campaign as it would leave, to a guest list, before anybody is asked to approve it."""

from datetime import time

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.simulated import SIMULATED
from content.campaign_parts import KNOWN_FIELDS
from content.translations import catalogue_for
from scheduler.actors import Actor, NotReady, Refused
from scheduler.campaigns import content_of, own_campaign
from scheduler.desk import Desk
from scheduler.jobs import tell_calendar
from scheduler.journal import note
from scheduler.preview import due_of
from scheduler.rendering import Rendering, render_campaign
from scheduler.routes import way_to
from scheduler.runs import freeze_rows, put_texts
from store.clock import local_date
from store.queries.audiences import Candidate, Selection, select_people
from store.queries.campaign_runs import NewRun, change_run, create_run
from store.queries.campaigns import record_test
from store.run_states import Purpose, RunState


async def send_test(
    connection: AsyncConnection, desk: Desk, actor: Actor, campaign_id: int, *, guests: str
) -> list[int]:
    """Send a campaign to a guest list at once, marked as a test; return the runs, one for each version of the words.

    Placeholders that depend on the recipient show their names in ‹ ›. Nothing of it counts against anybody's cap.

    Raises:
        NotReady: with each fault of the words.
        Refused: the list is empty or nobody on it can be reached.
    """
    campaign = await own_campaign(connection, actor, campaign_id, lock=True)
    content = content_of(campaign)
    now = desk.clock.now()
    on = local_date(max(due_of(content, now) or now, now))
    plain = render_campaign(content, desk.stamp(campaign), on=on, library=desk.library)
    if plain.complaints:
        raise NotReady(plain.complaints)
    marked = render_campaign(
        content,
        desk.stamp(campaign, note=catalogue_for("vi").text("campaign.test_note")),
        on=on,
        library=desk.library,
    )
    people = await select_people(
        connection,
        Selection(organisation=campaign.organisation, topic=content.topic.value, lists=(guests,)),
        channels=[*desk.channels, SIMULATED],
    )
    runs = []
    for version in content.texts:
        rows = [row for person in people if (row := _row(desk, person, version, content.languages, marked)) is not None]
        if not rows:
            raise Refused("no_guests", list=guests)
        run_id = await create_run(
            connection,
            NewRun(
                organisation=campaign.organisation,
                title=f"[THỬ] {campaign.title} ({version})",
                # Guests asked for it: their other messages of the day do not matter, and it is no news.
                purpose=Purpose.SERVICE,
                topic=content.topic.value,
                rules={"open_from": "00:00:00", "open_until": time(23, 59, 59).isoformat(), "on_holidays": True},
                send_from=now,
                canary_size=0,
                error_budget=1.0,
            ),
            now=now,
        )
        await put_texts(connection, run_id, marked)
        await freeze_rows(connection, run_id, rows, now=now)
        await change_run(connection, run_id, RunState.RUNNING, now=now, by=actor.id)
        # The fingerprint of the words without the mark: those that are submitted.
        await record_test(connection, campaign, rendering=plain.fingerprint, run_id=run_id, by=actor.id, now=now)
        runs.append(run_id)
    await note(connection, by=actor.id, action="tested", campaign=campaign.id, now=now, guests=guests)
    await tell_calendar(connection)
    return runs


def _row(
    desk: Desk, person: Candidate, version: str, languages: tuple[str, ...], rendering: Rendering
) -> dict[str, object] | None:
    way = way_to(person.reaches, desk.clock.now(), desk.prices)
    if way.reach is None:
        return None
    language = person.language or way.reach.language
    variant = f"{version}.{language if language in languages else 'vi'}"
    needed = rendering.fields.get(variant, frozenset())
    shown = {
        name: f"‹{name}›" if name in KNOWN_FIELDS else str(person.list_fields.get(name) or f"‹{name}›")
        for name in needed
    }
    return {
        "recipient": f"person:{person.person_id}",
        "conversation_id": way.reach.conversation_id,
        "channel": way.reach.channel,
        "address": way.reach.address,
        "variant": variant,
        "filled": shown,
    }
