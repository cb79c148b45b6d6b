"""What is found fault with in a client's attempts."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from mockserver.verdict import MOST_ATTEMPTS, judged

FINAL = {"x-should-retry": "false"}
AGAIN = {"x-should-retry": "true"}


@dataclass
class Tried:
    """An attempt as the journal has it."""

    at: float
    status: int = 200
    told: dict[str, str] = field(default_factory=dict)
    ended: str = "complete"
    body: bytes | None = b"{}"
    method: str = "POST"
    path: str = "/v1/messages"
    seconds: float = 0.0
    number: int = 0


def found(*attempts: Tried, truncated: bool = False) -> list[tuple[str, tuple[int, ...]]]:
    for number, attempt in enumerate(attempts, 1):
        attempt.number = number
    return [(f.kind, f.requests) for f in judged(attempts, truncated=truncated)]


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([Tried(0), Tried(0)], [], id="the_same_after_a_good_one_is_new"),
        pytest.param([Tried(0, 529, AGAIN), Tried(1)], [], id="a_good_retry"),
        pytest.param([Tried(0, 400, FINAL)], [], id="a_refusal_alone"),
        pytest.param(
            [Tried(0, 400, FINAL), Tried(1, 400, FINAL)],
            [("retried-refusal", (1, 2))],
            id="retried_refusal",
        ),
        pytest.param(
            [Tried(0, 500, FINAL), Tried(1)],
            [("retried-refusal", (1, 2))],
            id="told_not_to_retry",
        ),
        pytest.param([Tried(0, 400, AGAIN), Tried(1)], [], id="told_to_retry"),
        pytest.param(
            [Tried(0, 400, FINAL), Tried(1, body=b"other")], [], id="another_request_is_no_retry"
        ),
        pytest.param(
            [Tried(0, 404, FINAL, method="GET"), Tried(1, 404, FINAL, method="GET")],
            [],
            id="reads_may_be_repeated",
        ),
        pytest.param(
            [Tried(0, 400, FINAL, body=None), Tried(1, 400, FINAL, body=None)],
            [],
            id="too_large_to_compare",
        ),
        pytest.param(
            [Tried(0, 429, {"retry-after": "2"}), Tried(1.5)],
            [("ignored-retry-after", (1, 2))],
            id="too_soon",
        ),
        pytest.param([Tried(0, 429, {"retry-after": "2"}), Tried(2.1)], [], id="waited"),
        pytest.param(
            [Tried(0, 429, {"retry-after": "2"}, seconds=1), Tried(2.5)],
            [("ignored-retry-after", (1, 2))],
            id="the_wait_begins_when_the_answer_ends",
        ),
        pytest.param(
            [Tried(0, 529, {"retry-after-ms": "300", "retry-after": "9"}), Tried(0.4)],
            [],
            id="milliseconds_come_first",
        ),
        pytest.param(
            [Tried(0, 503, {"retry-after": "Tue, 24 Nov 2026 10:00:00 GMT"}), Tried(1)],
            [],
            id="a_date_is_not_counted_with",
        ),
        pytest.param(
            [Tried(0, 500, AGAIN), Tried(0.01, 500, AGAIN), Tried(0.02)],
            [("no-backoff", (1, 2, 3))],
            id="no_backoff",
        ),
        pytest.param([Tried(0, 500, AGAIN), Tried(0.01)], [], id="one_quick_retry"),
        pytest.param(
            [
                Tried(0, 429, {"retry-after": "0.01"}),
                Tried(0.02, 429, {"retry-after": "0.01"}),
                Tried(0.04),
            ],
            [],
            id="quick_because_asked",
        ),
        pytest.param(
            [Tried(n, 500, AGAIN) for n in range(MOST_ATTEMPTS + 1)],
            [("retry-storm", tuple(range(1, MOST_ATTEMPTS + 2)))],
            id="storm",
        ),
        pytest.param([Tried(n, 500, AGAIN) for n in range(MOST_ATTEMPTS)], [], id="almost_a_storm"),
        pytest.param(
            [Tried(0, ended="fault cut at byte 9")], [], id="truncated_is_no_matter_by_itself"
        ),
    ],
)
def test_findings(attempts: list[Tried], expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert found(*attempts) == expected


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        pytest.param(
            [Tried(0, ended="fault end at event 4")], [("truncated-accepted", (1,))], id="accepted"
        ),
        pytest.param([Tried(0, ended="fault end at event 4"), Tried(1)], [], id="asked_again"),
        pytest.param(
            [Tried(0, ended="fault cut at byte 9"), Tried(1, ended="fault cut at byte 9")],
            [("truncated-accepted", (2,))],
            id="asked_again_and_then_accepted",
        ),
        pytest.param([Tried(0, ended="client left at event 3")], [], id="the_client_left_itself"),
        pytest.param([Tried(0, 529, AGAIN)], [], id="an_error_is_no_answer"),
        pytest.param([Tried(0)], [], id="complete"),
        pytest.param([Tried(0, ended="fault wrong_type in the head")], [], id="of_another_type"),
        pytest.param(
            [Tried(0, ended="fault unknown_event at event 1")], [], id="with_an_unknown_event"
        ),
        pytest.param(
            [Tried(0, ended="fault html in the head")],
            [("truncated-accepted", (1,))],
            id="a_page_of_html",
        ),
    ],
)
def test_a_broken_answer_is_judged_where_it_is_asked_for(
    attempts: list[Tried], expected: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert found(*attempts, truncated=True) == expected


def test_a_finding_reads_well() -> None:
    attempts = [Tried(0, 429, {"retry-after": "2"}, number=4), Tried(1.5, number=5)]
    (finding,) = judged(attempts)
    assert str(finding) == (
        "ignored-retry-after: sent again after 1.50 s, where 2 s were asked for (requests 4, 5)"
    )
