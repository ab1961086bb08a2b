"""Promising a gift in the chat: through the real system, with a real Rasa."""

import httpx
import pytest

from fund.vietqr import read_payload
from tests.bot.giving.talk import ACCOUNT, Donor, code_in
from tests.qr import read_qr


@pytest.mark.usefixtures("account")
async def test_a_gift_is_promised_in_a_minute_and_paid_by_a_picture(donor: Donor, http: httpx.AsyncClient) -> None:
    assert "một lần, hằng tháng" in await donor.say("cho tôi đăng ký ủng hộ 500k")
    await donor.press("Một lần")
    await donor.press("Cá nhân")
    await donor.press("Không nêu tên")
    summary = await donor.press("Không cần")
    assert "500.000 đồng" in summary and "Không nêu tên" in summary
    assert not await donor.pledges()
    said = await donor.press("Đồng ý, đăng ký")
    (pledge,) = await donor.pledges()
    assert (pledge.amount, pledge.kind, pledge.name_shown, pledge.donor_name) == (500_000, "money", "hidden", None)
    assert pledge.code in said and ACCOUNT["number"] in said and ACCOUNT["holder"] in said
    (image,) = donor.images
    picture = await http.get(image)
    assert picture.headers["content-type"] == "image/png"
    transfer = read_payload(read_qr(picture.content))
    assert (transfer.account, transfer.amount, transfer.memo) == (ACCOUNT["number"], 500_000, pledge.code)


async def test_without_an_account_the_pledge_is_taken_and_no_number_is_told(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "1 triệu", "một lần", "cá nhân", "không nêu tên", "không cần")
    said = await donor.say("đồng ý")
    (pledge,) = await donor.pledges()
    assert pledge.amount == 1_000_000
    assert "chưa công bố số tài khoản" in said and pledge.code in said
    assert not donor.images


@pytest.mark.usefixtures("account")
async def test_a_monthly_gift_of_a_company_in_words_only(donor: Donor) -> None:
    await donor.says("công ty chúng tôi đăng ký ủng hộ mỗi tháng 2 triệu", "12 tháng")
    assert "24.000.000 đồng" in await donor.says("Công ty Mẫu Giả Lập", "ghi tên đầy đủ", "nhắn ở đây")
    said = await donor.say("xác nhận")
    (pledge,) = await donor.pledges()
    assert (pledge.donor_kind, pledge.schedule, pledge.amount) == ("company", "monthly", 24_000_000)
    assert (pledge.donor_name, pledge.name_shown, len(pledge.instalments)) == ("Công ty Mẫu Giả Lập", "name", 12)
    assert "Số tiền: 2.000.000 đồng" in said


async def test_instalments_of_a_group_with_a_masked_name(donor: Donor) -> None:
    await donor.says("đăng ký góp quỹ", "6 triệu", "chia 3 đợt", "nhóm", "Nhóm Bạn Mẫu", "che bớt")
    summary = await donor.say("không cần")
    assert "Nhóm B*** M***" in summary
    await donor.say("đồng ý")
    (pledge,) = await donor.pledges()
    assert [part.amount for part in pledge.instalments] == [2_000_000] * 3


async def test_goods_are_promised_with_what_how_many_and_where(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ hiện vật", "20 bao gạo và 50 cái chăn mới", "nhà văn hóa thôn Mẫu")
    await donor.says("cá nhân", "ghi tên đầy đủ", "tôi tên là Nguyễn Thị Mẫu", "không")
    said = await donor.say("đồng ý")
    (pledge,) = await donor.pledges()
    assert (pledge.kind, pledge.goods) == ("in_kind", "20 bao gạo và 50 cái chăn mới")
    assert (pledge.goods_place, pledge.donor_name) == ("nhà văn hóa thôn Mẫu", "Nguyễn Thị Mẫu")
    assert "biên nhận" in said and "Số tài khoản" not in said


@pytest.mark.usefixtures("account")
async def test_a_day_s_wage_of_a_workplace_has_one_code_for_all(donor: Donor) -> None:
    await donor.says("cơ quan tôi đăng ký góp một ngày lương", "45", "bỏ qua", "Trường Mẫu Giả Lập", "ghi tên đầy đủ")
    await donor.say("không cần")
    said = await donor.say("đồng ý")
    (pledge,) = await donor.pledges()
    assert (pledge.kind, pledge.people, pledge.amount) == ("drive", 45, None)
    assert "Mọi người trong cơ quan cùng ghi mã" in said and "tùy người góp" in said


async def test_any_answer_is_changed_before_it_is_recorded(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "500k", "một lần", "cá nhân", "không nêu tên", "không cần")
    assert "2.000.000 đồng" in await donor.say("nhầm, 2 triệu")
    assert "một lần, hằng tháng" in await donor.press("Sửa: cách góp")
    assert "mấy tháng" in await donor.say("hằng tháng")
    assert "6.000.000 đồng" in await donor.say("3 tháng")
    assert "tên" in await donor.say("sửa tên hiển thị")
    await donor.press("Ghi tên đầy đủ")
    assert "Trần Văn Mẫu" in await donor.say("Trần Văn Mẫu")
    assert not await donor.pledges()
    await donor.say("ok")
    (pledge,) = await donor.pledges()
    assert (pledge.amount, pledge.schedule, pledge.donor_name) == (6_000_000, "monthly", "Trần Văn Mẫu")


async def test_an_amount_is_corrected_while_something_else_is_asked(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "200k")
    assert "sửa lại số tiền" in await donor.say("à nhầm, 300k cơ")
    await donor.press("Quay lại câu trước")
    assert "bao nhiêu" in donor.last[-1]["text"]
    assert "một lần" in await donor.say("400k")


@pytest.mark.parametrize("words", ["hủy", "thoi khong gop nua", "thôi để dịp khác nhé", "em đổi ý rồi"])
async def test_who_cancels_leaves_nothing_behind(donor: Donor, words: str) -> None:
    await donor.says("đăng ký ủng hộ", "500k", "một lần")
    assert "không đăng ký gì" in await donor.say(words)
    assert not await donor.pledges()
    assert "góp gì" in await donor.say("đăng ký ủng hộ")


async def test_a_donor_who_has_nothing_to_eat_is_helped_first(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "500k")
    await donor.say("nhà tôi chưa có gạo ăn hai hôm nay")
    assert donor.last[0]["intent"] == "crisis"


async def test_a_donor_may_be_called_huy(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "500k", "một lần", "cá nhân", "ghi tên đầy đủ")
    assert "nhắn cho bác" in await donor.say("Huy")
    summary = await donor.say("không cần")
    assert "Tên: Huy" in summary


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("500", "nghìn hay triệu"),
        ("2 đến 3 triệu", "một số tiền"),
        ("100 đô", "tiền đồng"),
        ("500 đồng", "Ít nhất"),
        ("-5 triệu", "chưa hiểu"),
        ("1.234.567đ", "đúng không"),
        ("5 tỷ", "đúng không"),
    ],
)
async def test_odd_amounts_are_asked_about(donor: Donor, words: str, said: str) -> None:
    await donor.say("đăng ký ủng hộ")
    await donor.press("Góp tiền")
    first = await donor.say(words)
    if said == "đúng không":
        first = await donor.press("Một lần")
    assert said in first


async def test_a_very_large_amount_that_is_denied_is_asked_again(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "50 tỷ", "một lần")
    assert "gõ lại số tiền" in await donor.say("không")
    await donor.say("50 triệu")
    assert "Ai góp" in donor.last[-1]["text"]


async def test_a_side_question_is_answered_once_and_the_pledge_goes_on(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "500k")
    said = await donor.say("hộ nghèo được vay vốn bao nhiêu tiền?")
    assert "100.000.000" in said and "một lần, hằng tháng" in said
    await donor.press("Một lần")
    assert "Ai góp" in donor.last[-1]["text"]


async def test_after_three_replies_that_say_nothing_a_person_is_offered(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "500k", "xyz abc", "xyz abd")
    assert not any("Gặp cán bộ" in title for title in donor.buttons)
    await donor.say("xyz abe")
    assert any("Gặp cán bộ" in title for title in donor.buttons)


async def test_a_menu_in_between_is_shown_alone_and_the_pledge_waits(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "500k")
    assert "chọn một mục" in await donor.say("/menu")
    assert len(donor.last) == 1
    assert "Ai góp" in await donor.say("một lần")


async def test_who_wants_a_person_gets_one_and_may_go_on(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "500k")
    assert "Ai góp" not in await donor.say("cho tôi gặp cán bộ")
    await donor.say("/ungho")
    await donor.press("Một lần")
    assert "Ai góp" in donor.last[-1]["text"]


async def test_numbers_press_the_choices(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "1", "500k", "1", "1", "3", "1")
    assert "xem lại" in donor.last[-1]["text"]
    await donor.say("1")
    (pledge,) = await donor.pledges()
    assert (pledge.amount, pledge.schedule, pledge.donor_kind) == (500_000, "once", "person")


async def test_the_pledge_is_made_in_english_too(donor: Donor) -> None:
    await donor.say("/en")
    await donor.says("I want to pledge 500,000 dong", "once", "individual", "no name", "no need")
    assert "500,000" in donor.last[-1]["text"]
    assert "Thank you" in await donor.say("yes")
    (pledge,) = await donor.pledges()
    assert (pledge.amount, pledge.language) == (500_000, "en")


async def test_a_button_under_an_older_summary_confirms_nothing_else(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "500k", "một lần", "cá nhân", "không nêu tên", "không cần")
    old = next(
        button["payload"] for message in donor.last for button in message["buttons"] if "Đồng ý" in button["title"]
    )
    await donor.say("nhầm, 5 triệu")
    await donor._send({"payload": old, "title": "Đồng ý, đăng ký"})
    assert not await donor.pledges()
    assert "5.000.000 đồng" in donor.last[-1]["text"]


async def test_confirming_twice_records_once(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "500k", "một lần", "cá nhân", "không nêu tên", "không cần")
    confirm = next(
        button["payload"] for message in donor.last for button in message["buttons"] if "Đồng ý" in button["title"]
    )
    first = await donor._send({"payload": confirm, "title": "Đồng ý", "message_id": "m1"})
    again = await donor._send({"payload": confirm, "title": "Đồng ý", "message_id": "m1"})
    assert first == again
    later = await donor._send({"payload": confirm, "title": "Đồng ý", "message_id": "m2"})
    assert "ghi xong rồi" in later
    assert len(await donor.pledges()) == 1


async def test_what_is_erased_on_request_stays_in_the_books_without_a_name(donor: Donor) -> None:
    await donor.says("đăng ký ủng hộ", "500k", "một lần", "cá nhân", "ghi tên đầy đủ", "Nguyễn Thị Mẫu", "không cần")
    code = code_in(await donor.say("đồng ý"))
    await donor.say("/xoa")
    assert not await donor.pledges()
    status = await donor.say(code)
    assert code in status and "Mẫu" not in status
