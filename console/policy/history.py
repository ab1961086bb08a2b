"""Proposals and revisions of one statement or number, and how two contents differ."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.words import span
from content.revisions import as_yaml
from store.queries.content_revisions import RevisionRow

_LOOK = {"proposed": "warn", "approved": "good", "refused": "bad", "withdrawn": ""}


def state_mark(visit: Visit, row: RevisionRow) -> None:
    """Draw what became of a proposal."""
    ui.label(visit.t(f"policy.state.{row.state}")).classes(f"ct-state {_LOOK[row.state]}")


def revisions_table(visit: Visit, rows: Sequence[RevisionRow], *, with_name: bool) -> None:
    """Draw revisions, newest first."""

    def link(row: RevisionRow) -> None:
        with ui.link(target=f"/content/proposals/{row.id}"):
            span(row.name if with_name else row.reason)

    columns = [Column[RevisionRow](visit.t("policy.page.change"), link)]
    if with_name:
        columns.append(Column[RevisionRow](visit.t("policy.page.reason"), lambda row: row.reason))
    table(
        rows,
        *columns,
        Column(
            visit.t("policy.page.proposed_by"),
            lambda row: f"{row.proposed_by_name}, {visit.moment(row.proposed_at)}",
        ),
        Column(
            visit.t("policy.page.decided_by"),
            lambda row: f"{row.decided_by_name}, {visit.moment(row.decided_at)}" if row.decided_by_name else "–",
        ),
        Column(visit.t("desk.page.state"), lambda row: state_mark(visit, row)),
    )


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Draw how two contents differ, line by line, with a sign that does not rest on colour alone."""
    lines = difflib.unified_diff(as_yaml(before).splitlines(), as_yaml(after).splitlines(), lineterm="", n=2)
    with ui.element("div").classes("ct-diff"):
        for line in list(lines)[2:]:
            look = {"+": "added", "-": "gone", "@": "place"}.get(line[:1], "")
            ui.label(line if not line.startswith("@@") else "⋯").classes(f"ct-diff-line {look}")
