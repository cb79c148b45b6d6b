"""The body of a new batch, taken apart item by item: a hundred thousand never become objects at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mockserver import contract, intake
from mockserver.errors import ApiError, invalid
from mockserver.store import Draft

if TYPE_CHECKING:
    from contracts.validate import Validator

DOCUMENT = "create_message_batch"
SLICE = 500
# In JSON, line ends are white space and nothing else.
ONE_LINE = bytes.maketrans(b"\r\n", b"  ")
STAND_IN: dict[str, Any] = {"custom_id": "-", "params": {}}


async def split(body: bytearray, version: str, betas: frozenset[str] | None, draft: Draft) -> int:
    """Write each item as a line of its own and return their number. Raises the 400 for the first fault.

    `betas` of None are all that there are. The params are not looked into: the live API does that when the batch runs (docs: Batch processing).
    """
    validator = contract.validator(DOCUMENT, version, betas)
    frame, items = _parts(body, validator)
    seen: set[str] = set()
    for number, raw in enumerate(items):
        item = _item(raw, body)
        fault = validator.fault({"requests": [item]})
        if fault is not None:
            path = fault.path.replace("requests.0", f"requests.{number}", 1)
            raise invalid(f"{path}: {fault.text}", rule="shape")
        if item["custom_id"] in seen:
            # that they must be unique is documented (Batch processing); the words are ours
            raise invalid(f"requests.{number}.custom_id: '{item['custom_id']}' is not unique")
        seen.add(item["custom_id"])
        draft.write(bytes(raw).translate(ONE_LINE) + b"\n")
        if number % SLICE == SLICE - 1:
            await asyncio.sleep(0)
    fault = validator.fault(frame)
    if fault is not None:
        raise invalid(str(fault), rule="shape")
    return len(items)


def _parts(body: bytearray, validator: Validator) -> tuple[Any, Sequence[memoryview]]:
    """What stands around the items, with a stand-in for each of them, and the items' own bytes."""
    # Imported on use: most servers never see a batch, and none should start slower for it.
    import msgspec  # noqa: PLC0415 # on use

    try:
        frame = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        items = msgspec.json.decode(frame.pop("requests"), type=list[msgspec.Raw])
    except (KeyError, RecursionError, UnicodeDecodeError, msgspec.MsgspecError):
        fault = validator.fault(intake.json_value(bytes(body)))
        raise invalid(str(fault or "requests: nested too deeply"), rule="shape") from None
    around = {name: intake.json_value(memoryview(raw)) for name, raw in frame.items()}
    return {**around, "requests": [STAND_IN] * len(items)}, [memoryview(raw) for raw in items]


def _item(raw: memoryview, body: bytearray) -> Any:
    try:
        return intake.json_value(raw)
    except ApiError:
        return intake.json_value(bytes(body))  # fails again, and names the place in the whole body
