"""Logs tell what happened to which message, and nothing about who said what."""

import json
import uuid

import httpx
import pytest
import structlog

from server.logging import configure_logging
from server.runtime import Runtime


def test_a_field_that_may_be_personal_is_never_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    structlog.get_logger("test").info("message_stored", text="nhà tôi nghèo", address="0987654321", message=7)
    configure_logging("error", "console")
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert json.loads(line)["message"] == 7
    assert "nghèo" not in line and "0987654321" not in line


async def test_the_log_follows_a_message_and_holds_no_word_of_it(
    system: Runtime, http: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    conversation, secret = uuid.uuid4().hex, "bí-mật-của-tôi"
    configure_logging("info", "json")
    try:
        body = {"conversation": conversation, "text": f"{secret} vay vốn hộ nghèo"}
        answer = await http.post("/api/chat/messages", params={"wait": 25}, json=body)
        assert answer.status_code == 200
    finally:
        configure_logging("error", "console")
    log = capsys.readouterr().err
    assert secret not in log and conversation not in log
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    stored = next(line for line in lines if line["event"] == "message_stored")
    events = [line["event"] for line in lines if str(line.get("message")) == str(stored["message"])]
    assert {"message_stored", "action_run", "message_answered"} <= set(events)
    rasa_log = (system.settings.data_dir / "log" / "rasa-1.log").read_text(encoding="utf-8")
    assert secret not in rasa_log
