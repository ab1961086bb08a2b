"""tf-idf features of a text as typed and of the same text without diacritics."""

import math
import re
from collections import Counter
from functools import lru_cache
from itertools import chain
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Text, Tuple

import numpy as np
from scipy.sparse import hstack, spmatrix
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer

from components.text import fold

#: Words whose character n-grams are kept at hand, a few hundred bytes each.
WORDS_REMEMBERED = 8192
LONGEST_WORD_NGRAM = 3
#: What stands in fewer texts is dropped: half of the features as typed, and no accuracy.
LEAST_TEXTS = 2
#: Words left out between the two of a skip-gram, at most.
WIDEST_SKIP = 3

_WORD = re.compile(r"\w+")
_BEGIN, _END = "^", "$"


def word_ngrams(text: str) -> Iterator[str]:
    """Give n-grams of one to three words; beginning and end count as words: "^ vay" is not "vay"."""
    words = [_BEGIN, *_WORD.findall(text), _END]
    for length in range(1, LONGEST_WORD_NGRAM + 1):
        for start in range(len(words) - length + 1):
            yield words[start] if length == 1 else " ".join(words[start : start + length])


def skip_grams(text: str) -> Iterator[str]:
    """Give pairs of words with one to three others between them: "vay _ bao" in "vay được bao"."""
    words = [_BEGIN, *_WORD.findall(text), _END]
    for start, first in enumerate(words):
        for end in range(start + 2, min(start + 2 + WIDEST_SKIP, len(words))):
            # That a text is short says nothing.
            if start > 0 or end < len(words) - 1:
                yield f"{first} _ {words[end]}"


class CharacterTfidf:
    """tf-idf of the characters of each word and the spaces around it, the numbers of scikit-learn's `char_wb`.

    Learned from each word once and not from each text: the same few thousand syllables make all texts.
    `vocabulary_`: n-gram -> column. `idf_`: weight of each column.
    """

    def __init__(self, shortest: int, longest: int) -> None:
        self._lengths = (shortest, longest)
        self.vocabulary_: Dict[Text, int] = {}
        self.idf_ = np.empty(0)

    def of_word(self, word: str) -> List[str]:
        """Return the n-grams of one word."""
        padded = f" {word} "
        shortest, longest = self._lengths
        lengths = range(shortest, min(longest, len(padded)) + 1)
        return [padded[start : start + length] for length in lengths for start in range(len(padded) - length + 1)]

    def fit_transform(self, texts: List[str]) -> spmatrix:
        """Learn the n-grams of `texts` and return their features."""
        words = CountVectorizer(analyzer=str.split, dtype=np.float32)
        ngrams = CountVectorizer(analyzer=self.of_word, dtype=np.float32)
        words_of_texts = words.fit_transform(texts)
        counts = (words_of_texts @ ngrams.fit_transform(words.get_feature_names_out())).tocsr()
        kept = np.flatnonzero(np.bincount(counts.indices, minlength=counts.shape[1]) >= LEAST_TEXTS)
        names = ngrams.get_feature_names_out()[kept].tolist()
        self.vocabulary_ = {name: column for column, name in enumerate(names)}
        weighing = TfidfTransformer(sublinear_tf=True)
        features = weighing.fit_transform(counts[:, kept])
        self.idf_ = weighing.idf_
        return features


class FoldedNgrams:
    """tf-idf of word 1-3 and character 3-4 n-grams as typed, and of words 1-3, characters 2-5 and skip-grams folded.

    Learned with scikit-learn. Single texts are then weighed by `columns_of`, which gives the same numbers as five
    `TfidfVectorizer.transform` calls without their building and joining of sparse matrices: most of the time of a
    parse otherwise.

    Args:
        character_weight: of the character n-grams; each group of features has length 1 before it is weighed.
        skip_weight: of the skip-grams.
    """

    def __init__(self, character_weight: float = 1.0, skip_weight: float = 1.0) -> None:
        def words(analyzer: Callable[[str], Iterator[str]] = word_ngrams) -> TfidfVectorizer:
            return TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, min_df=LEAST_TEXTS, dtype=np.float32)

        self._weights = (1.0, character_weight, skip_weight)
        # As typed, shorter and longer ones add a fifth to the time of training, and no accuracy.
        self._raw = [words(), CharacterTfidf(3, 4)]
        # Folded only: over text as typed they add features and time to training, and no accuracy.
        self._folded = [words(), CharacterTfidf(2, 5), words(skip_grams)]
        self._blocks: List[_Block] = []

    def fit(self, texts: List[str]) -> spmatrix:
        """Learn the vocabulary from cleaned `texts` (each seen as typed and folded) and return their features."""
        folded = [fold(text) for text in texts]
        matrices = []
        for vectorizers, seen in ((self._raw, texts), (self._folded, folded)):
            for vectorizer, weight in zip(vectorizers, self._weights, strict=False):
                matrices.append(vectorizer.fit_transform(seen) * np.float32(weight))
                # The n-grams that were dropped: for looking at only, and writing them with the model takes seconds.
                vars(vectorizer).pop("stop_words_", None)
        return hstack(matrices).tocsr()

    def columns_of(self, text: str) -> Tuple[np.ndarray, np.ndarray]:
        """Return columns and weights of one cleaned text; both are empty when nothing in it was ever seen."""
        if not self._blocks:
            self._blocks = self._make_blocks()
        columns: List[np.ndarray] = []
        weights: List[np.ndarray] = []
        folded = fold(text)
        for block in self._blocks:
            counts = Counter(block.columns(folded if block.folded else text))
            # That a text begins and ends says nothing where no word of it was ever seen.
            if not counts or (block.has_ends and len(counts) <= 2):
                continue
            local = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
            weight = (1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))) * block.idf[
                local
            ]
            columns.append(local + block.offset)
            weights.append(weight * (block.weight / math.sqrt(weight @ weight)))
        if not columns:
            return np.empty(0, dtype=np.int64), np.empty(0)
        return np.concatenate(columns), np.concatenate(weights)

    def _make_blocks(self) -> "List[_Block]":
        blocks, offset = [], 0
        for vectorizers, is_folded in ((self._raw, False), (self._folded, True)):
            for vectorizer, weight in zip(vectorizers, self._weights, strict=False):
                has_ends = getattr(vectorizer, "analyzer", None) is word_ngrams
                blocks.append(_Block(_columns(vectorizer), vectorizer.idf_, weight, offset, is_folded, has_ends))
                offset += len(vectorizer.vocabulary_)
        return blocks

    def __getstate__(self) -> Dict[Text, Any]:
        # Analyzers are closures and cannot be stored; they are made again when needed.
        return {**self.__dict__, "_blocks": []}


def _columns(vectorizer: "TfidfVectorizer | CharacterTfidf") -> Callable[[str], Iterable[int]]:
    """Return the function that gives the column of each known n-gram of a text, as often as it occurs."""
    vocabulary = vectorizer.vocabulary_
    if not isinstance(vectorizer, CharacterTfidf):
        analyze = vectorizer.analyzer
        return lambda text: [vocabulary[term] for term in analyze(text) if term in vocabulary]

    # Character n-grams never cross a space, and people use the same few thousand syllables all the time.
    @lru_cache(maxsize=WORDS_REMEMBERED)
    def of_word(word: str) -> Tuple[int, ...]:
        return tuple(vocabulary[term] for term in vectorizer.of_word(word) if term in vocabulary)

    return lambda text: chain.from_iterable(map(of_word, text.split()))


class _Block(NamedTuple):
    """One of the five groups of features, with its weight and the offset of its first column.

    `has_ends`: beginning and end of a text are features of their own in it.
    """

    columns: Callable[[str], Iterable[int]]
    idf: np.ndarray
    weight: float
    offset: int
    folded: bool
    has_ends: bool
