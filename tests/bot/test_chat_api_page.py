"""The sample on docs/chat-api.md is what the system answers."""

import json
import re
import uuid

import httpx

from server.settings import PROJECT

PAGE = (PROJECT / "docs" / "chat-api.md").read_text(encoding="utf-8")


async def test_the_sample_has_the_keys_and_the_words_of_a_real_answer(http: httpx.AsyncClient) -> None:
    asked = re.search(r"-d '({.*})'", PAGE)
    sample = json.loads(PAGE.split("```json\n", 1)[1].split("```", 1)[0])
    assert asked is not None
    body = json.loads(asked[1]) | {"conversation": f"person-{uuid.uuid4().hex}"}
    answer = (
        await http.post("/api/chat/messages", params={"wait": 25}, json=body, headers={"Accept-Language": "vi"})
    ).json()

    assert sample.keys() == answer.keys()
    (shown,), (given,) = sample["messages"], answer["messages"]
    assert shown.keys() == given.keys()
    for key in ("topic", "intent", "statement", "language", "numbered", "sources"):
        assert shown[key] == given[key], key
    assert {(shown["valid"][end], given["valid"][end]) for end in ("from", "to")} == {
        ("2026-01-01", "2026-01-01"),
        ("2026-12-31", "2026-12-31"),
    }
    assert all(button in given["buttons"] for button in shown["buttons"])
    words = re.sub(r"ngày \d\d/\d\d/\d{4}\.", "ngày …", shown["text"]).split("…")
    assert [part for part in words if part not in re.sub(r"ngày \d\d/\d\d/\d{4}\.", "ngày …", given["text"])] == []
