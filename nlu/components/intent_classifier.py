"""Linear intent classifier over raw and diacritic-folded n-grams.

On Vietnamese typed with and without diacritics this beats Rasa's stock DIET (see `docs/benchmarks.md`), trains in
seconds and needs no pretrained model.
"""

import gzip
import logging
import pickle
from random import Random
from typing import Any, Dict, List, Text, Tuple

import numpy as np
from joblib import Parallel, delayed
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.base import clone
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from components.augmentation import retyped
from components.calibration import Calibration
from components.ngrams import FoldedNgrams
from components.spelling import respelled
from components.text import clean, fold

logger = logging.getLogger(__name__)

_FILE = "classifier.pickle.gz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FoldedNgramClassifier(IntentClassifier, GraphComponent):
    """One-against-rest linear SVM whose margins are calibrated on held-out examples."""

    @staticmethod
    def required_packages() -> List[Text]:
        """Python packages that this component needs."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the defaults.

        `C`: SVM regularisation. `character_weight`, `skip_weight`: of character n-grams and of skip-grams against
        words. `rarity`: examples of rare intents count for more, by this power of their rarity; 0 is not at all, 1 in
        full. `outside`, `outside_rarity`: the intent of everything else and its own power, since with full balance it,
        which is large, loses questions to topics that must not answer them. `retyped`: share of the examples learned
        once more, with slips. `held_out`: share of the examples that confidence is calibrated on. `ranking_length`:
        intents listed.
        """
        return {
            **{"C": 1.0, "character_weight": 0.7, "skip_weight": 0.7, "retyped": 0.25},
            **{"rarity": 1.0, "outside": "out_of_scope", "outside_rarity": 0.5},
            **{"held_out": 0.4, "ranking_length": 5},
        }

    def __init__(self, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._features = FoldedNgrams(config["character_weight"], config["skip_weight"])
        self._intents: List[Text] = []
        # One row a feature, one column an intent: a message picks a few hundred rows.
        self._coefficients = np.empty((0, 0), dtype=np.float32)
        self._intercepts = np.empty(0)
        self._calibration = Calibration()

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
        """Learn the examples and store what was learned."""
        self.learn(training_data)
        self._persist()
        return self._resource

    def learn(self, training_data: TrainingData) -> None:
        """Learn every example as written, without diacritics (which is how most people type), some with slips."""
        texts, intents, numbers = self._augmented(training_data)
        matrix = self._features.fit(texts)
        classes = np.array(sorted(set(intents)))
        truth = np.searchsorted(classes, intents)
        powers = np.where(classes == self._config["outside"], self._config["outside_rarity"], self._config["rarity"])
        weights = (len(truth) / (len(classes) * np.bincount(truth))) ** powers
        # A finer tolerance takes longer, at 0.001 nearly twice as long, and by cross-validation changes nothing.
        svm = LinearSVC(C=self._config["C"], random_state=7, tol=0.1, class_weight=dict(enumerate(weights)))
        # All forms of one example must fall on the same side, or confidence would be judged on seen text.
        first_forms = truth[: numbers.max() + 1]
        # The only example of an intent is always learned.
        divisible = np.flatnonzero(np.bincount(first_forms)[first_forms] > 1)
        _, spared = train_test_split(
            divisible, test_size=self._config["held_out"], stratify=first_forms[divisible], random_state=7
        )
        held_out = np.isin(numbers, spared)
        learned = ~held_out
        # Beside each other: liblinear uses one processor, and its random numbers are of the process, not of a thread.
        beside = Parallel(n_jobs=2, max_nbytes=None, return_as="generator")(
            (delayed(clone(svm).fit)(matrix[learned], truth[learned]),)
        )
        svm.fit(matrix, truth)
        (judged,) = beside
        margins = judged.decision_function(matrix[held_out])
        self._calibration = Calibration.learned(margins, truth[held_out])
        accuracy = float((margins.argmax(axis=1) == truth[held_out]).mean())
        logger.info("Intent accuracy on held-out examples %.3f", accuracy)
        self._intents = [str(intent) for intent in classes]
        self._coefficients = np.ascontiguousarray(svm.coef_.T, dtype=np.float32)
        self._intercepts = svm.intercept_

    def _augmented(self, training_data: TrainingData) -> Tuple[List[str], List[str], np.ndarray]:
        """Return texts, their intents, and the number of the example of which each is a form."""
        examples = [
            (clean(example.get(TEXT)), example.get(INTENT))
            for example in training_data.intent_examples
            if example.get(TEXT) and example.get(INTENT)
        ]
        random = Random(7)  # noqa: S311 - the same slips at every training
        again = random.sample(range(len(examples)), int(self._config["retyped"] * len(examples)))
        texts = [text for text, _ in examples] + [fold(text) for text, _ in examples]
        texts += [retyped(examples[number][0], random) for number in again]
        numbers = [*range(len(examples)), *range(len(examples)), *again]
        return [respelled(text) for text in texts], [examples[number][1] for number in numbers], np.array(numbers)

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent and intent ranking, with calibrated confidence, on `messages` that have none yet."""
        for message in messages:
            text = respelled(clean(message.get(TEXT) or ""))
            columns, weights = self._features.columns_of(text)
            margins = weights @ self._coefficients[columns] + self._intercepts
            confidences = self._calibration.confidences(margins)
            if columns.size == 0 or not any(char.isalnum() for char in text):
                # "?", or nothing in the message was ever seen: say so instead of answering with the prior.
                confidences = np.full_like(confidences, 1 / len(confidences))
            order = confidences.argsort()[::-1][: self._config["ranking_length"]]
            ranking = [{"name": self._intents[index], "confidence": float(confidences[index])} for index in order]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _persist(self) -> None:
        learned = (self._features, self._intents, self._coefficients, self._intercepts, self._calibration)
        # joblib's own pickler is written in Python and takes seconds over the n-grams.
        storage = self._model_storage.write_to(self._resource)
        with storage as directory, gzip.open(directory / _FILE, "wb", compresslevel=1) as file:
            pickle.dump(learned, file, pickle.HIGHEST_PROTOCOL)

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
        with model_storage.read_from(resource) as directory, gzip.open(directory / _FILE) as file:
            learned = pickle.load(file)  # noqa: S301 - of a model trained here
        component._features, component._intents, component._coefficients = learned[:3]
        component._intercepts, component._calibration = learned[3:]
        return component
