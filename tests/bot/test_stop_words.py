"""Which words end news, and which only look like it."""

import pytest

from bot.stop_words import NewsWord, news_word
from content.folding import fold


@pytest.mark.parametrize(
    "words",
    [
        *("Tắt tin", "tắt tin nhắn", "dừng tin", "dừng nhận tin", "hủy tin", "hủy nhận tin", "ngừng nhận tin"),
        *("từ chối nhận tin", "không nhận tin", "không nhận tin nữa", "đừng gửi nữa"),
        "muốn dừng nhận tin nhắn",
        "đừng gửi tin cho tôi nữa",
        "hủy đăng ký nhận tin",
        "Bác không muốn nhận tin nhắn này nữa.",
        "đừng nhắn tin cho tui nữa",
        "phiền quá, đừng gửi nữa!",
        "tắt thông báo giúp em",
        "làm sao để ngừng nhận tin ạ?",
        "xóa tôi khỏi danh sách nhận tin",
        "ko muốn nhận tin nhắn tuyên truyền nữa",
        "unsubscribe",
    ],
)
def test_who_wants_no_more_news_says_so_in_their_own_words(words: str) -> None:
    assert news_word(words) is NewsWord.STOP
    assert news_word(fold(words.lower())) is NewsWord.STOP


@pytest.mark.parametrize(
    "words",
    [
        "tôi không nhận được tin nhắn",
        "sao không nhận được tin",
        "không tin nữa",
        "đừng gửi tiền nữa",
        "hủy đăng ký khóa học",
        "thôi không nhận trợ cấp nữa",
        "xóa tôi khỏi danh sách hộ nghèo",
        "chặn tin nhắn lừa đảo thế nào",
        "tắt điện",
        "không cần nhận nữa",
    ],
)
def test_other_matters_end_no_news(words: str) -> None:
    assert news_word(words) is None


@pytest.mark.parametrize("words", ["cho tôi nhắn tin", "muốn nhận tin", "gửi tin cho tôi với"])
def test_no_consent_is_read_out_of_a_sentence(words: str) -> None:
    assert news_word(words) is None
