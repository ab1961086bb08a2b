"""Numbers written out in prose are found; words that only sound like numbers are not."""

import pytest

from content.check_prose import numbers_in_prose


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("vi", "Được vay hai triệu một hộ.", ["hai triệu"]),
        ("vi", "Giảm mười phần trăm.", ["mười phần trăm"]),
        ("vi", "Trong ba mươi sáu tháng.", ["sáu tháng"]),
        ("vi", "Khoảng một triệu, hay nửa triệu.", ["một triệu", "nửa triệu"]),
        ("vi", "Từ năm mươi tuổi trở lên.", ["năm mươi tuổi"]),
        ("vi", "Mức 1.500.000 đồng.", ["1", "500", "000"]),
        ("en", "Up to two million per household.", ["two million"]),
        ("en", "Ten percent of it, for thirty-six months.", ["Ten percent", "thirty-six months"]),
        ("en", "A hundred households.", ["A hundred"]),
    ],
)
def test_a_number_in_words_is_found(language: str, text: str, found: list[str]) -> None:
    assert list(numbers_in_prose(text, language)) == found


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("vi", "Mỗi năm tỷ lệ nghèo giảm; một người một tháng."),
        ("vi", "Cả ba và mẹ đều đi làm; hằng năm xã rà soát."),
        ("vi", "Trong năm {poverty.line.rural.near_max|number} triệu"),
        ("en", "One household, each of the two programmes, second year."),
    ],
)
def test_words_that_count_nothing_are_left_alone(language: str, text: str) -> None:
    assert list(numbers_in_prose(text, language)) == []
