"""Splitting a long text into parts that a channel takes, at the borders where people pause."""

import re
import unicodedata

#: Where a part may end, best first: between paragraphs, lines, sentences, words.
_BORDERS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…;:])\s+"),
    re.compile(r"\s+"),
)
#: A part ends at a better border only if that leaves so much of it filled.
_LEAST_FILLED = 0.5


def split_text(text: str, longest: int) -> list[str]:
    """Return `text` in parts of at most `longest` code points; more than two parts are numbered ("(2/3) …").

    No word is lost: joined again, the parts hold the same words in the same order. A text without any border is cut
    hard, never inside a character with its combining marks.
    """
    parts = _parts(text, longest)
    if len(parts) <= 2:
        return parts
    # Numbering takes room, which may make one more part.
    mark = len(f"({len(parts) + 1}/{len(parts) + 1}) ")
    parts = _parts(text, longest - mark)
    return [f"({number}/{len(parts)}) {part}" for number, part in enumerate(parts, 1)]


def _parts(text: str, longest: int) -> list[str]:
    parts = []
    rest = text.strip()
    while len(rest) > longest:
        end, begin = _border(rest, longest)
        parts.append(rest[:end].rstrip())
        rest = rest[begin:].lstrip()
    return [*parts, rest] if rest or not parts else parts


def _border(text: str, longest: int) -> tuple[int, int]:
    """Return where the first part ends and the next begins."""
    least = int(longest * _LEAST_FILLED)
    for pattern in _BORDERS:
        best = None
        # One code point further: a border right after a full part counts.
        for found in pattern.finditer(text[: longest + 1]):
            if least <= found.start() <= longest:
                best = found
        if best is not None:
            return best.start(), best.end()
    end = longest
    while end > least and _joins(text[end]):
        end -= 1
    return end, end


def _joins(character: str) -> bool:
    """True for what belongs to the character before it: combining marks, joiners, variation selectors, skin tones."""
    return (
        unicodedata.combining(character) > 0 or character in "\u200d\ufe0f" or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
