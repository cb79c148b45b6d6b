"""The hunt for disagreements: a looser and a stricter target are caught, each kind with a case that runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis.database import InMemoryExampleDatabase

from contracts.models import as_of
from contracts.strategies import Asked, Files
from contracts.suite import disagreeing
from contracts.suite.cases import expanded, load
from contracts.suite.disagreeing import Disagreement, TargetError, hunted
from contracts.suite.running import Target, run
from contracts.suite.shelf import shelf
from contracts.suite.transports import Received, Sent
from contracts.suite.writing import written

BAD_TEXT = "costs ${model.id}"


def refuse_connection() -> Received:
    raise ConnectionRefusedError("nobody")


def answering(status: int, body: bytes = b"{}") -> Target:
    return Target(lambda _: Received(status, {}, body), "sk-ant-any")


def test_the_same_server_agrees_with_itself(reference: Target) -> None:
    hunt = hunted(reference, reference, 1, examples=60)

    assert (hunt.found, hunt.unanswered) == ({}, 0)
    assert hunt.accepted >= 0.95 * hunt.valid > 0
    assert "shape" in hunt.rules


def test_each_kind_becomes_a_case_that_the_contract_passes_and_the_target_fails(
    reference: Target, loose: Target, tmp_path: Path
) -> None:
    hunt = hunted(reference, loose, 1, examples=100)
    written(hunt.found.values(), tmp_path, "seed 1")

    cases = load([tmp_path])
    assert len(cases) == len(hunt.found) > 0
    for case in cases:
        (trial,) = expanded(case, as_of())
        assert run(trial, reference).differences == []
        assert run(trial, loose).differences[0] == f"status: 200, not {case.fields['status']}"


def test_a_target_that_refuses_what_the_contract_accepts(reference: Target, tmp_path: Path) -> None:
    refused = b'{"error": {"message": "messages.3: no"}}'
    page = hunted(reference, answering(418, b"<html>"), 1, examples=5)
    assert list(page.found) == ["only the target refuses: 418 <html>"]
    written(page.found.values(), tmp_path, "seed 1")
    hunt = hunted(reference, answering(400, refused), 1, examples=20)

    (found,) = hunt.found.values()
    assert found.kind == "only the target refuses: 400 messages.*: no"
    assert str(found).endswith("\n  contract  200\n  target    400 messages.3: no")
    written([found], tmp_path, "seed 1")
    case, _ = load([tmp_path])
    (trial,) = expanded(case, as_of())
    assert run(trial, reference).differences == []


def test_known_kinds_are_passed_over_in_later_rounds(
    reference: Target, loose: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disagreeing, "ROUND", 50)
    kept = InMemoryExampleDatabase()
    hunt = hunted(reference, loose, 3, examples=100, kept=kept)

    assert hunt.found.keys() <= {
        f"only the contract refuses: {rule}" for rule in ("shape", "model.unknown")
    }
    assert hunt.found
    again = hunted(reference, loose, 4, examples=1, kept=kept)
    assert again.found.keys() & hunt.found.keys()


def test_time_ends_the_hunt(reference: Target) -> None:
    assert hunted(reference, reference, 1, examples=10**6, seconds=-1).examples == 0


def test_time_ends_a_round_that_has_begun(
    reference: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter([0.0, 0.5, *[9.0] * 10_000])
    monkeypatch.setattr(disagreeing, "monotonic", lambda: next(now))

    assert hunted(reference, reference, 1, examples=5, seconds=1).examples == 0


@pytest.mark.parametrize(
    ("target", "error", "text"),
    [
        (answering(401), TargetError, "the target refuses the key: 401"),
        (Target(lambda _: refuse_connection(), ""), OSError, "nobody"),
        (Target(lambda sent: answering(404).send(sent) if sent.path == "/v1/files" else refuse_connection(), ""), OSError, "nobody"),
    ],
)  # fmt: skip
def test_a_target_that_can_not_be_judged_ends_it(
    reference: Target, target: Target, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        hunted(reference, target, 1, examples=5)


def test_overload_is_no_verdict(reference: Target) -> None:
    hunt = hunted(reference, answering(529, b"busy"), 1, examples=20)

    assert (hunt.found, hunt.unanswered) == ({}, hunt.examples)


def test_errors_of_our_own_are_raised(reference: Target) -> None:
    def broken(sent: Sent) -> Received:
        if sent.path == "/v1/files":
            return answering(404).send(sent)
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        hunted(reference, Target(broken, ""), 1, examples=5)


def test_texts_like_variables_stay_texts(reference: Target, tmp_path: Path) -> None:
    body = {"model": BAD_TEXT, "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}
    asked = Asked("messages", "2023-06-01", body, {})
    contract = reference.send(asked.sent("sk-ant-any"))
    written([Disagreement("a kind", asked, contract, Received(200, {}, b"{}"))], tmp_path, "seed")

    (case,) = load([tmp_path])
    (trial,) = expanded(case, as_of())
    outcome = run(trial, reference)
    assert outcome.sent.body.decode().count("\\u0024{model.id}") == 1
    assert outcome.differences == []


def test_a_case_needs_no_rule(tmp_path: Path) -> None:
    asked = Asked("messages", "2023-06-01", {"model": "x"}, {})
    refused = Received(400, {}, b'{"error": {"type": "invalid_request_error", "message": "no"}}')
    (path,) = written([Disagreement("a", asked, refused, answering(200).send(asked.sent("k")))], tmp_path, "s")  # fmt: skip

    assert "rule:" not in path.read_text("utf-8")


def test_all_examples_are_drawn_also_when_something_is_found_early(
    reference: Target, loose: Target
) -> None:
    assert hunted(reference, loose, 1, examples=120).examples >= 120


def test_files_and_betas_are_part_of_the_case(reference: Target, tmp_path: Path) -> None:
    with shelf(reference.send, reference.key) as files:
        assert files is not None
        source = {"type": "file", "file_id": files.pdf}
        block = {"type": "document", "source": source}
        body = {
            "model": "claude-opus-5",
            "max_tokens": 1,
            "speed": "fast",
            "messages": [{"role": "user", "content": [block]}],
        }
        asked = Asked("messages", "2026-10-21", body, {}, ("fast-mode-2026-02-01",))
        contract = reference.send(asked.sent(reference.key))
    refused = Received(400, {}, b"{}")
    written([Disagreement("a kind", asked, contract, refused, files)], tmp_path, "seed")

    (case,) = load([tmp_path])
    (trial,) = expanded(case, as_of())
    assert [each["filename"] for each in case.fields["uploads"]] == ["blank.pdf"]
    outcome = run(trial, reference)
    assert contract.status == 200
    assert outcome.differences == []
    assert files.pdf not in outcome.sent.body.decode()


def test_the_target_is_asked_for_its_own_files(reference: Target) -> None:
    other = Target(reference.send, "sk-ant-other")

    assert hunted(reference, other, 6, examples=150).found == {}


@pytest.mark.parametrize("body", [b"{}", b"[]", b"<html>"])
def test_a_target_without_files_has_no_shelf(body: bytes) -> None:
    for status in (200, 404):
        with shelf(answering(status, body).send, "sk-ant-any") as files:
            assert files is None


def test_what_was_uploaded_is_deleted_even_when_the_target_is_gone(reference: Target) -> None:
    gone: list[str] = []

    def send(sent: Sent) -> Received:
        if sent.method == "DELETE":
            gone.append(sent.path)
            raise ConnectionResetError
        return reference.send(sent)

    with shelf(send, reference.key) as files:
        assert isinstance(files, Files)
    assert gone == [f"/v1/files/{files.image}"]
    with shelf(reference.send, reference.key) as files:
        assert files is not None
    headers = {"x-api-key": reference.key, "anthropic-version": "2026-10-21"}
    asked = Sent("GET", f"/v1/files/{files.text}", headers, b"")
    assert reference.send(asked).status == 404
