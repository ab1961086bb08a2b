"""How many people a campaign reaches, by which way, at which price, and who is left out."""

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from console.shell.visit import Visit
from console.shell.words import items, span


def draw_summary(visit: Visit, summary: Mapping[str, Any]) -> None:
    """Draw the plain data of `Breakdown.summary`, which an approval keeps too."""
    number = visit.catalogue.number
    with ui.element("div").classes("ct-figure"):
        with ui.element("b"):
            span(number(summary["recipients"])).props('data-figure="recipients"')
        span(visit.t("console.campaign.recipients"))
    # Whoever is reached by no way stands among those who get nothing.
    lines = [
        f"{visit.t(f'campaign.route.{route}')}: {number(count)}"
        for route, count in summary["by_route"].items()
        if route not in summary["left_out"]
    ]
    cost = summary["cost"]
    lines.append(
        visit.t("console.campaign.cost_unknown")
        if cost is None
        else visit.t("console.campaign.cost", amount=visit.catalogue.money(cost))
    )
    items(lines)
    if summary["left_out"]:
        span(visit.t("console.campaign.kept_out")).classes("ct-small ct-muted")
        items([f"{visit.t(f'campaign.left_out.{why}')}: {number(count)}" for why, count in summary["left_out"].items()])
