"""The benchmark runs and prints its ratios. How fast is for a person to read."""

import re

import pytest

from tests.bench import requests, streams
from tests.bench.__main__ import main


def test_benchmark_prints_a_ratio_for_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--rounds", "1", "--requests", "20"])

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:4]] == ["small", "agent", "stream", "streams"]
    assert all(re.search(r"ratio -?\d+\.\d\d$", line) for line in lines[:4])


def test_agent_request_is_as_large_as_real_ones() -> None:
    assert 55_000 < len(requests.encoded(requests.agent())) < 75_000


def test_paced_streams_report_their_time_and_cost(capsys: pytest.CaptureFixture[str]) -> None:
    streams.main(["--streams", "3", "--seconds", "0.7", "--deltas", "20"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 streams of 0.7 s and 20 deltas"
    assert re.fullmatch(r"median \d\.\d{3}x nominal, slowest \d+\.\d{3}x", lines[1])
    assert lines[2].startswith("memory ")
