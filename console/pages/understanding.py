"""Questions that were not answered well: in groups, to be labelled and taught; and what else may come of them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from nicegui import ui

from bot.learning.grouping import Group as Alike
from bot.learning.grouping import grouped
from bot.learning.redaction import holds_personal_data
from console.access.actions import action
from console.shell.ask import ask_sure
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.retraining import TrainingState
from console.shell.table import Column, table
from console.shell.visit import Told, Visit
from content.campaigns import CampaignContent
from content.topics import Topic
from scheduler.campaigns import create_campaign
from store.clock import local_date
from store.queries.open_questions import OpenQuestionRow, label_question, open_questions
from store.queries.policy_requests import PolicyRequest, add_policy_request, close_policy_request, policy_requests
from store.queries.ratings import ratings
from store.staff_roles import Role

LABEL = action("question.label", Role.POLICY_OWNER)
TRAIN = action("question.train", Role.POLICY_OWNER, Role.ADMINISTRATOR)
REQUEST = action("question.request", Role.POLICY_OWNER, Role.HELP_DESK_OFFICER, Role.CAMPAIGN_AUTHOR)
DRAFT = action("question.campaign", Role.CAMPAIGN_AUTHOR)
CLOSE_REQUEST = action("question.close_request", Role.POLICY_OWNER)

#: Groups on one page: the most asked first.
MOST_GROUPS = 25
LOOK_SECONDS = 5.0

Refresh = Callable[[], Awaitable[None]]
VIEWERS = (Role.POLICY_OWNER, Role.ADMINISTRATOR, Role.HELP_DESK_OFFICER, Role.CAMPAIGN_AUTHOR, Role.AUDITOR)


@page("/understanding", name="understanding", roles=VIEWERS, group=Group.ANSWER, icon="psychology", position=40)
async def understanding(visit: Visit) -> None:
    """Show groups, requests, ratings, and the training."""

    # Inside the page: one outside would be one for everybody who looks.
    @ui.refreshable
    async def questions() -> None:
        await _questions(visit, questions.refresh)

    @ui.refreshable
    async def training() -> None:
        await _training(visit, training.refresh)

    await training()
    await _requests(visit)
    await questions()
    await _ratings(visit)


async def _questions(visit: Visit, refresh: Refresh) -> None:
    async with visit.reading(by_itself=True) as connection:
        rows = await open_questions(connection, states=["open"])
    groups = grouped(rows)
    with section(visit.t("console.understanding.groups", number=len(groups))):
        if not groups:
            empty(visit.t("console.understanding.no_questions"))
        for one in groups[:MOST_GROUPS]:
            _group(visit, one, refresh)


def _group(visit: Visit, one: Alike, refresh: Refresh) -> None:
    topics = {topic.value: visit.t(f"topic.{topic}") for topic in Topic}
    first = one.questions[0]
    with ui.element("article").classes("ct-period"):
        with ui.element("div").classes("ct-row"):
            ui.label(f"“{first.text}”").classes("ct-strong")
            ui.label(visit.t("console.understanding.times", number=one.times)).classes("ct-state")
            ui.label(visit.t(f"console.understanding.why.{first.reason}")).classes("ct-state")
        for other in one.questions[1:6]:
            ui.label(f"“{other.text}”").classes("ct-small")
        if not visit.may(LABEL) and not visit.may(REQUEST):
            return
        with ui.element("div").classes("ct-row"):
            chosen = ui.select(
                topics,
                value=one.topic if one.topic in topics else None,
                label=visit.t("console.understanding.about"),
                with_input=True,
            ).classes("ct-choice")
            if visit.may(LABEL):
                ui.button(
                    visit.t("console.understanding.teach"), on_click=lambda: _label(visit, one, chosen.value, refresh)
                )
                sure = visit.t("console.understanding.put_aside_sure", number=len(one.questions))
                ui.button(
                    visit.t("console.understanding.put_aside"),
                    on_click=lambda: ask_sure(visit, sure, lambda: _put_aside(visit, one, refresh)),
                ).props("flat")
            if visit.may(REQUEST):
                ui.button(
                    visit.t("console.understanding.request"), on_click=lambda: _request(visit, first, chosen.value)
                ).props("flat")
            if visit.may(DRAFT):
                ui.button(
                    visit.t("console.understanding.campaign"), on_click=lambda: _campaign(visit, first, chosen.value)
                ).props("flat")


async def _label(visit: Visit, one: Alike, topic: str | None, refresh: Refresh) -> None:
    if topic not in set(Topic):
        raise Told("console.understanding.error.no_topic")
    kept = [question for question in one.questions if not holds_personal_data(question.text)]
    async with visit.acting(LABEL) as acting:
        for question in one.questions:
            # What looks personal is put aside: it must not be taught.
            label = topic if question in kept else None
            await label_question(acting.connection, number=question.id, label=label, today=local_date(acting.now))
        await acting.record(
            "question.labelled", f"open_question:{one.questions[0].id}", details={"topic": topic, "number": len(kept)}
        )
    ui.notify(visit.t("console.understanding.labelled", number=len(kept)), type="positive")
    await refresh()


async def _put_aside(visit: Visit, one: Alike, refresh: Refresh) -> None:
    async with visit.acting(LABEL) as acting:
        for question in one.questions:
            await label_question(acting.connection, number=question.id, label=None, today=local_date(acting.now))
        await acting.record(
            "question.put_aside", f"open_question:{one.questions[0].id}", details={"number": len(one.questions)}
        )
    await refresh()


async def _request(visit: Visit, question: OpenQuestionRow, topic: str | None) -> None:
    async with visit.acting(REQUEST) as acting:
        await add_policy_request(
            acting.connection, question=question.text, topic=topic, by=acting.staff.id, now=acting.now
        )
        await acting.record("question.requested", f"open_question:{question.id}", details={"topic": topic or "–"})
    ui.notify(visit.t("console.understanding.requested"), type="positive")


async def _campaign(visit: Visit, question: OpenQuestionRow, topic: str | None) -> None:
    if topic not in set(Topic):
        raise Told("console.understanding.error.no_topic")
    words = visit.t("console.understanding.draft_words", question=question.text)
    content = CampaignContent.model_validate(
        {"purpose": "policy_news", "topic": topic, "texts": {"A": {"words": {"vi": words}}}}
    )
    async with visit.acting(DRAFT) as acting:
        made = await create_campaign(
            acting.connection,
            visit.parts.desk,
            acting.actor,
            title=visit.t("console.understanding.draft_title", topic=visit.t(f"topic.{topic}")),
            content=content,
            demo=visit.staff.demo,
        )
    ui.navigate.to(f"/campaigns/{made.id}")


async def _requests(visit: Visit) -> None:
    async with visit.reading() as connection:
        rows = await policy_requests(connection)
    if not rows:
        return

    async def close(row: PolicyRequest) -> None:
        async with visit.acting(CLOSE_REQUEST) as acting:
            await close_policy_request(acting.connection, row.id, by=acting.staff.id, now=acting.now)
            await acting.record("question.request_closed", f"policy_request:{row.id}")
        ui.navigate.reload()

    def button(row: PolicyRequest) -> None:
        if visit.may(CLOSE_REQUEST):
            ui.button(visit.t("console.understanding.close"), on_click=lambda: close(row)).props("flat dense")

    with section(visit.t("console.understanding.requests")):
        table(
            rows,
            Column(visit.t("console.understanding.question"), lambda row: f"“{row.question}”"),
            Column(visit.t("desk.page.topic"), lambda row: visit.t(f"topic.{row.topic}") if row.topic else "–"),
            Column(
                visit.t("console.understanding.asked_by"), lambda row: f"{row.by_name}, {visit.moment(row.asked_at)}"
            ),
            Column(visit.t("console.account.what"), button),
        )


async def _training(visit: Visit, refresh: Refresh) -> None:
    retraining = visit.parts.retraining
    if retraining is None:
        return
    async with visit.reading(by_itself=True) as connection:
        labelled = len(await open_questions(connection, states=["labelled"]))
    last = retraining.last

    async def begin() -> None:
        async with visit.acting(TRAIN) as acting:
            await retraining.begin()
            await acting.record("question.training_begun", "model:candidate", details={"number": labelled})
        await refresh()

    async def publish() -> None:
        async with visit.acting(TRAIN) as acting:
            retraining.publish()
            await acting.record("question.model_published", "model:candidate")
        await refresh()

    async def refuse() -> None:
        async with visit.acting(TRAIN) as acting:
            retraining.refuse()
            await acting.record("question.model_refused", "model:candidate")
        await refresh()

    with section(visit.t("console.understanding.training")):
        ui.label(visit.t("console.understanding.ready_to_teach", number=labelled, judges=retraining.judged_by))
        state = visit.t(f"console.understanding.training.{last.state}", taught=last.taught, problem=last.problem)
        ui.label(state).classes("ct-state")
        if last.comparison:
            _comparison(visit, last.comparison)
        if last.state is TrainingState.RUNNING:
            ui.linear_progress(show_value=False).props("indeterminate")
            ui.timer(LOOK_SECONDS, refresh, once=True)
        elif visit.may(TRAIN):
            with ui.element("div").classes("ct-row"):
                ui.button(visit.t("console.understanding.train"), on_click=begin)
                if last.state is TrainingState.READY:
                    ui.button(visit.t("console.understanding.publish"), on_click=publish).props("color=positive")
                if last.state in (TrainingState.READY, TrainingState.WORSE):
                    ui.button(visit.t("console.understanding.refuse"), on_click=refuse).props("outline")


def _comparison(visit: Visit, comparison: Mapping[str, Any]) -> None:
    def percent(share: float) -> str:
        return visit.catalogue.percent(round(100 * share, 1))

    rows = [(visit.t(f"console.understanding.spelling.{name}"), one) for name, one in comparison.items()]
    table(
        rows,
        Column(visit.t("console.understanding.spelling"), lambda row: row[0]),
        Column(visit.t("console.understanding.before"), lambda row: percent(row[1]["before"]), number=True),
        Column(visit.t("console.understanding.after"), lambda row: percent(row[1]["after"]), number=True),
    )


async def _ratings(visit: Visit) -> None:
    async with visit.reading() as connection:
        rows = [row for row in await ratings(connection, since=None) if row[2]]
    if not rows:
        return

    def link(row: tuple[str, int, int]) -> None:
        ui.link(row[0], f"/content/statements/{row[0]}")

    with section(visit.t("console.understanding.found_wrong")):
        table(
            rows[:MOST_GROUPS],
            Column(visit.t("policy.page.statements"), link),
            Column("👍", lambda row: str(row[1]), number=True),
            Column("👎", lambda row: str(row[2]), number=True),
        )
