"""Linear intent classifier over raw and diacritic-folded n-grams.

On Vietnamese typed with and without diacritics this beats Rasa's stock DIET (see `docs/benchmarks.md`), trains in
seconds and needs no pretrained model.
"""

import logging
import math
from collections import Counter
from functools import lru_cache
from itertools import chain
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Text, Tuple

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import hstack, spmatrix
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from components.text import clean, fold

logger = logging.getLogger(__name__)

#: Words whose character n-grams are kept at hand, a few hundred bytes each.
WORDS_REMEMBERED = 8192


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def _negative_log_likelihood(scores: np.ndarray, truth: np.ndarray) -> float:
    picked = _softmax(scores)[np.arange(len(truth)), truth]
    return float(-np.log(np.clip(picked, 1e-9, 1)).mean())


class FoldedNgrams:
    """tf-idf of word 1-3 and character 2-5 n-grams, over text as typed and over folded text.

    Learned with scikit-learn. Single texts are then weighed by `columns_of`, which gives the same numbers as four
    `TfidfVectorizer.transform` calls without their building and joining of sparse matrices: most of the time of a
    parse otherwise.
    """

    def __init__(self) -> None:
        def words() -> TfidfVectorizer:
            return TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, token_pattern=r"(?u)\w+", dtype=np.float32)

        def characters() -> TfidfVectorizer:
            return TfidfVectorizer(
                analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, dtype=np.float32
            )

        self._raw = [words(), characters()]
        self._folded = [words(), characters()]
        self._blocks: List[_Block] = []

    def fit(self, texts: List[str]) -> spmatrix:
        """Learn the vocabulary from cleaned `texts` (each seen as typed and folded) and return their features."""
        folded = [fold(text) for text in texts]
        matrices = [vectorizer.fit_transform(texts) for vectorizer in self._raw]
        matrices += [vectorizer.fit_transform(folded) for vectorizer in self._folded]
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
            if not counts:
                continue
            local = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
            weight = (1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))) * block.idf[
                local
            ]
            columns.append(local + block.offset)
            weights.append(weight / math.sqrt(weight @ weight))
        if not columns:
            return np.empty(0, dtype=np.int64), np.empty(0)
        return np.concatenate(columns), np.concatenate(weights)

    def _make_blocks(self) -> "List[_Block]":
        blocks, offset = [], 0
        for vectorizers, is_folded in ((self._raw, False), (self._folded, True)):
            for vectorizer in vectorizers:
                blocks.append(_Block(_columns(vectorizer), vectorizer.idf_, offset, is_folded))
                offset += len(vectorizer.vocabulary_)
        return blocks

    def __getstate__(self) -> Dict[Text, Any]:
        # Analyzers are closures and cannot be stored; they are made again when needed.
        return {**self.__dict__, "_blocks": []}


def _columns(vectorizer: TfidfVectorizer) -> Callable[[str], Iterable[int]]:
    """Return the function that gives the column of each known n-gram of a text, as often as it occurs."""
    vocabulary, analyze = vectorizer.vocabulary_, vectorizer.build_analyzer()

    def known(text: str) -> Tuple[int, ...]:
        return tuple(vocabulary[term] for term in analyze(text) if term in vocabulary)

    if vectorizer.analyzer != "char_wb":
        return known
    # Character n-grams never cross a space, and people use the same few thousand syllables all the time.
    of_word = lru_cache(maxsize=WORDS_REMEMBERED)(known)
    return lambda text: chain.from_iterable(map(of_word, text.split()))


class _Block(NamedTuple):
    """One of the four groups of features, with the offset of its first column."""

    columns: Callable[[str], Iterable[int]]
    idf: np.ndarray
    offset: int
    folded: bool


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FoldedNgramClassifier(IntentClassifier, GraphComponent):
    """One-against-rest linear SVM whose margins are turned into probabilities by one temperature."""

    @staticmethod
    def required_packages() -> List[Text]:
        """Python packages that this component needs."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`C`: SVM regularisation; `held_out`: share to find the temperature; `ranking_length`: intents listed."""
        return {"C": 1.0, "held_out": 0.2, "ranking_length": 5}

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._features = FoldedNgrams()
        self._svm = LinearSVC(C=config["C"], random_state=7)
        self._temperature = 1.0
        self._coefficients = np.empty((0, 0))

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "FoldedNgramClassifier":
        """Create an untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Train on every example twice: as written, and without diacritics, which is how most people type."""
        texts, intents = self._augmented(training_data)
        matrix = self._features.fit(texts)
        classes = np.array(sorted(set(intents)))
        truth = np.searchsorted(classes, intents)
        # Rare intents count for more, but only with the square root of their rarity: with full balance the large
        # intent "out of scope" loses questions to topics that must not answer them.
        weights = np.sqrt(len(truth) / (len(classes) * np.bincount(truth)))
        self._svm.set_params(class_weight=dict(enumerate(weights)))
        # Both forms of one example must fall on the same side, or the temperature would be judged on seen text.
        half = len(texts) // 2
        learned, held_out = train_test_split(
            np.arange(half), test_size=self._config["held_out"], stratify=truth[:half], random_state=7
        )
        learned, held_out = np.concatenate([learned, learned + half]), np.concatenate([held_out, held_out + half])
        margins = clone(self._svm).fit(matrix[learned], truth[learned]).decision_function(matrix[held_out])
        candidates = np.geomspace(0.05, 2.0, 40)
        self._temperature = float(
            min(candidates, key=lambda candidate: _negative_log_likelihood(margins / candidate, truth[held_out]))
        )
        accuracy = float((margins.argmax(axis=1) == truth[held_out]).mean())
        logger.info("Intent accuracy on held-out examples %.3f, temperature %.3f", accuracy, self._temperature)
        self._svm.set_params(class_weight=dict(zip(classes, weights, strict=True))).fit(matrix, intents)
        self._coefficients = np.ascontiguousarray(self._svm.coef_.T, dtype=np.float32)
        self._persist()
        return self._resource

    @staticmethod
    def _augmented(training_data: TrainingData) -> Tuple[List[str], List[str]]:
        examples = [
            (clean(example.get(TEXT)), example.get(INTENT))
            for example in training_data.intent_examples
            if example.get(TEXT) and example.get(INTENT)
        ]
        texts = [text for text, _ in examples] + [fold(text) for text, _ in examples]
        return texts, [intent for _, intent in examples] * 2

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent and intent ranking, with calibrated confidence, on `messages` that have none yet."""
        for message in messages:
            text = clean(message.get(TEXT) or "")
            columns, weights = self._features.columns_of(text)
            margins = weights @ self._coefficients[columns] + self._svm.intercept_
            probabilities = _softmax(margins[np.newaxis] / self._temperature)[0]
            if columns.size == 0:
                # Nothing in the message was ever seen: say so instead of answering with the prior.
                probabilities = np.full_like(probabilities, 1 / len(probabilities))
            order = probabilities.argsort()[::-1][: self._config["ranking_length"]]
            ranking = [
                {"name": str(self._svm.classes_[index]), "confidence": float(probabilities[index])} for index in order
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as directory:
            joblib.dump((self._features, self._svm, self._temperature), directory / "classifier.joblib", compress=1)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "FoldedNgramClassifier":
        """Load a trained classifier from model storage."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            component._features, component._svm, component._temperature = joblib.load(directory / "classifier.joblib")
        # One row a feature: a message picks a few hundred rows of a contiguous array.
        component._coefficients = np.ascontiguousarray(component._svm.coef_.T, dtype=np.float32)
        return component
