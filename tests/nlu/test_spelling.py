"""Short forms and telex slips are read as what was meant, and nothing that is written properly changes."""

import pytest
import yaml
from components.spelling import SHORT_FORMS, respelled, respelled_syllables
from components.syllable import is_syllable

from server.training import NLU


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hoojo ngheof", "hộ nghèo"),
        ("ddwowcj vay voons", "được vay vốn"),
        ("dduwowcj", "được"),
        ("duocwj", "dược"),
        ("nguowif khuyeets taatj", "người khuyết tật"),
        ("nguoiwf", "người"),
        ("tienef", "tiền"),
        ("khoong", "không"),
        ("mik ko dc vay ak", "mình không được vay ak"),
        ("bn tiền, ntn?", "bao nhiêu tiền, như thế nào?"),
        ("gif j", "gì gì"),
        ("nhà nc", "nhà nước"),
        ("ông 80t, bé 6t", "ông 80 tuổi, bé 6 tuổi"),
    ],
)
def test_what_was_meant_is_read(typed: str, meant: str) -> None:
    assert respelled(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "hộ nghèo ở xã đăk hà được vay vốn không?",
        "ho ngheo o xa dak ha duoc vay von khong",
        "what does a poor household get for school this year",
        "1tr5, 500k, b1 và b2, khu vực iii",
        "quyết định giường khuyến huyện nghiêng uống oan thuở ngoằn quên",
    ],
)
def test_what_is_written_properly_stays(text: str) -> None:
    assert respelled(text) == text


def test_no_short_form_is_a_syllable() -> None:
    assert [form for form in SHORT_FORMS if is_syllable(form)] == []


def test_every_syllable_that_names_an_aspect_is_one() -> None:
    aspects = yaml.safe_load((NLU / "gazetteers" / "aspect.yml").read_text(encoding="utf-8"))
    words = {word for phrases in aspects.values() for phrase in phrases for word in str(phrase).lower().split()}
    vietnamese = {word for word in words if not word.isascii() and word.isalpha()} - set(SHORT_FORMS) - {"đk"}
    assert len(vietnamese) > 50
    assert [word for word in vietnamese if not is_syllable(word)] == []


def test_a_written_out_form_keeps_the_place_of_the_word() -> None:
    assert respelled_syllables(["bn", "tien"]) == (["bao", "nhieu", "tien"], [0, 0, 1])


def test_a_word_of_a_known_name_is_no_slip() -> None:
    assert respelled_syllables(["ho", "moong"], frozenset({"moong"})) == (["ho", "moong"], [0, 1])
    assert respelled_syllables(["ho", "moong"])[0] == ["ho", "mong"]
