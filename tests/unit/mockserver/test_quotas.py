"""Quotas: buckets that fill up on the clock, headers that are true to them, and the 429."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp

from mockserver.app import create_app
from mockserver.clock import Clock
from mockserver.errors import ApiError
from mockserver.quotas import Quotas, quotas_of
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import Answer, call
from tests.unit.mockserver.bodies import body

START = dt.datetime(2026, 11, 22, tzinfo=dt.timezone.utc)
PREFIX = "anthropic-ratelimit-"


class Account:
    """Quotas on a clock of the test's own."""

    def __init__(self, **limits: Any) -> None:
        self.now = START.timestamp()
        clock = Clock()
        clock.seconds = lambda: self.now  # type: ignore[method-assign] # a clock of the test
        self.quotas = Quotas(Settings(**limits), clock, "org")

    def ask(self, tokens: int = 1) -> None:
        self.quotas.admit("claude-x", tokens)

    def use(self, input_tokens: int = 0, output_tokens: int = 0, written: int = 0) -> None:
        self.quotas.use(
            {
                "input_tokens": input_tokens,
                "cache_creation_input_tokens": written,
                "output_tokens": output_tokens,
            }
        )

    def refusal(self, tokens: int = 1) -> ApiError:
        with pytest.raises(ApiError) as caught:
            self.ask(tokens)
        assert caught.value.status == 429
        return caught.value

    def header(self, name: str) -> str:
        found = {key.decode(): value.decode() for key, value in self.quotas.headers().raw}
        return found[PREFIX + name]


def test_without_quotas_there_are_no_buckets() -> None:
    assert quotas_of(Settings(), Clock(), "org") is None
    assert quotas_of(Settings(otpm=1), Clock(), "org") is not None


def test_requests_are_counted_and_come_back_evenly() -> None:
    account = Account(rpm=2)
    account.ask()
    assert account.header("requests-remaining") == "1"
    assert account.header("requests-reset") == "2026-11-22T00:00:30Z"
    account.ask()
    refused = account.refusal()
    assert refused.message.startswith(
        "This request would exceed your organization's rate limit of 2 requests per minute "
        "(org: org, model: claude-x). For details, refer to: "
    )
    assert refused.headers["retry-after"] == "30"
    assert refused.headers[PREFIX + "requests-remaining"] == "0"
    account.now += 30
    account.ask()
    account.refusal()


def test_input_tokens_are_asked_for_before() -> None:
    account = Account(itpm=30_000)
    account.ask(20_000)
    account.use(input_tokens=15_000, written=5_000)
    assert account.header("input-tokens-remaining") == "10000"
    refused = account.refusal(20_000)
    assert "rate limit of 30,000 input tokens per minute" in refused.message
    assert refused.headers["retry-after"] == "20"
    account.now += 20
    account.ask(20_000)


def test_what_a_bucket_can_t_hold_never_gets_in() -> None:
    account = Account(itpm=100)
    assert account.refusal(101).headers["retry-after"] == "1"
    account.use(input_tokens=100)
    assert account.refusal(101).headers["retry-after"] == "60"


def test_output_counts_when_it_has_been_made() -> None:
    account = Account(otpm=100)
    account.ask()
    account.use(output_tokens=200)
    assert account.header("output-tokens-remaining") == "0"
    assert account.header("output-tokens-reset") == "2026-11-22T00:02:00Z"
    refused = account.refusal()
    assert "rate limit of 100 output tokens per minute" in refused.message
    assert refused.headers["retry-after"] == "61"
    account.now += 61
    account.ask()


def test_tokens_are_the_sum_of_both() -> None:
    account = Account(itpm=20_000, otpm=10_000)
    account.use(input_tokens=5_000, output_tokens=2_500)
    assert account.header("tokens-limit") == "30000"
    assert account.header("tokens-remaining") == "23000"  # 15000 and 7500, rounded to 8000
    assert account.header("tokens-reset") == account.header("output-tokens-reset")


def test_a_refused_request_costs_nothing() -> None:
    account = Account(rpm=5, itpm=10)
    for _ in range(10):
        account.refusal(11)
    assert account.header("requests-remaining") == "5"


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 60)), max_size=40))
def test_a_minute_never_admits_more_than_twice_its_quota(steps: list[tuple[int, int]]) -> None:
    account = Account(itpm=60)
    admitted: list[tuple[float, int]] = []
    for gap, tokens in steps:
        account.now += gap
        before = int(account.header("input-tokens-remaining"))
        try:
            account.ask(tokens)
        except ApiError as error:
            assert before < tokens
            account.now += int(error.headers["retry-after"])
            account.ask(tokens)
        account.use(input_tokens=tokens)
        admitted.append((account.now, tokens))
        recent = sum(used for at, used in admitted if at > account.now - 60)
        assert recent <= 120


@pytest.fixture
def app() -> ASGIApp:
    return create_app(Settings(rpm=2, otpm=10_000))


def asked(app: ASGIApp, key: str = "a", **changes: Any) -> Answer:
    return call(app, body=body(**changes), headers={"x-api-key": key})


def test_a_server_with_quotas_refuses_and_tells(app: ASGIApp) -> None:
    first = asked(app)
    assert first.headers[PREFIX + "requests-limit"] == "2"
    assert first.headers[PREFIX + "requests-remaining"] == "1"
    assert first.headers[PREFIX + "input-tokens-limit"] == "4000000"
    assert first.headers[PREFIX + "output-tokens-limit"] == "10000"
    assert asked(app, stream=True).headers[PREFIX + "requests-remaining"] == "0"
    refused = asked(app)
    assert (refused.status, refused.json["error"]["type"]) == (429, "rate_limit_error")
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert refused.headers["x-should-retry"] == "true"
    assert refused.headers[PREFIX + "requests-remaining"] == "0"
    assert asked(app, "b").status == 200


def test_what_is_refused_for_another_reason_costs_nothing(app: ASGIApp) -> None:
    for _ in range(3):
        assert asked(app, max_tokens=-1).status == 400
    assert asked(app).headers[PREFIX + "requests-remaining"] == "1"
