"""Ids: the recorded formats, unique, and the same ones from the same seed."""

from __future__ import annotations

import re
import uuid as standard

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.ids import Ids, uuid

FORMATS = {
    "req": r"req_011C[A-Za-z0-9]{20}",
    "msg": r"msg_011C[A-Za-z0-9]{20}",
    "file": r"file_011C[A-Za-z0-9]{20}",
    "msgbatch": r"msgbatch_01[A-Za-z0-9]{22}",
    "toolu": r"toolu_01[A-Za-z0-9]{22}",
    "srvtoolu": r"srvtoolu_01[A-Za-z0-9]{22}",
    "container": r"container_01[A-Za-z0-9]{22}",
    "wrkspc": r"wrkspc_01[A-Za-z0-9]{22}",
}


@pytest.mark.parametrize("prefix", FORMATS)
def test_ids_have_the_recorded_format(prefix: str) -> None:
    ids = Ids(0, "key")
    for _ in range(200):
        assert re.fullmatch(FORMATS[prefix], ids.next(prefix))


def test_ids_of_a_workspace_are_unique() -> None:
    ids = Ids(0, "key")
    assert len({ids.next("msg") for _ in range(20_000)}) == 20_000


def test_ids_of_one_prefix_do_not_hang_on_those_of_others() -> None:
    alone, among = Ids(0, "key"), Ids(0, "key")
    found: list[str] = []
    for _ in range(40):
        found.append(among.next("msg"))
        among.next("req")

    assert found == [alone.next("msg") for _ in range(40)]


def test_ids_go_on_from_where_another_source_is() -> None:
    earlier, later = Ids(0, "key"), Ids(0, "key")
    first = [earlier.next(prefix) for prefix in FORMATS]
    later.restore(earlier)

    again = [later.next(prefix) for prefix in FORMATS]
    assert again == [earlier.next(prefix) for prefix in FORMATS]
    assert set(first).isdisjoint(again)


def test_ids_use_the_whole_alphabet() -> None:
    ids = Ids(0, "key")
    assert len(set("".join(ids.next("msg")[8:] for _ in range(200)))) == 62


@given(st.integers(), st.text(), st.lists(st.sampled_from(sorted(FORMATS)), max_size=9))
def test_ids_repeat_with_the_seed(seed: int, key: str, prefixes: list[str]) -> None:
    first, second = Ids(seed, key), Ids(seed, key)
    assert [first.next(p) for p in prefixes] == [second.next(p) for p in prefixes]


def test_ids_differ_between_seeds_keys_and_prefixes() -> None:
    ids = Ids(0, "a")
    drawn = [
        ids.next("msg"),
        ids.next("req"),
        Ids(1, "a").next("msg"),
        Ids(0, "b").next("msg"),
    ]
    assert len({text.partition("_")[2] for text in drawn}) == 4


def test_no_key_is_named_like_what_others_draw_ids_for() -> None:
    sources = [("a", "workspace"), ("workspace:a",), ("a:workspace",), ("a", "1"), ("a:1",), ("a",)]
    drawn = {Ids(0, *names).next("msg") for names in sources}

    assert len(drawn) == len(sources)


@given(st.integers(), st.text())
def test_uuid_is_one_of_version_4(seed: int, name: str) -> None:
    text = uuid(seed, name)
    assert str(standard.UUID(text)) == text
    assert standard.UUID(text).version == 4
    assert text == uuid(seed, name)


def test_uuid_differs_between_seeds_and_names() -> None:
    assert len({uuid(0, "a"), uuid(1, "a"), uuid(0, "b")}) == 3
