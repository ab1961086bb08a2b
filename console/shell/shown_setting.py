"""A setting as administrators read it in the console."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShownSetting:
    """`meaning` in English and in Vietnamese; `secret`: its value is not shown, only that it is set."""

    name: str
    value: str
    meaning: str
    meaning_in_vietnamese: str
    secret: bool = False
