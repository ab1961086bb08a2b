"""What a channel cannot show beside a message stands in its text."""

from bot.channels.capabilities import LEAST, Capabilities
from bot.channels.fitting import fitted
from bot.languages import SpokenLanguages
from bot.messages import Button, OutgoingMessage, PhoneRequest, SourceReference
from bot.payloads import numbered_payload
from bot.rendering.menus import Menus
from content.human_languages import HumanLanguages
from content.library import load_library
from content.translations import catalogue_for

VI = catalogue_for("vi")
BUTTONS = tuple(Button(title=f"Mục {name}", payload=f"/menu{name}") for name in "abc")
ANSWER = OutgoingMessage(
    text="Lời.", buttons=BUTTONS, sources=(SourceReference(document="Luật 51/2024/QH15"),), receipt="7K3QXA2"
)


def test_a_channel_that_shows_everything_gets_the_message_as_it_is() -> None:
    rich = Capabilities(repeatable=True, folds_sources=True, max_buttons=3, max_text_length=2000)
    assert fitted(ANSWER, rich, VI) is ANSWER


def test_a_channel_without_buttons_gets_numbers_sources_and_code_in_the_text() -> None:
    text = fitted(ANSWER, LEAST, VI, address="https://hoidap.example").text
    assert text.splitlines() == [
        *("Lời.", "", "Căn cứ: Luật 51/2024/QH15", ""),
        *("Mã câu trả lời: 7K3QXA2 – xem lại ở https://hoidap.example/phieu/7K3QXA2", ""),
        *("1. Mục a", "2. Mục b", "3. Mục c"),
    ]
    assert fitted(ANSWER, LEAST, VI).buttons == BUTTONS


def test_a_number_is_asked_for_by_a_button_only_where_the_channel_has_one() -> None:
    asked = OutgoingMessage(text="Số điện thoại?", phone_request=PhoneRequest(title="Gửi số", words="Hoặc bấm nút."))
    assert fitted(asked, Capabilities(phone_button=True), VI).phone_request == asked.phone_request
    assert "phone_request" not in fitted(asked, LEAST, VI).to_json()


def test_the_numbers_in_the_text_press_the_buttons_that_they_stand_before() -> None:
    library = load_library()
    menus = Menus(library, SpokenLanguages(HumanLanguages(library)))
    data = {"key": "topic_menu", "on": "2026-11-23", "topic": "credit_loan"}
    menu = fitted(menus.of_topic(data, VI), LEAST, VI)
    payloads = [button.payload for button in menu.buttons]
    for line in menu.text.split("\n\n")[-1].splitlines():
        number, _, title = line.partition(". ")
        pressed = numbered_payload(payloads, int(number))
        assert pressed is not None
        assert next(b.title for b in menu.buttons if b.payload == pressed) == f"{number}. {title}"
    assert numbered_payload(payloads, 0) == "/menu"
    assert numbered_payload(payloads, 99) is None and numbered_payload([], 0) is None
    assert numbered_payload(["/ask_person"], 0) is None
