"""Every mutant: importing the modules registers theirs."""

from tests.mutants import batches, files, messages, models, refusals, skills, streams
from tests.mutants.mutant import MUTANTS

SOURCES = (messages, refusals, streams, files, batches, models, skills)

__all__ = ["MUTANTS"]
