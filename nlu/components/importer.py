"""Reads the examples once.

Rasa asks for them several times in one training, now with the language and now without, and remembers each way of
asking by itself: the files would be read and checked twice.
"""

from typing import Any, Optional, Text

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData


class ReadOnceImporter(RasaFileImporter):
    """Rasa's own importer, for data that is the same in every language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._read: Optional[TrainingData] = None

    def get_nlu_data(self, language: Optional[Text] = "vi") -> TrainingData:
        """Return the examples of all files."""
        if self._read is None:
            self._read = super().get_nlu_data(language)
        return self._read
