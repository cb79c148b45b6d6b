"""How large a picture is seen, and how many tokens that takes."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mockserver.images import (
    Tier,
    fitted,
    visual_tokens,
)

pytestmark = pytest.mark.filterwarnings("error")


SIZES = [
    # docs: vision, "Resolution and token cost"
    pytest.param(200, 200, "standard", (200, 200), 64, id="200x200_standard"),
    pytest.param(200, 200, "high", (200, 200), 64, id="200x200_high"),
    pytest.param(1000, 1000, "standard", (1000, 1000), 1296, id="1000x1000_standard"),
    pytest.param(1000, 1000, "high", (1000, 1000), 1296, id="1000x1000_high"),
    pytest.param(1092, 1092, "standard", (1092, 1092), 1521, id="1092x1092_standard"),
    pytest.param(1092, 1092, "high", (1092, 1092), 1521, id="1092x1092_high"),
    pytest.param(1920, 1080, "standard", (1456, 819), 1560, id="1920x1080_standard"),
    pytest.param(1920, 1080, "high", (1920, 1080), 2691, id="1920x1080_high"),
    pytest.param(2000, 1500, "standard", (1269, 952), 1564, id="2000x1500_standard"),
    pytest.param(2000, 1500, "high", (2000, 1500), 3888, id="2000x1500_high"),
    pytest.param(3840, 2160, "standard", (1456, 819), 1560, id="3840x2160_standard"),
    pytest.param(3840, 2160, "high", (2576, 1449), 4784, id="3840x2160_high"),
    # docs: vision coordinates
    pytest.param(1075, 1520, "standard", (924, 1307), 1551, id="1075x1520_standard"),
    pytest.param(1075, 1520, "high", (1075, 1520), 2145, id="1075x1520_high"),
    # recorded 2026-09-01 (claude-haiku-4-5, claude-sonnet-5), 2026-09-30 and 2026-10-07
    pytest.param(1593, 2324, "standard", (902, 1316), 1551, id="1593x2324_standard"),
    pytest.param(1593, 2324, "high", (1593, 2324), 4731, id="1593x2324_high"),
    pytest.param(4000, 4000, "standard", (1092, 1092), 1521, id="4000x4000_standard"),
    pytest.param(1191, 1684, "standard", (924, 1307), 1551, id="1191x1684_standard"),
    # by the rule: the edge limit binds, and no side vanishes
    pytest.param(8000, 100, "standard", (1568, 20), 56, id="8000x100_standard"),
    pytest.param(1, 8000, "high", (1, 2576), 92, id="1x8000_high"),
    pytest.param(1, 1, "standard", (1, 1), 1, id="1x1_standard"),
]


@pytest.mark.parametrize(("width", "height", "tier", "size", "tokens"), SIZES)
def test_fitted_and_visual_tokens(
    width: int, height: int, tier: Tier, size: tuple[int, int], tokens: int
) -> None:
    assert fitted(width, height, tier) == size
    assert visual_tokens(width, height, tier) == tokens


sides = st.integers(1, 20_000)
tiers = st.sampled_from(("standard", "high"))
LIMITS: dict[Tier, tuple[int, int]] = {"standard": (1568, 1568), "high": (2576, 4784)}


def fits(width: int, height: int, tier: Tier) -> bool:
    edge, tokens = LIMITS[tier]
    return max(width, height) <= edge and ((width + 27) // 28) * ((height + 27) // 28) <= tokens


@given(sides, sides, tiers)
def test_fitted_never_exceeds_the_limits(width: int, height: int, tier: Tier) -> None:
    assert fits(*fitted(width, height, tier), tier)


@given(sides, sides, tiers)
def test_fitted_changes_only_what_does_not_fit(width: int, height: int, tier: Tier) -> None:
    assert (fitted(width, height, tier) == (width, height)) == fits(width, height, tier)


@given(sides, sides, tiers)
def test_fitted_keeps_the_shape_within_half_a_pixel(width: int, height: int, tier: Tier) -> None:
    short, long = sorted((width, height))
    fitted_short, fitted_long = sorted(fitted(width, height, tier))
    exact = fitted_long * short / long
    assert abs(fitted_short - exact) <= 0.5 or (fitted_short == 1 and exact < 1)


@given(sides, sides, tiers)
def test_fitted_is_the_largest_size_that_fits(width: int, height: int, tier: Tier) -> None:
    assume(not fits(width, height, tier))
    short, long = sorted((width, height))
    larger = max(fitted(width, height, tier)) + 1
    assert not fits(larger, max(1, round(larger * short / long + 1e-9)), tier)


@given(sides, sides, tiers)
def test_fitted_is_indifferent_to_orientation(width: int, height: int, tier: Tier) -> None:
    assert fitted(height, width, tier) == fitted(width, height, tier)[::-1]
    assert visual_tokens(height, width, tier) == visual_tokens(width, height, tier)


@given(sides, sides, tiers, st.integers(2, 9))
def test_fitted_is_indifferent_to_resolution(
    width: int, height: int, tier: Tier, times: int
) -> None:
    assume(not fits(width, height, tier))
    assert fitted(width * times, height * times, tier) == fitted(width, height, tier)


@given(sides, sides)
def test_the_high_tier_sees_at_least_as_much(width: int, height: int) -> None:
    assert visual_tokens(width, height, "high") >= visual_tokens(width, height, "standard")
