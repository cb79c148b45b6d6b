"""Every mutant: importing the modules registers theirs."""

from tests.mutants import messages, refusals, streams
from tests.mutants.mutant import MUTANTS

SOURCES = (messages, refusals, streams)

__all__ = ["MUTANTS"]
