"""A resident sees in the chat what is held about them, and has it erased: through the real system."""

import json
import uuid

import httpx
import pytest
from sqlalchemy import text as sql

from server.runtime import Runtime
from tests.bot.test_place import RENDERER, say


async def test_seen_and_erased_after_a_second_press(http: httpx.AsyncClient, system: Runtime) -> None:
    person = f"person-{uuid.uuid4().hex}"
    await say(http, person, text="hộ nghèo được vay bao nhiêu")
    await say(http, person, text="/nhantin")
    (shown,) = await say(http, person, text="/dulieu")
    assert "Lời đã nhắn: 3 tin" in shown["text"] and "Nơi trò chuyện: web" in shown["text"]
    assert "Đồng ý nhận tin" not in shown["text"], "asking is not agreeing"
    (offered,) = await say(http, person, payload=shown["buttons"][0]["payload"])
    assert "không lấy lại được" in offered["text"]
    (erased,) = await say(http, person, payload=offered["buttons"][0]["payload"])
    assert erased["text"].startswith("Đã xóa hết")
    async with system.database.single() as connection:
        rows = await connection.execute(
            sql("""select incoming.text from incoming join conversation on conversation.id = conversation_id
                where address like '%' || :person || '%'
                    or person_id in (select id from person where erased_at is not null)
                order by incoming.id"""),
            {"person": person},
        )
        assert not [row.text for row in rows if "vay" in row.text]
    (after,) = await say(http, person, text="/mydata")
    assert "vay" not in after["text"]
    answer = (await say(http, person, text="hộ cận nghèo có được thẻ BHYT không"))[-1]
    assert answer["topic"] == "health_insurance"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_everything_that_is_held_has_words(language: str) -> None:
    held = {
        "channels": ["telegram", "zalo"],
        "words": 1200,
        "commune": "23284",
        "household_group": "near_poor",
        "phone": "321",
        "kept_answers": True,
        "courses": ["MAY-1"],
        "trades": ["sewing"],
        "news": True,
        "pledges": ["ABC"],
    }
    custom = {"key": "my_data", "on": "2026-11-23", "today": "2026-11-23", "held": held}
    (message,) = RENDERER.replies([{"custom": custom}], language, introduce=False)
    assert message.text.count("\n•") == len(held)
    assert "321" in message.text and "MAY-1" in message.text and "23284" not in message.text
    assert "{" not in json.dumps(message.text)
