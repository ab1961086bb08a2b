"""The second person's screen: exactly what will leave, and yes or no to that."""

from collections.abc import Mapping, Sequence

from nicegui import ui

from console.campaigns.actions import APPROVE
from console.campaigns.breakdown import draw_summary
from console.shell.ask import ask_reason
from console.shell.frame import section
from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.words import items, paragraph
from scheduler.approval import approve_campaign, refuse_campaign
from scheduler.preview import Words
from store.campaign_states import APPROVAL_LABELS, ApprovalScope
from store.queries.approvals import Approval
from store.queries.campaigns import StoredCampaign


def draw_approving(
    visit: Visit, campaign: StoredCampaign, request: Approval, seen: Words, names: Mapping[int, str]
) -> None:
    """Draw what was frozen. The buttons are there for whoever may say yes; what they saw goes with their yes."""
    with section(visit.t("console.campaign.approving")):
        paragraph(
            visit.t(
                "console.campaign.asked_by",
                name=names.get(request.requested_by, "?"),
                at=visit.moment(request.requested_at),
            )
        )
        scope = "once" if request.scope is ApprovalScope.ONCE else "standing"
        paragraph(visit.t(f"console.campaign.scope.{scope}"))
        if request.emergency_reason:
            paragraph(visit.t("console.campaign.urgent", reason=request.emergency_reason)).classes("ct-bad")
        draw_summary(visit, request.summary)
        items(
            [
                visit.t("console.campaign.fingerprint_words", fingerprint=request.rendering),
                visit.t("console.campaign.fingerprint_people", fingerprint=request.audience),
            ]
        )
        if seen.rendering.fingerprint != request.rendering:
            paragraph(visit.t("console.campaign.words_differ")).classes("ct-bad")
            return
        if not visit.may_somewhere(APPROVE):
            return
        _buttons(visit, campaign, request)


def _buttons(visit: Visit, campaign: StoredCampaign, request: Approval) -> None:
    desk = visit.parts.desk

    async def approve() -> None:
        async with visit.acting_somewhere(APPROVE) as acting:
            await approve_campaign(
                acting.connection,
                desk,
                acting.actor,
                request.id,
                rendering=request.rendering,
                audience=request.audience,
            )
        ui.navigate.reload()

    async def refuse(reason: str) -> None:
        async with visit.acting_somewhere(APPROVE) as acting:
            await refuse_campaign(acting.connection, desk, acting.actor, request.id, reason=reason)
        ui.navigate.reload()

    with ui.element("div").classes("ct-row"):
        ui.button(visit.t("console.campaign.approve", number=visit.catalogue.number(request.number)), on_click=approve)
        ui.button(
            visit.t("console.campaign.refuse"),
            on_click=lambda: ask_reason(visit, visit.t("console.campaign.refuse_why", title=campaign.title), refuse),
        ).props("flat color=negative")


def draw_approvals(visit: Visit, approvals: Sequence[Approval], names: Mapping[int, str]) -> None:
    """Draw what was asked and decided so far."""
    if not approvals:
        return
    language = visit.catalogue.language.code
    with section(visit.t("console.campaign.approvals")):
        table(
            approvals,
            Column(visit.t("console.campaign.asked"), lambda one: visit.moment(one.requested_at)),
            Column(visit.t("console.campaign.asked_by_head"), lambda one: names.get(one.requested_by, "?")),
            Column(visit.t("console.campaign.decision"), lambda one: APPROVAL_LABELS[one.state][language]),
            Column(
                visit.t("console.campaign.decided_by"),
                lambda one: names.get(one.decided_by, "?") if one.decided_by is not None else "–",
            ),
            Column(visit.t("console.frame.reason"), lambda one: _why(visit, one.reason)),
            Column(visit.t("console.campaign.recipients"), lambda one: visit.catalogue.number(one.number), number=True),
        )


def _why(visit: Visit, reason: str | None) -> str:
    key = f"console.campaign.void.{reason}"
    return visit.t(key) if key in visit.catalogue else reason or "–"
