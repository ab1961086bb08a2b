"""What a channel can show is data, and the rest of the system goes by it."""

from bot.channels.capabilities import CAPABILITIES, LEAST
from bot.channels.fitting import fitted
from bot.messages import Button, OutgoingMessage
from content.translations import catalogue_for


def test_a_menu_of_thirteen_is_buttons_where_they_fit_and_numbers_elsewhere() -> None:
    menu = OutgoingMessage(
        text="Chọn.", buttons=tuple(Button(title=f"{n}. Mục", payload="/menu") for n in range(1, 14))
    )
    numbered = {
        name: "13. Mục" in fitted(menu, capabilities, catalogue_for("vi")).text
        for name, capabilities in CAPABILITIES.items()
    }
    assert numbered == {
        "web": False, "terminal": False, "telegram": False, "zalo": True, "zalo_bot": True, "zalo_phone": True,
        "zalo_anonymous": True,
    }  # fmt: skip


def test_a_channel_that_nobody_described_promises_nothing() -> None:
    assert not LEAST.repeatable and LEAST.max_buttons == 0 and not LEAST.receipts and not LEAST.image


def test_parts_of_a_long_text_leave_room_below_the_limit() -> None:
    for name, capabilities in CAPABILITIES.items():
        assert capabilities.split_at is None or capabilities.split_at < capabilities.max_text_length, name
