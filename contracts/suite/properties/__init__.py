"""What must hold on any target beyond single cases: properties of several requests together.

Each is a function from a Talk to what is wrong, registered with its id, source and evidence.
"""

from contracts.suite.properties import lasting, reading, speaking, streaming
from contracts.suite.properties.registry import PROPERTIES, Property, part_of

# Importing them registers their properties.
SOURCES = (lasting, reading, speaking, streaming)

__all__ = ["PROPERTIES", "Property", "part_of"]
