"""What is done in one round: read, answered, sent; and no answer is lost, or late without need."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from mockserver import rounds
from mockserver.rounds import Rounds
from tests.unit.mockserver.lines import on_loop


class Scene:
    """Rounds in which each request notes that it is answered, and its answer that it is sent."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.rounds = Rounds()

    def come(self, *names: str, how: Callable[[object], None] | None = None) -> None:
        for name in names:
            self.rounds.answer(asyncio.get_running_loop(), how or self.answer, name)

    def answer(self, name: object) -> None:
        self.seen.append(f"{name} answered")
        self.rounds.send(self.write, str(name).encode(), lambda: self.seen.append(f"{name} done"))

    def write(self, data: bytes, then: Callable[[], None]) -> None:
        self.seen.append(f"{data.decode()} written")
        then()


@on_loop
async def test_all_are_answered_before_the_first_answer_is_sent() -> None:
    scene = Scene()
    scene.come("a", "b")
    assert scene.seen == []
    await asyncio.sleep(0)

    answered, sent = ["a answered", "b answered"], ["a written", "a done", "b written", "b done"]
    assert scene.seen == answered + sent
    scene.come("c")
    await asyncio.sleep(0)
    assert scene.seen[-3:] == ["c answered", "c written", "c done"]


@on_loop
async def test_outside_of_a_round_an_answer_is_sent_at_once() -> None:
    scene = Scene()
    scene.answer("a")

    assert scene.seen == ["a answered", "a written", "a done"]


def test_an_answer_does_not_wait_for_many_others(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(number * 0.4 * rounds.MOST_SECONDS for number in range(20))
    monkeypatch.setattr(rounds, "perf_counter", lambda: next(times))
    scene = Scene()

    async def main() -> None:
        scene.come("a", "b", "c", "d")
        await asyncio.sleep(0)

    asyncio.run(main())
    order = [each.split()[0] for each in scene.seen if not each.endswith("done")]
    assert order == ["a", "b", "c", "a", "b", "c", "d", "d"]


@pytest.mark.parametrize("names", ["ab", "abc"])
@on_loop
async def test_only_several_have_company(names: str) -> None:
    scene, found = Scene(), list[bool]()
    scene.come(*names, how=lambda _: found.append(scene.rounds.has_company))
    await asyncio.sleep(0)

    assert found == [len(names) > 2] * len(names)


@on_loop
async def test_those_that_take_turns_go_on_when_all_have_come_as_far() -> None:
    def begin(name: object) -> None:
        scene.seen.append(f"{name} begun")
        scene.rounds.go_on(scene.answer, name)

    scene = Scene()
    scene.come("a", "b", how=begin)
    scene.come("c")
    await asyncio.sleep(0)

    begun, sent = ["a begun", "b begun", "c answered"], ["c written", "c done"]
    answered = ["a answered", "b answered"]
    assert scene.seen == begun + sent + answered + ["a written", "a done", "b written", "b done"]


def test_nor_do_those_that_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(number * 0.4 * rounds.MOST_SECONDS for number in range(40))
    monkeypatch.setattr(rounds, "perf_counter", lambda: next(times))
    scene = Scene()

    async def main() -> None:
        scene.come(*"abcd", how=lambda name: scene.rounds.go_on(scene.answer, name))
        await asyncio.sleep(0)

    asyncio.run(main())
    order = [each.split()[0] for each in scene.seen if not each.endswith("done")]
    assert order == ["a", "b", "c", "a", "b", "c", "d", "d"]


@pytest.mark.parametrize("step", ["answered", "written"])
@on_loop
async def test_one_that_fails_takes_no_other_with_it(step: str) -> None:
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: failures.append(context["exception"])
    )

    def fail(name: object, _then: object = None) -> None:
        raise ValueError(name)

    def answer_badly(name: object) -> None:
        scene.rounds.send(fail, str(name).encode(), lambda: None)

    scene = Scene()
    scene.come("a")
    scene.come("b", how=fail if step == "answered" else answer_badly)
    scene.come("c")
    for _ in range(3):
        await asyncio.sleep(0)
    scene.come("d")
    await asyncio.sleep(0)

    assert [each for each in scene.seen if each.endswith("written")] == [
        f"{name} written" for name in "acd"
    ]
    assert [type(failure) for failure in failures] == [ValueError]
