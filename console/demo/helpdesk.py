"""Made-up residents with made-up questions: tickets of each state, and questions that were not answered well."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.simulated import SIMULATED
from bot.helpdesk.opening import open_ticket
from bot.helpdesk.work import add_note, reply, resolve, snooze
from console.demo.registry import Demo, demo_maker
from content.folding import folded_syllables
from store.clock import local_date
from store.queries.inbox import store_incoming
from store.queries.open_questions import keep_open_question
from store.staff_roles import Role
from store.ticket_states import ComplaintKind, TicketReason

#: Đăk Hà and Đăk Cấm.
_NEAR, _FAR = "23500", "23284"


@dataclass(frozen=True)
class _Case:
    """A made-up ticket: what somebody says, why there is a ticket, and how far it has got."""

    words: str
    reason: TicketReason
    area: str = ""
    topic: str | None = None
    about: str = ""
    stage: str = ""


_CASES = (
    _Case(
        "(mẫu) Nhà tôi mới tách hộ thì có được vay vốn hộ nghèo không?", TicketReason.NOT_ANSWERED, _FAR, "credit_loan"
    ),
    _Case("(mẫu) Cho tôi gặp cán bộ hỏi về thẻ bảo hiểm.", TicketReason.ASKED_FOR_PERSON, _NEAR, "health_insurance"),
    _Case(
        "(mẫu) Nhà tôi khó khăn mà không thấy tên trong danh sách.", TicketReason.COMPLAINT, _NEAR, None, "wrong_list"
    ),
    _Case("(mẫu) Có người xưng cán bộ đòi tiền làm hồ sơ.", TicketReason.COMPLAINT, "", None, ComplaintKind.WRONGDOING),
    _Case(
        "(mẫu) Tôi muốn hỏi lớp học nghề cho con.", TicketReason.ASKED_FOR_PERSON, "", "vocational_training", "", "open"
    ),
    _Case(
        "(mẫu) Bao giờ có kết quả rà soát?", TicketReason.NOT_ANSWERED, "", "poverty_review_procedure", "", "snoozed"
    ),
    _Case("(mẫu) Tiền điện hỗ trợ nhận ở đâu?", TicketReason.NOT_ANSWERED, "", "electricity_support", "", "resolved"),
)

_QUESTIONS = (
    ("(mẫu) nhà mới tách hộ có được vay không", "unsure", "credit_loan", 4),
    ("(mẫu) nhà vừa tách hộ vay được không", "unsure", "credit_loan", 2),
    ("(mẫu) thẻ bảo hiểm mất thì làm lại ở đâu", "not_understood", None, 3),
    ("(mẫu) xin giống bò ở đâu", "no_source", "livelihood_production_support", 2),
)


@demo_maker("help desk", position=40)
async def help_desk(connection: AsyncConnection, demo: Demo) -> None:
    """Make them once; officers answer, note, put aside and resolve some."""
    already = await connection.execute(text("select exists (select from ticket where demo)"))
    if already.scalar_one():
        return
    officer, now = demo.staff[Role.HELP_DESK_OFFICER], demo.desk.clock.now()
    for number, case in enumerate(_CASES):
        stored = await store_incoming(
            connection,
            channel=SIMULATED,
            address=f"ok-helpdesk-{number}",
            provider_message_id=f"demo-helpdesk-{number}",
            text=case.words,
            payload=None,
            wishes={},
            language="vi",
            now=now - timedelta(minutes=3 * number),
        )
        # Nobody has to answer what nobody wrote.
        await connection.execute(_NOT_WAITING, {"id": stored.conversation_id})
        await connection.execute(_ANSWERED, {"id": stored.incoming_id, "now": now})
        await connection.execute(_MADE_UP, {"id": stored.conversation_id})
        made = await open_ticket(
            connection,
            reason=case.reason,
            now=now - timedelta(minutes=3 * number),
            conversation_id=stored.conversation_id,
            about=case.about,
            topic=case.topic,
            area=case.area,
            organisation=officer.organisation if case.stage else None,
        )
        assert made is not None
        if case.stage:
            await reply(connection, officer, made.id, "(mẫu) Chào bác, tôi đang xem việc này.", now=now)
        if case.stage == "open":
            await add_note(connection, officer, made.id, "(mẫu) Đã hỏi trung tâm dạy nghề.", now=now)
        elif case.stage == "snoozed":
            await snooze(connection, officer, made.id, until=now + timedelta(days=1), now=now)
        elif case.stage == "resolved":
            await resolve(connection, officer, made.id, now=now)


_NOT_WAITING = text("update conversation set waiting = 0, oldest_waiting_at = null where id = :id")
_ANSWERED = text("update incoming set answered_at = :now where id = :id")
_MADE_UP = text("""
update person set demo = true where id = (select person_id from conversation where conversation.id = :id)
""")


@demo_maker("open questions", position=41)
async def questions(connection: AsyncConnection, demo: Demo) -> None:
    """Make some questions, each asked several times."""
    already = await connection.execute(text("select exists (select from open_question where text like '(mẫu)%')"))
    if already.scalar_one():
        return
    for words, reason, topic, times in _QUESTIONS:
        for _ in range(times):
            await keep_open_question(
                connection,
                text=words,
                folded=" ".join(folded_syllables(words)),
                reason=reason,
                topic_guess=topic,
                confidence=0.3,
                statement=None,
                language="vi",
                asked_on=local_date(demo.desk.clock.now()),
            )
