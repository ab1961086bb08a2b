"""The documents keep step with the code, and nothing in them leads nowhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from prometheus_client.metrics import MetricWrapperBase

from bot import metrics
from server.cli import command_line

PROJECT = Path(__file__).parents[1]
DOCS = PROJECT / "docs"
#: Folders of the root that are not rooms: made by tools, or hidden.
NOT_ROOMS = {"var", "dist", "build"}
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (?P<title>.+)$", re.MULTILINE)
#: Where somebody's checkout, home or scratch folder lies on one machine.
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|home|Users|root|tmp)/\w")


def is_ours(path: Path) -> bool:
    parts = path.relative_to(PROJECT).parts
    return not any(part.startswith(".") or part in {"node_modules", *NOT_ROOMS} for part in parts)


PAGES = sorted(page for page in PROJECT.rglob("*.md") if is_ours(page))


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors_of(page: Path) -> set[str]:
    titles = (match["title"] for match in HEADING.finditer(CODE.sub("", text_of(page))))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def faulty_links(page: Path) -> Iterator[str]:
    for match in LINK.finditer(CODE.sub("", text_of(page))):
        file, _, anchor = match["target"].partition("#")
        if "://" in file or file.startswith("mailto:"):
            continue
        target = page if not file else page.parent / file
        if not target.exists():
            yield f"{match['target']}: no such file"
        elif anchor and anchor not in anchors_of(target):
            yield f"{match['target']}: no such heading"


def command_names() -> list[str]:
    def walk(command: object, words: str) -> Iterator[str]:
        below = getattr(command, "commands", None)
        if below is None:
            yield words
            return
        for name, child in below.items():
            yield from walk(child, f"{words} {name}")

    return sorted(walk(typer.main.get_command(command_line()), "chungtay"))


def metric_names() -> list[str]:
    found = [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]
    described = [family for metric in found for family in metric.describe()]
    return sorted(family.name + ("_total" if family.type == "counter" else "") for family in described)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    assert list(faulty_links(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_no_page_names_a_path_of_one_machine(page: Path) -> None:
    assert [match.group() for match in MACHINE_PATH.finditer(text_of(page))] == []


@pytest.mark.parametrize("command", command_names())
def test_every_command_is_described(command: str) -> None:
    described = text_of(PROJECT / "README.md") + text_of(DOCS / "operations.md")
    assert re.search(rf"`{re.escape(command)}[` ]", described)


def test_every_figure_is_described() -> None:
    names = metric_names()
    assert "chungtay_messages_received_total" in names
    described = text_of(DOCS / "operations.md")
    assert [name for name in names if f"| `{name}` |" not in described] == []


def test_every_figure_that_is_described_exists() -> None:
    rows = re.findall(r"^\| `(chungtay_\w+)` \|", text_of(DOCS / "operations.md"), re.MULTILINE)
    assert sorted(rows) == metric_names()


def test_every_room_is_described() -> None:
    rooms = [folder.name for folder in PROJECT.iterdir() if folder.is_dir() and is_ours(folder)]
    assert {"content", "nlu", "store", "bot", "server"} <= set(rooms)
    described = text_of(DOCS / "architecture.md")
    assert [room for room in rooms if f"| `{room}/` |" not in described] == []


def test_every_page_and_decision_is_listed() -> None:
    index = text_of(DOCS / "README.md")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md") if page != DOCS / "README.md"]
    index += text_of(DOCS / "what-the-bot-knows.md")
    assert [page for page in pages if f"]({page})" not in index] == []
