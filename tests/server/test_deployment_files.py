"""The files of deploy/ name commands, roles and variables that exist; the layout itself is run by tests/crash."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from server.cli import COMMANDS
from server.settings import PROJECT, Role, Settings

DEPLOY = PROJECT / "deploy"
VARIABLES = {"DATABASE_URL", *(f"CHUNGTAY_{name.upper()}" for name in Settings.model_fields)}
ROLES = set(get_args(Role))


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yml").read_text()))


def kubernetes() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / "chungtay.yaml").read_text()))


def commands() -> Iterator[list[str]]:
    """What each container calls `chungtay` with."""
    yield from (part["command"] for name, part in compose()["services"].items() if name != "database")
    for part in kubernetes():
        if part["kind"] == "Deployment":
            yield from (container["args"] for container in part["spec"]["template"]["spec"]["containers"])


def test_both_layouts_run_every_role_once_by_itself() -> None:
    roles = [words[words.index("--roles") + 1] for words in commands()]
    assert sorted(roles) == sorted([*ROLES, *ROLES])
    for words in commands():
        assert words[0] in COMMANDS
        if words[2] == "web":
            assert words[words.index("--host") + 1] == "0.0.0.0", "other containers must reach it"


@pytest.mark.parametrize("file", sorted(DEPLOY.rglob("*")), ids=lambda file: file.name)
def test_every_variable_is_one_that_is_read(file: Path) -> None:
    if file.is_file():
        named = set(re.findall(r"\b(?:CHUNGTAY_[A-Z_]+|DATABASE_URL)\b", file.read_text(encoding="utf-8")))
        assert named <= VARIABLES


def test_no_secret_is_filled_in() -> None:
    for file in DEPLOY.glob("*.example"):
        for line in file.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            if re.search("SECRET|TOKEN|PASSWORD|KEY", name) and not line.startswith("#"):
                assert value in ("", "CHANGE-ME"), line


def test_labels_of_kubernetes_select_their_own_role() -> None:
    for part in kubernetes():
        if part["kind"] == "Deployment":
            labels = part["spec"]["template"]["metadata"]["labels"]
            (container,) = part["spec"]["template"]["spec"]["containers"]
            assert part["spec"]["selector"]["matchLabels"] == labels
            assert container["args"][2] == labels["role"]


def test_what_the_image_copies_is_there() -> None:
    for line in (DEPLOY / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and line != "COPY . .":
            for source in line.split()[1:-1]:
                assert (PROJECT / source).exists(), source
