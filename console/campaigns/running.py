"""A campaign on its way: live counts from the ledger, and pause, resume, release."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from nicegui import ui

from console.campaigns.actions import APPROVE, STEER
from console.shell.frame import section
from console.shell.live import live
from console.shell.visit import Visit
from console.shell.words import items, paragraph, span
from scheduler.calendar import release_occurrence
from scheduler.campaigns import own_campaign, pause_campaign, resume_campaign
from scheduler.reports import progress_of
from store.campaign_states import OCCURRENCE_LABELS, CampaignState, OccurrenceState
from store.delivery_states import LABELS, OPEN_STATES, DeliveryState
from store.queries.campaigns import StoredCampaign
from store.queries.occurrences import occurrences_of
from store.run_states import RUN_LABELS, RunState

#: Counts are read from the ledger; this often is live enough for a person.
LOOK_EVERY_SECONDS = 3.0
#: Leavings shown; a weekly campaign has many.
MOST_LEAVINGS = 8
_CANARY = re.compile(r"canary: (\d+) of (\d+) went wrong")


async def draw_running(visit: Visit, campaign: StoredCampaign) -> None:
    """Draw the live part."""
    with section(visit.t("console.campaign.running")):
        # Inside: one outside would be redrawn for everybody who looks at any campaign.
        @ui.refreshable
        async def counts() -> None:
            steering.show(await _live(visit, campaign.id, counts.refresh))

        above = ui.element("div")
        steering = _Steering(visit, campaign)
        with above:
            await counts()
        live(visit, LOOK_EVERY_SECONDS, counts.refresh)


async def _live(visit: Visit, campaign_id: int, again: Callable[[], Awaitable[None]]) -> "_Steerable":
    async def release(occurrence_id: int) -> None:
        async with visit.acting_somewhere(APPROVE) as acting:
            await release_occurrence(acting.connection, visit.parts.desk, acting.actor, occurrence_id)
        await again()

    async with visit.reading(by_itself=True) as connection:
        found = await own_campaign(connection, visit.actor, campaign_id)
        progress = await progress_of(connection, found, now=visit.now)
        occurrences = await occurrences_of(connection, campaign_id, limit=MOST_LEAVINGS)
    language = visit.catalogue.language.code
    with ui.element("div").props('role="status"'):
        for one in occurrences:
            with ui.element("div").classes("ct-row"):
                span(visit.moment(one.due_at))
                span(OCCURRENCE_LABELS[one.state][language]).classes("ct-state")
                if one.reason:
                    key = f"console.campaign.held.{one.reason}"
                    span(visit.t(key) if key in visit.catalogue else one.reason).classes("ct-muted")
                if one.state is OccurrenceState.HELD and visit.may_somewhere(APPROVE):
                    ui.button(
                        visit.t("console.campaign.release"), on_click=lambda _, number=one.id: release(number)
                    ).props("flat dense")
        for run in progress.runs:
            span(RUN_LABELS[RunState(run.state)][language]).classes("ct-state").props(f'data-run="{run.state}"')
            if run.reason:
                span(_why_stopped(visit, run.reason)).classes("ct-muted")
            if run.id in progress.waits_until:
                waits = visit.t("console.campaign.waits_until", at=visit.moment(progress.waits_until[run.id]))
                span(waits).classes("ct-muted")
        _counts(visit, progress.recipients, progress.by_state)
    return _steerable(found, [run.state for run in progress.runs])


def _counts(visit: Visit, total: int, by_state: Mapping[str, int]) -> None:
    if not total:
        paragraph(visit.t("console.campaign.nothing_left_yet")).classes("ct-muted")
        return
    number, language = visit.catalogue.number, visit.catalogue.language.code
    settled = total - sum(by_state.get(state.value, 0) for state in OPEN_STATES)
    words = visit.t("console.campaign.settled", done=number(settled), total=number(total))
    paragraph(words)
    bar = ui.element("div").classes("ct-bar")
    bar.props(f'role="progressbar" aria-valuenow={settled} aria-valuemin=0 aria-valuemax={total} aria-label="{words}"')
    with bar:
        ui.element("div").style(f"width: {100 * settled / total:.1f}%")
    items([f"{LABELS[DeliveryState(state)][language]}: {number(count)}" for state, count in by_state.items()])


def _why_stopped(visit: Visit, reason: str) -> str:
    """Say in the reader's language what the sending engine noted (`bot.delivery.breaker`)."""
    canary = _CANARY.fullmatch(reason)
    if canary is not None:
        return visit.t("console.campaign.stop.canary", bad=canary[1], tried=canary[2])
    kind, _, rest = reason.partition(": ")
    key = f"console.campaign.stop.{kind}"
    return visit.t(key, reason=rest) if key in visit.catalogue else reason


@dataclass(frozen=True)
class _Steerable:
    pause: bool
    resume: bool


def _steerable(campaign: StoredCampaign, runs: Sequence[str]) -> _Steerable:
    if campaign.state in (CampaignState.CANCELLED, CampaignState.CLOSED):
        return _Steerable(pause=False, resume=False)
    stands = {RunState.PAUSED.value, RunState.STOPPED.value} & set(runs)
    paused = campaign.paused_at is not None
    return _Steerable(pause=not paused, resume=paused or bool(stands))


class _Steering:
    """Pause and resume, whichever is of use: one that was there all the time would have people guess."""

    def __init__(self, visit: Visit, campaign: StoredCampaign) -> None:
        self._visit = visit
        self._number = campaign.id
        self._buttons: list[ui.button] = []
        if visit.may_somewhere(STEER):
            with ui.element("div").classes("ct-row"):
                for name, icon, act in (("pause", "pause", self._pause), ("resume", "play_arrow", self._resume)):
                    button = ui.button(visit.t(f"console.campaign.{name}"), icon=icon, on_click=act)
                    self._buttons.append(button.props("outline"))

    def show(self, now: _Steerable) -> None:
        """Show what is of use now."""
        for button, useful in zip(self._buttons, (now.pause, now.resume), strict=False):
            button.set_visibility(useful)

    async def _pause(self) -> None:
        async with self._visit.acting_somewhere(STEER) as acting:
            await pause_campaign(acting.connection, self._visit.parts.desk, acting.actor, self._number)
        ui.navigate.reload()

    async def _resume(self) -> None:
        async with self._visit.acting_somewhere(STEER) as acting:
            await resume_campaign(acting.connection, self._visit.parts.desk, acting.actor, self._number)
        ui.navigate.reload()
