"""Linear intent classifier over raw and diacritic-folded n-grams.

On Vietnamese typed with and without diacritics this beats Rasa's stock DIET (see `docs/benchmarks.md`), trains in
seconds and needs no pretrained model.
"""

import logging
from typing import Any, Dict, List, Text, Tuple

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
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from components.text import clean, fold

logger = logging.getLogger(__name__)


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def _negative_log_likelihood(scores: np.ndarray, truth: np.ndarray) -> float:
    picked = _softmax(scores)[np.arange(len(truth)), truth]
    return float(-np.log(np.clip(picked, 1e-9, 1)).mean())


class FoldedNgrams:
    """tf-idf of word 1-3 and character 2-5 n-grams, over text as typed and over folded text."""

    def __init__(self) -> None:
        def words() -> TfidfVectorizer:
            return TfidfVectorizer(ngram_range=(1, 3), sublinear_tf=True, token_pattern=r"(?u)\w+", dtype=np.float32)

        def characters() -> TfidfVectorizer:
            return TfidfVectorizer(
                analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2, dtype=np.float32
            )

        self._raw = [words(), characters()]
        self._folded = [words(), characters()]

    def fit(self, texts: List[str]) -> spmatrix:
        """Learn the vocabulary from cleaned `texts` (each seen as typed and folded) and return their features."""
        folded = [fold(text) for text in texts]
        blocks = [vectorizer.fit_transform(texts) for vectorizer in self._raw]
        blocks += [vectorizer.fit_transform(folded) for vectorizer in self._folded]
        return hstack(blocks).tocsr()

    def transform(self, texts: List[str]) -> spmatrix:
        """Return the features of cleaned `texts`, one row each."""
        folded = [fold(text) for text in texts]
        blocks = [vectorizer.transform(texts) for vectorizer in self._raw]
        blocks += [vectorizer.transform(folded) for vectorizer in self._folded]
        return hstack(blocks).tocsr()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FoldedNgramClassifier(IntentClassifier, GraphComponent):
    """One-against-rest linear SVM whose margins are turned into probabilities by one cross-validated temperature."""

    @staticmethod
    def required_packages() -> List[Text]:
        """Python packages that this component needs."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`C`: SVM regularisation; `folds`: to find the temperature; `ranking_length`: intents listed."""
        return {"C": 1.0, "folds": 3, "ranking_length": 5}

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._features = FoldedNgrams()
        self._svm = LinearSVC(C=config["C"], class_weight="balanced", random_state=7)
        self._temperature = 1.0

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
        # Both forms of one example must fall into the same fold, or the temperature would be judged on seen text.
        half = len(texts) // 2
        folds = StratifiedKFold(self._config["folds"], shuffle=True, random_state=7)
        splits = [
            (np.concatenate([train, train + half]), np.concatenate([test, test + half]))
            for train, test in folds.split(np.zeros(half), truth[:half])
        ]
        margins = cross_val_predict(self._svm, matrix, truth, cv=splits, method="decision_function")
        candidates = np.geomspace(0.05, 2.0, 40)
        self._temperature = float(
            min(candidates, key=lambda temperature: _negative_log_likelihood(margins / temperature, truth))
        )
        accuracy = float((margins.argmax(axis=1) == truth).mean())
        logger.info("Cross-validated intent accuracy %.3f, temperature %.3f", accuracy, self._temperature)
        self._svm.fit(matrix, intents)
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
            matrix = self._features.transform([text])
            margins = self._svm.decision_function(matrix) / self._temperature
            probabilities = _softmax(margins)[0]
            if matrix.nnz == 0:
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
        return component
