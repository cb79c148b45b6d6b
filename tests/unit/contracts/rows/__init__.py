"""Requests and their faults: the tables that the validator is tested with."""

from tests.unit.contracts.rows.conversation import CONTENT, TURNS
from tests.unit.contracts.rows.fields import FIELDS, ORDER, OTHERS
from tests.unit.contracts.rows.scopes import SCOPES
from tests.unit.contracts.rows.tools import TOOLS

ROWS = (*FIELDS, *TURNS, *CONTENT, *TOOLS, *OTHERS, *SCOPES, *ORDER)
