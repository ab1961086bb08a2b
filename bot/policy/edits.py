"""The usual changes of a statement or number, made from its present content: a new content, for a proposal."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.policy.revisions import PolicyRefused


@dataclass(frozen=True)
class Basis:
    """On what a change rests.

    Attributes:
        document: id of a legal document of the register.
        article: such as "Điều 3"; empty where only the document is known.
        certainty: `content.topics.Certainty`.
        fact_source: code of the fact sheet, such as S05 or F1.2.
    """

    document: str
    article: str
    certainty: str
    fact_source: str

    def reference(self) -> dict[str, Any]:
        """Return the reference as content files hold it."""
        return {"document": self.document, "article": self.article.strip() or None}


def with_new_value(
    data: Mapping[str, Any], *, valid_from: date, value: float | None, basis: Basis, today: date
) -> dict[str, Any]:
    """Return a number with another value from a day on; None ends it that day."""
    new = copy.deepcopy(dict(data))
    amount = int(value) if value is not None and float(value).is_integer() else value
    entry: dict[str, Any] = {
        "value": amount,
        "metadata": {
            "certainty": basis.certainty,
            "reference": [basis.reference()],
            "fact_sources": [basis.fact_source.strip()],
        },
    }
    values = {**new["values"], valid_from.isoformat(): entry}
    new["values"] = dict(sorted(values.items()))
    new["metadata"]["reviewed_on"] = today.isoformat()
    return new


def with_new_version(
    data: Mapping[str, Any],
    *,
    valid_from: date,
    vi: str,
    en: str,
    announcement: tuple[str, str] | None,
    basis: Basis,
    today: date,
) -> dict[str, Any]:
    """Return a statement with new words from a day on: the version before ends the day before.

    Raises:
        PolicyRefused: a version begins on that very day; correct that one instead.
    """
    new = copy.deepcopy(dict(data))
    versions: list[dict[str, Any]] = new["versions"]
    begin = valid_from.isoformat()
    if any(one["valid_from"] == begin for one in versions):
        raise PolicyRefused("version_begins_then", day=begin)
    later = [one for one in versions if one["valid_from"] > begin]
    earlier = [one for one in versions if one["valid_from"] < begin]
    if earlier and (earlier[-1]["valid_to"] is None or earlier[-1]["valid_to"] >= begin):
        earlier[-1]["valid_to"] = (valid_from - timedelta(days=1)).isoformat()
    end = (date.fromisoformat(later[0]["valid_from"]) - timedelta(days=1)).isoformat() if later else None
    version: dict[str, Any] = {
        "valid_from": begin,
        "valid_to": end,
        "certainty": basis.certainty,
        "fact_sources": [basis.fact_source.strip()],
        "sources": [basis.reference()],
        "text": {"vi": vi.strip() + "\n", "en": en.strip() + "\n"},
    }
    if announcement is not None:
        version["announcement"] = {"vi": announcement[0].strip(), "en": announcement[1].strip()}
    new["versions"] = [*earlier, version, *later]
    new["reviewed_on"] = today.isoformat()
    return new


def read_again(data: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """Return the same content with today's review stamp: somebody has compared it with the law."""
    new = copy.deepcopy(dict(data))
    where = new.get("metadata", new)
    where["reviewed_on"] = today.isoformat()
    return new
