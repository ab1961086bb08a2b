"""Whatever is said in whatever order, changed, undone, delivered again: no yes, no pledge; one yes, one pledge."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.giving.draft import SUMMARY, Draft, Offers, problem_with_amount
from bot.giving.reading import NotUnderstood, Reply, answer_to, told_at_once
from fund.pledging import check_pledge
from server.runtime import Runtime

LINES = (
    *("đăng ký ủng hộ", "tôi đăng ký ủng hộ 500k", "2 triệu", "1.234.567đ", "5 tỷ", "500", "một lần", "hằng tháng"),
    *("chia 3 đợt", "12", "3", "1", "2", "cá nhân", "công ty", "Nguyễn Thị Mẫu", "ghi tên đầy đủ", "không nêu tên"),
    *("không cần", "bỏ qua", "quay lại", "nhầm, 3 triệu cơ", "đúng", "không", "sửa số tiền", "sửa tên", "hiện vật"),
    *("20 bao gạo", "một ngày lương", "45", "hộ nghèo được vay bao nhiêu?", "hủy", "xin chào", "0912 000 000"),
)
YES = "đồng ý, đăng ký"
SHORT = ("tôi đăng ký ủng hộ 500k", "một lần", "cá nhân", "không nêu tên", "không cần")


class Chat:
    """A person who talks with the running system from a thread of its own."""

    def __init__(self, address: str, run: Callable[[Awaitable[Any]], Any], system: Runtime) -> None:
        self._http = httpx.Client(base_url=address, timeout=40)
        self._run, self._system = run, system
        self.name = f"donor-{uuid.uuid4().hex}"
        self.messages: list[dict[str, Any]] = []

    def send(self, message_id: str, **body: str) -> None:
        answer = self._http.post(
            "/api/chat/messages",
            params={"wait": 25},
            json={"conversation": self.name, "message_id": message_id, **body},
        )
        assert answer.status_code == 200, answer.text
        self.messages = answer.json()["messages"]

    @property
    def confirming(self) -> str | None:
        """The payload of the button that confirms what is shown, None where none is shown."""
        buttons = [button for message in self.messages for button in message["buttons"]]
        return next((one["payload"] for one in buttons if '"confirm.' in one["payload"]), None)

    def pledges(self) -> int:
        return int(self._run(self._count()))

    async def _count(self) -> int:
        async with self._system.database.transaction() as connection:
            found = await connection.execute(
                text(
                    "select count(*) from pledge join conversation on conversation.id = conversation_id "
                    "where address = :name"
                ),
                {"name": self.name},
            )
            return int(found.scalar_one())


async def test_no_dialogue_records_without_a_yes_or_twice(system: Runtime) -> None:
    loop = asyncio.get_running_loop()

    def run(work: Awaitable[Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result()  # type: ignore[arg-type]

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        lines=st.lists(st.sampled_from(LINES), max_size=10),
        ends_well=st.booleans(),
        again=st.integers(0, 2),
        presses=st.booleans(),
    )
    def dialogue(lines: list[str], ends_well: bool, again: int, presses: bool) -> None:
        chat = Chat(system.address, run, system)
        for number, line in enumerate(lines):
            chat.send(f"m{number}", text=line)
        assert chat.pledges() == 0
        if not ends_well:
            return
        chat.send("stop", text="hủy")
        for number, line in enumerate(SHORT):
            chat.send(f"s{number}", text=line)
        confirming = chat.confirming
        assert confirming is not None, chat.messages
        assert chat.pledges() == 0
        body = {"payload": confirming, "title": YES} if presses else {"text": "đồng ý"}
        for _ in range(again + 1):
            chat.send("yes", **body)
        assert chat.pledges() == 1
        chat.send("yes-again", payload=confirming, title=YES)
        assert chat.pledges() == 1

    await asyncio.to_thread(dialogue)


OFFERS = st.sampled_from([Offers(), Offers(("houses",), ("23284",))])
REPLIES = st.one_of(
    st.builds(Reply, text=st.sampled_from(LINES)),
    st.builds(
        Reply,
        text=st.just("500k"),
        amounts=st.tuples(
            st.integers(1, 10**12).map(lambda amount: {"low": amount, "high": amount, "per": None, "of": None})
        ),
    ),
    st.builds(Reply, text=st.just("số"), count=st.integers(0, 200)),
    st.builds(Reply, text=st.text(max_size=30), words=st.just(("skip",))),
)


@given(replies=st.lists(REPLIES, max_size=40), offers=OFFERS, undo=st.lists(st.integers(0, 39), max_size=4))
def test_any_answers_make_a_whole_pledge_or_are_asked_again(
    replies: list[Reply], offers: Offers, undo: list[int]
) -> None:
    draft = Draft("chat:1:1", {}).asked_next(offers)
    for number, reply in enumerate(replies):
        if number in undo:
            draft = draft.without_last().asked_next(offers)
        if draft.asking == SUMMARY:
            break
        if draft.asking == "kind":
            draft = told_at_once(draft, reply).asked_next(offers)
            continue
        before = draft
        try:
            answer = answer_to(draft.asking, reply, draft)
        except NotUnderstood:
            assert draft == before
            continue
        draft = draft.answered(draft.asking, answer).asked_next(offers)
        assert draft.fingerprint != before.fingerprint
    assert Draft.from_slot(draft.as_slot()) == draft
    if draft.asking == SUMMARY:
        pledge = draft.new_pledge(offers, conversation=1, language="vi", demo=False)
        check_pledge(pledge)
        assert pledge.draft_key == draft.key
        assert pledge.donor_name is None or pledge.name_shown != "hidden" or pledge.donor_kind != "person"
        assert pledge.amount is None or problem_with_amount(pledge.amount) is None
