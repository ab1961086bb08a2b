"""Numbers that hide in prose: digits, and number words in front of what they count ("hai triệu", "ten percent")."""

import re
from collections.abc import Iterator

from content.placeholders import PLACEHOLDER

_DIGITS = re.compile(r"[\d²³½¼]+")

_UNITS_VI = (
    "phần trăm|triệu|nghìn|ngàn|tỷ(?! lệ)|tỉ(?! lệ)|trăm|chục|đồng|tháng|năm|tuổi|ngày|giờ|tuần|lần|đợt|"
    "ki-lô|kg|cân|lít|mét|km|người|hộ|nhân khẩu|điểm|chỉ số|bước|khoản|suất|bản|cấp|nhóm|đối tượng"
)
_NUMBERS_VI = "hai|ba|bốn|sáu|bảy|bẩy|tám|chín|mười|(?:hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín) mươi"
# "năm" is five and year, "một người một tháng" only says per head and month: both count in front of few words only.
_NUMBER_IN_VIETNAMESE = re.compile(
    rf"(?<!\w)(?:(?:{_NUMBERS_VI})(?: rưỡi| mốt| lăm| tư)? (?:{_UNITS_VI})"
    r"|(?:một|năm|vài|mấy|rưỡi|nửa) (?:phần trăm|triệu|nghìn|ngàn|tỷ(?! lệ)|tỉ(?! lệ)|trăm)"
    r"|năm mươi (?:đồng|tháng|năm|tuổi|ngày|lần|người|hộ))(?!\w)",
    re.IGNORECASE,
)
_SCALES_EN = "percent|per cent|hundred|thousand|million|billion"
_UNITS_EN = (
    f"{_SCALES_EN}|dong|VND|months?|years?|days?|hours?|weeks?|times|kilos?|kilograms?|kg|litres?|metres?|"
    "kilometres?|km|people|persons|households|members|points|indicators|steps|items|working days|levels|groups"
)
_NUMBERS_EN = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|eighteen|twenty|thirty|forty|fifty|sixty|"
    "seventy|eighty|ninety"
)
_NUMBER_IN_ENGLISH = re.compile(
    rf"\b(?:(?:{_NUMBERS_EN})(?:-\w+)? (?:{_UNITS_EN})|(?:one|a|half a) (?:{_SCALES_EN}))\b",
    re.IGNORECASE,
)
_NUMBER_WORDS = {"vi": _NUMBER_IN_VIETNAMESE, "en": _NUMBER_IN_ENGLISH}


def numbers_in_prose(text: str, language: str) -> Iterator[str]:
    """Each number that a text writes out instead of naming a parameter: '1.500.000', 'hai triệu', 'ten percent'."""
    # A mark stays where a placeholder stood: "trong năm {amount} triệu" must not read "năm triệu".
    prose = PLACEHOLDER.sub("¤", text)
    yield from _DIGITS.findall(prose)
    for match in _NUMBER_WORDS[language].finditer(" ".join(prose.split())):
        yield match.group()
