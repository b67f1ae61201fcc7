"""Reads the examples of training once. Rasa's own importer reads every file three times and copies and fingerprints
every example a dozen times on the way to the components: half of what a training cost.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


class Example(Message):
    """A message of the training data, which nobody changes after it was read: its copy is itself, and its fingerprint
    is taken again only when something was changed.
    """

    def __deepcopy__(self, _memo: Dict[int, Any]) -> "Example":
        return self

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Rasa sets every intent again, to the same, in each data set it makes."""
        if add_to_output or self.data.get(prop) != info:
            super().set(prop, info, add_to_output)


class ExampleImporter(RasaFileImporter):
    """Rasa's importer of files, with examples that are cheap to hand on."""

    _read: Optional[TrainingData] = None

    def get_nlu_data(self, language: Optional[str] = "en") -> TrainingData:
        """All examples; `language` means nothing to files in Rasa's own format."""
        if self._read is None:
            examples = []
            for path in self._nlu_files:
                found = training_data_from_paths([path], language)
                examples.extend(Example(one.data, one.output_properties) for one in found.training_examples)
            self._read = TrainingData(examples)
        return self._read
