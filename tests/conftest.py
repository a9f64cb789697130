"""Tests import Keras themselves: what TensorFlow reads while it loads must stand before."""

import json

import pytest
from schemas import VALIDATORS

from seqmem.backend import process
from seqmem.results.evaluation import EvalResult
from seqmem.results.json import json_text
from seqmem.results.run import RunResult
from seqmem.results.sweep import SweepResult

process.prepare()
# a test may change what a program is made of, and must not leave it for others
process.programs = None


@pytest.fixture(autouse=True, scope="session")
def every_document_follows_its_schema():
    """Validates whatever any test stores or prints of a result, as it becomes JSON."""
    patch = pytest.MonkeyPatch()

    def check(cls, name):
        write = cls.to_json

        def to_json(self):
            document = write(self)
            VALIDATORS[name].validate(json.loads(json_text(document)))
            return document

        patch.setattr(cls, "to_json", to_json)

    for cls, name in ((RunResult, "result"), (EvalResult, "evaluation"), (SweepResult, "sweep")):
        check(cls, name)
    yield
    patch.undo()
