"""What a message costs in which models declined."""

from __future__ import annotations

import pytest

from mockserver.costs import message_cost
from mockserver.replies.stops import REFUSAL
from tests.unit.mockserver.bodies import MODELS
from tests.unit.mockserver.endpoints.falling import (
    ASKED,
    BIO,
    CYBER,
    FIRST,
    PARTLY,
    REFUSED,
    answered,
    asked,
)


def test_a_model_that_declined_before_any_output_is_free_but_in_some_categories() -> None:
    served = MODELS[FIRST].price
    asked_of = MODELS[ASKED].price
    assert served is not None
    assert asked_of is not None
    for reply, is_billed in ((CYBER, False), (BIO, True)):
        message = answered(asked(), reply, {"text": "Yes"})
        declined, last = message["usage"]["iterations"]
        expected = last["input_tokens"] * (served["input"] or 0) + last["output_tokens"] * (
            served["output"] or 0
        )
        expected += is_billed * declined["input_tokens"] * (asked_of["input"] or 0)
        assert message_cost(message) == pytest.approx(expected / 1e6)


def test_a_refusal_alone_is_free_but_in_some_categories() -> None:
    alone = asked(fallbacks=None)
    assert message_cost(answered(alone, CYBER)) == 0
    assert message_cost(answered(alone, PARTLY)) != 0
    assert message_cost(answered(alone, BIO)) == pytest.approx(8 * 4 / 1e6)


def test_when_all_decline_in_free_categories_nothing_is_paid() -> None:
    assert message_cost(answered(asked(), CYBER, CYBER, REFUSED)) == 0


def test_a_message_without_known_prices_has_no_cost() -> None:
    message = answered(asked(REFUSAL))
    assert message_cost({**message, "model": "new"}) is None
    entries = [{**entry, "model": "claude-2.0"} for entry in message["usage"]["iterations"]]
    usage = {**message["usage"], "iterations": entries}
    assert message_cost({**message, "usage": usage}) is None
