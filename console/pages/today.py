"""The first page: what waits for me, how things stand, what needs a hand."""

from nicegui import ui

from console.shell.frame import section
from console.shell.registry import Group, page
from console.shell.visit import Visit


@page("/", name="today", group=Group.WORK, icon="today", position=1)
async def today(visit: Visit) -> None:
    """Show what waits."""
    with section(visit.t("console.today.waits")):
        ui.label(visit.t("console.today.nothing"))
