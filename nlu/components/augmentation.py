"""One more way in which an example might have been typed: words without diacritics, slips of the finger, a word less.

Made in training only, so that the example files stay readable and a change here reaches every example.
"""

from random import Random

from components.text import fold

#: Shares as on small keyboards: every third word bare, one letter in thirty wrong, one word in fifteen gone.
BARE_WORDS = 0.35
WRONG_LETTERS = 0.03
DROPPED_WORDS = 0.07
#: A message of fewer words loses its meaning with one of them.
FEWEST_WORDS_TO_DROP_FROM = 6

_NEIGHBOURS = {
    **{"a": "qsz", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "g": "fh", "h": "gj", "i": "uo", "k": "jl", "l": "k"},
    **{"m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb"},
    **{"x": "zc", "y": "tu"},
}


def mistyped(word: str, share: float, random: Random) -> str:
    """Return `word` with each letter dropped, doubled, swapped or replaced by a neighbour with probability `share`."""
    letters = list(word)
    at = 0
    while at < len(letters):
        if letters[at].isalpha() and random.random() < share:
            slip = random.randrange(4)
            if slip == 0 and len(letters) > 1:
                del letters[at]
                continue
            if slip == 1:
                letters.insert(at, letters[at])
                at += 1
            elif slip == 2 and at + 1 < len(letters):
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
                at += 1
            else:
                letters[at] = random.choice(_NEIGHBOURS.get(fold(letters[at]), letters[at]))
        at += 1
    return "".join(letters)


def retyped(text: str, random: Random) -> str:
    """Return cleaned `text` as somebody in a hurry would have typed it."""
    words = text.split()
    may_drop = len(words) >= FEWEST_WORDS_TO_DROP_FROM
    typed = []
    for word in words:
        if may_drop and random.random() < DROPPED_WORDS:
            continue
        if random.random() < BARE_WORDS:
            word = fold(word)
        typed.append(mistyped(word, WRONG_LETTERS, random))
    return " ".join(typed)
