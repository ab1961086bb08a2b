"""Charts that can be read without seeing them: the same numbers stand in a table that opens below."""

from collections.abc import Mapping, Sequence

from nicegui import ui

from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.words import span

_BLUE = "#0057d6"
_MORE = ("#0057d6", "#b3261e", "#1b6b34", "#8a4b00", "#4c5b6c", "#7a3e9d")
_TEXT = {"color": "#0b1a2b", "fontSize": 13}


def bars(visit: Visit, heading: str, values: Mapping[str, int]) -> None:
    """Draw lying bars, the largest on top; nothing where there is nothing to show."""
    if not values:
        return
    rows = sorted(values.items(), key=lambda one: one[1])[-15:]
    options = {
        "grid": {"left": 8, "right": 48, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1, "axisLabel": {"show": False}, "splitLine": {"show": False}},
        "yAxis": {
            "type": "category",
            "data": [name for name, _ in rows],
            "axisTick": {"show": False},
            "axisLabel": {**_TEXT, "width": 190, "overflow": "truncate"},
        },
        "series": [
            {
                "type": "bar",
                "data": [number for _, number in rows],
                "itemStyle": {"color": _BLUE, "borderRadius": 4},
                "barMaxWidth": 22,
                "label": {"show": True, "position": "right", **_TEXT},
            }
        ],
        "animation": False,
    }
    _drawn(heading, options, height=max(110, 32 * len(rows) + 24))
    _as_table(visit, heading, [(name, number) for name, number in reversed(rows)])


def lines(visit: Visit, heading: str, days: Sequence[str], series: Mapping[str, Sequence[int]]) -> None:
    """Draw lines over days."""
    options = {
        "grid": {"left": 8, "right": 16, "top": 36, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "left": 0, "textStyle": _TEXT},
        "tooltip": {"trigger": "axis"},
        "color": list(_MORE),
        "xAxis": {"type": "category", "data": list(days), "axisLabel": _TEXT},
        "yAxis": {"type": "value", "minInterval": 1, "axisLabel": _TEXT},
        "series": [
            {"name": name, "type": "line", "data": list(numbers), "symbolSize": 6} for name, numbers in series.items()
        ],
        "animation": False,
    }
    _drawn(heading, options, height=260)
    _as_table(
        visit,
        heading,
        [
            (f"{name}, {day}", number)
            for name, numbers in series.items()
            for day, number in zip(days, numbers, strict=True)
            if number
        ],
    )


def _drawn(heading: str, options: dict[str, object], *, height: int) -> None:
    with ui.element("figure").classes("ct-chart"):
        with ui.element("figcaption").classes("ct-label"):
            ui.label(heading)
        ui.echart(options).style(f"height: {height}px; width: 100%").props('aria-hidden="true"')


def _as_table(visit: Visit, heading: str, rows: list[tuple[str, int]]) -> None:
    with ui.element("details").classes("ct-small"):
        with ui.element("summary"):
            span(visit.t("console.frame.as_numbers"))
        number = Column[tuple[str, int]](
            visit.t("console.frame.number"), lambda one: visit.catalogue.number(one[1]), True
        )
        table(rows, Column(heading, lambda one: one[0]), number)
