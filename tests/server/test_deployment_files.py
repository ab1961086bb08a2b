"""The files of deploy/ name commands, roles and variables that exist; the layout itself is run by tests/crash."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from server.app import LARGEST_BODY, LARGEST_UPLOAD, LARGEST_WEBHOOK_BODY, UPLOADS, WEBHOOKS
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


def test_who_keeps_and_who_reads_events_share_the_folder_in_which_they_are_kept() -> None:
    place = f"/var/lib/chungtay/{Settings().kept_events_dir.name}"
    claims = {part["metadata"]["name"] for part in kubernetes() if part["kind"] == "PersistentVolumeClaim"}
    for role in ("web", "conversation"):
        assert f"kept-events:{place}" in compose()["services"][role]["volumes"]
        (part,) = (one for one in kubernetes() if one["metadata"]["name"] == f"chungtay-{role}")
        pod = part["spec"]["template"]["spec"]
        mounted = {one["mountPath"]: one["name"] for one in pod["containers"][0]["volumeMounts"]}
        claimed = {one["name"]: one["persistentVolumeClaim"]["claimName"] for one in pod["volumes"]}
        assert claimed[mounted[place]] == "chungtay-kept-events"
    assert "chungtay-kept-events" in claims and "kept-events" in compose()["volumes"]


def test_what_the_image_copies_is_there() -> None:
    for line in (DEPLOY / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and line != "COPY . .":
            for source in line.split()[1:-1]:
                assert (PROJECT / source).exists(), source


def test_the_proxy_lets_through_what_the_application_takes() -> None:
    lines = (DEPLOY / "nginx.conf").read_text().splitlines()
    sizes = {"k": 1024, "m": 1024 * 1024}
    room: dict[str, int] = {}
    place = ""
    for line in lines:
        if found := re.match(r"\s*location (?:= )?(\S+) \{", line):
            place = found[1]
        if found := re.match(r"\s*client_max_body_size (\d+)([km]);", line):
            room[place] = int(found[1]) * sizes[found[2]]
    assert room.pop("") > LARGEST_BODY
    assert room.pop(WEBHOOKS) >= LARGEST_WEBHOOK_BODY
    for path in UPLOADS:
        assert next(size for place, size in room.items() if path.startswith(place)) >= LARGEST_UPLOAD
    assert any("proxy_set_header Upgrade" in line for line in lines)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_the_file(tmp_path: Path) -> None:
    pair = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=chungtay.example.org")
    subprocess.run([*pair, "-keyout", "a.key", "-out", "a.pem"], cwd=tmp_path, check=True, capture_output=True)
    site = (DEPLOY / "nginx.conf").read_text()
    for there, here in (("/etc/ssl/chungtay.pem", "a.pem"), ("/etc/ssl/chungtay.key", "a.key")):
        site = site.replace(there, str(tmp_path / here))
    site = site.replace("/var/log/nginx/chungtay.log", str(tmp_path / "access.log"))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/nginx.pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\n{site}\n}}\n"
    )
    done = subprocess.run(
        ["nginx", "-t", "-e", str(tmp_path / "error.log"), "-c", str(tmp_path / "nginx.conf")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
