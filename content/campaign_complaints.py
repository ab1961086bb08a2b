"""What keeps a campaign from being sent, told to staff in their language: where it is, what is wrong, what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from content.translations import LANGUAGES, Catalogue, catalogue_for

#: Paths in a campaign's content -> key of the words for that place, with what the path names.
_PLACES: Mapping[re.Pattern[str], str] = {
    re.compile(pattern): f"campaign.place.{name}"
    for pattern, name in (
        (r"texts\.(?P<version>[AB])\.(?:words\.)?(?P<language>\w+)", "words"),
        (r"texts\.(?P<version>[AB])\.by_channel\.(?P<channel>\w+)\.(?P<language>\w+)", "words_on"),
        (r"poll\.(?P<number>\d+)\.words\.(?P<language>\w+)", "question"),
        (r"template\.values\.(?P<name>\w+)", "template"),
    )
}


@dataclass(frozen=True)
class Complaint:
    """One fault.

    Attributes:
        where: path in the campaign's content, such as `texts.A.words.vi`.
        key: `campaign.complaint.<key>` of the catalogues.
        values: what fills the words; `place` is the name of a place to fill, and is told in its braces.
    """

    where: str
    key: str
    values: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, where: str, key: str, **values: object) -> Self:
        """Make one."""
        return cls(where, key, tuple(sorted(values.items())))

    def text(self, catalogue: Catalogue) -> str:
        """Return it in the words of a language."""
        return f"{self._place(catalogue)}: {self._words(catalogue)}"

    def _words(self, catalogue: Catalogue) -> str:
        values = {name: f"{{{value}}}" if name == "place" else value for name, value in self.values}
        return catalogue.text(f"campaign.complaint.{self.key}", **values)

    def _place(self, catalogue: Catalogue) -> str:
        for pattern, key in _PLACES.items():
            if found := pattern.fullmatch(self.where):
                named = found.groupdict()
                if "language" in named:
                    named["language"] = LANGUAGES[named["language"]].name
                return catalogue.text(key, **named)
        return catalogue.text(f"campaign.place.{self.where}")

    def __str__(self) -> str:
        """Return it with its path, for those who edit files."""
        return f"{self.where}: {self._words(catalogue_for('en'))}"
