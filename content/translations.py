"""Words, numbers, money and dates in the resident's language: gettext catalogues read through Babel.

Every `*.po` in translations/<language>/LC_MESSAGES/ is read and compiled in memory once; no `.mo` is kept.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal

from content.human_translations import braced, fingerprint, human_translations
from content.yaml_files import CONTENT_DIR, ContentError

TRANSLATIONS_DIR = CONTENT_DIR / "translations"


@dataclass(frozen=True, slots=True)
class Language:
    """A language a resident may choose. `catalogue` gives its words until translators deliver."""

    code: str
    name: str
    name_in_english: str
    locale: str
    catalogue: str

    @property
    def is_translated(self) -> bool:
        return self.code == self.catalogue


# CLDR knows none of the six minority languages, so their numbers and dates take the Vietnamese formats,
# and their words the Vietnamese ones until people have translated them; nothing is made up.
# Triêng is a language of its own (code stg, not certain) and not registered: jeh is Giẻ only.
LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        Language("vi", "Tiếng Việt", "Vietnamese", "vi", "vi"),
        Language("en", "English", "English", "en", "en"),
        Language("bdq", "Ba Na", "Bahnar", "vi", "vi"),
        Language("sed", "Xơ Đăng", "Sedang", "vi", "vi"),
        Language("jra", "Gia Rai", "Jarai", "vi", "vi"),
        Language("jeh", "Giẻ", "Jeh", "vi", "vi"),
        Language("brb", "Brâu", "Brau", "vi", "vi"),
        Language("rmx", "Rơ Măm", "Romam", "vi", "vi"),
    )
}
COMPLETE_LANGUAGES: tuple[str, ...] = ("vi", "en")
DATE_PATTERNS = {"vi": "dd/MM/yyyy", "en": "d MMMM yyyy"}
MONTH_DAY_PATTERNS = {"vi": "dd/MM", "en": "d MMMM"}


class UnknownTranslation(LookupError):
    """A message key that no catalogue of the language holds."""


@dataclass(frozen=True, slots=True)
class _Words:
    messages: GNUTranslations
    keys: frozenset[str]
    plurals: frozenset[str]


@lru_cache(maxsize=32)
def _words(catalogue: str, folder: Path) -> _Words:
    merged = Catalog(locale=catalogue)
    found_in: dict[str, Path] = {}
    plurals: set[str] = set()
    files = sorted((folder / catalogue / "LC_MESSAGES").glob("*.po"))
    for file in files:
        with file.open("rb") as stream:
            try:
                catalog = read_po(stream, locale=catalogue, abort_invalid=True)
            except PoFileError as error:
                raise ContentError(file, f"is not a valid .po file: {error}.") from error
        for message in catalog:
            key = message.id if isinstance(message.id, str) else message.id[0]
            if not key:
                continue
            if key in found_in:
                raise ContentError(
                    file,
                    f"key `{key}` stands in {found_in[key].name} too.",
                    "Keep one of them.",
                )
            translated = message.string if isinstance(message.string, str) else "".join(message.string or ())
            if translated and not message.fuzzy:
                found_in[key] = file
                if not isinstance(message.id, str):
                    plurals.add(key)
                merged[key] = message
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return _Words(GNUTranslations(compiled), frozenset(found_in), frozenset(plurals))


def catalogue_keys(language: str, folder: Path = TRANSLATIONS_DIR) -> frozenset[str]:
    """The keys that have words in the language itself, without falling back."""
    return _words(language, folder).keys


@lru_cache(maxsize=8)
def vietnamese_messages(folder: Path = TRANSLATIONS_DIR) -> dict[str, str]:
    """The Vietnamese words of every key that has no plural, as translators get them."""
    words = _words("vi", folder)
    return {key: words.messages.gettext(key) for key in sorted(words.keys - words.plurals)}


def _by_people(language: Language, folder: Path) -> dict[str, str]:
    """What people translated of the words that the bot says itself, as far as the Vietnamese is still the same."""
    if language.is_translated:
        return {}
    present = vietnamese_messages(folder)
    return {
        key: translation.text
        for key, several in human_translations(language.code, folder).items()
        for translation in several
        if key in present
        and translation.fingerprint == fingerprint(present[key])
        and translation.placeholders == braced(present[key])
    }


class Catalogue:
    """Words and formats of one language.

    >>> Catalogue("vi").money(1_500_000)
    '1.500.000 đồng'
    """

    def __init__(self, language: str, folder: Path = TRANSLATIONS_DIR) -> None:
        if language not in LANGUAGES:
            raise UnknownTranslation(
                f"Language {language!r} is not registered. Known: {', '.join(LANGUAGES)}. "
                "Register it in content/translations.py."
            )
        self.language = LANGUAGES[language]
        self._folder = folder
        self._words = _words(self.language.catalogue, folder)
        self._by_people = _by_people(self.language, folder)

    def __contains__(self, key: object) -> bool:
        return key in self._words.keys

    def text(self, key: str, **values: object) -> str:
        """The words of a key with `{name}` replaced. Raises UnknownTranslation for a missing key or value."""
        self._require(key)
        return self._fill(key, self._by_people.get(key) or self._words.messages.gettext(key), values)

    def plural(self, key: str, count: float, **values: object) -> str:
        """The words of a key for that many; `{count}` is the formatted number."""
        self._require(key)
        # gettext chooses by whole numbers: every fraction reads as a plural.
        whole = int(count) if count == int(count) else 2
        words = self._words.messages.ngettext(key, key, whole)
        return self._fill(key, words, {"count": self.number(count), **values})

    def number(self, value: float | Decimal) -> str:
        """1500000 → '1.500.000' (vi), '1,500,000' (en); at most three decimals."""
        return str(format_decimal(Decimal(str(value)), format="#,##0.###", locale=self.language.locale))

    def money(self, amount: int) -> str:
        """Whole đồng: '1.500.000 đồng' (vi), 'VND 1,500,000' (en)."""
        return self.text("unit.currency-VND", amount=self.number(amount))

    def percent(self, points: float | Decimal) -> str:
        """Percentage points: 6.6 → '6,6%' (vi), '6.6%' (en)."""
        return f"{self.number(points)}%"

    def date(self, day: date) -> str:
        """'01/02/2027' (vi), '1 February 2027' (en)."""
        locale = self.language.locale
        return format_date(day, format=DATE_PATTERNS[locale], locale=locale)

    def month_day(self, month: int, day: int) -> str:
        """A day that returns every year: '01/09' (vi), '1 September' (en)."""
        locale = self.language.locale
        # 2024 is a leap year, so that 29 February can be written too.
        return format_date(date(2024, month, day), format=MONTH_DAY_PATTERNS[locale], locale=locale)

    def _require(self, key: str) -> None:
        if key not in self._words.keys:
            raise UnknownTranslation(
                f"Key {key!r} has no words in language {self.language.catalogue!r}. It may be misspelt or not "
                f"yet written: add it to a .po file in translations/{self.language.catalogue}/LC_MESSAGES/."
            )

    def _fill(self, key: str, words: str, values: dict[str, object]) -> str:
        try:
            return words.format_map(values)
        except (KeyError, IndexError, ValueError) as error:
            raise UnknownTranslation(
                f"The words of key {key!r} in language {self.language.catalogue!r} ask for {error}, "
                f"but the caller gave {sorted(values)}. Correct the .po file or the call."
            ) from error


@lru_cache(maxsize=len(LANGUAGES))
def catalogue_for(language: str) -> Catalogue:
    """The shipped catalogue of a registered language, made once."""
    return Catalogue(language)
