"""Every mutant: importing the modules registers theirs."""

from tests.mutants import batches, files, messages, models, refusals, streams
from tests.mutants.mutant import MUTANTS

SOURCES = (messages, refusals, streams, files, batches, models)

__all__ = ["MUTANTS"]
