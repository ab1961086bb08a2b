"""Trades: the closed list of what vocational courses teach, with the words that people use for them.

`nlu/gazetteers/trade.yml`, from which Rasa recognises a trade, is written from `trades.yaml` by `chungtay docs`.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from content.folding import folded_syllables
from content.yaml_files import CONTENT_DIR, ContentError, parse_model, read_yaml

TRADES_FILE = CONTENT_DIR / "trades.yaml"


class Trade(BaseModel):
    """One trade: its names on screens, and the phrases that mean it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    vi: str = Field(min_length=1)
    en: str = Field(min_length=1)
    phrases: tuple[str, ...] = Field(min_length=1)

    def name(self, language: str) -> str:
        """The name in "vi" or "en"."""
        return self.en if language == "en" else self.vi


def folded(text: str) -> str:
    """Lower-case `text` without diacritics and punctuation, single-spaced: "Dệt  Thổ cẩm!" -> "det tho cam"."""
    return " ".join(folded_syllables(text))


@lru_cache(maxsize=4)
def load_trades(file: Path = TRADES_FILE) -> Mapping[str, Trade]:
    """All trades by id, in the order of the file. Raises ContentError."""
    trades = {str(key): parse_model(Trade, value, file) for key, value in read_yaml(file).items()}
    _words_of(trades, file)
    return trades


def trade_named(words: str, trades: Mapping[str, Trade]) -> str | None:
    """The id of the trade that `words` name: its id, a name or a phrase, in any case and without diacritics."""
    return _words_of(trades, TRADES_FILE).get(folded(words))


def _words_of(trades: Mapping[str, Trade], file: Path) -> dict[str, str]:
    meanings: dict[str, str] = {}
    for identifier, trade in trades.items():
        for words in (identifier, trade.vi, trade.en, *trade.phrases):
            other = meanings.setdefault(folded(words), identifier)
            if other != identifier:
                raise ContentError(file, f"“{words}” stands for both `{other}` and `{identifier}`.", "Keep one.")
    return meanings


def gazetteer_text() -> str:
    """The text of `nlu/gazetteers/trade.yml`."""
    lines = ["# Made by `chungtay docs` from content/trades.yaml; a test fails when it lags. Change it there."]
    for identifier, trade in load_trades().items():
        lines.append(f"{identifier}:")
        lines += [f"  - {phrase}" for phrase in trade.phrases]
    return "\n".join(lines) + "\n"
