"""What the colours promise: contrast, one hue on both pages, and a scale that begins in grey."""

import colorsys
from itertools import pairwise

import pytest

from seqflip.ui.charts import palette
from seqflip.ui.charts.palette import HEAT, RUNS, Colour

PAPER = Colour("#fdfcfa", "#15171c")
NAMED = [palette.QUERY, palette.KEY, palette.VALUE, palette.TRAINING, palette.HELD_OUT, *RUNS]


def channels(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def spread(colour: str) -> float:
    return max(channels(colour)) - min(channels(colour))


@pytest.mark.parametrize("colour", NAMED)
def test_every_colour_can_be_read_on_its_page(colour: Colour) -> None:
    assert contrast(colour.light, PAPER.light) >= 4.5
    assert contrast(colour.dark, PAPER.dark) >= 4.5


@pytest.mark.parametrize("colour", NAMED)
def test_a_colour_keeps_its_hue_on_both_pages(colour: Colour) -> None:
    if max(map(spread, colour)) < 0.02:
        return  # grey has none
    light, dark = (colorsys.rgb_to_hsv(*channels(one))[0] for one in colour)
    apart = abs(light - dark)
    assert min(apart, 1 - apart) < 0.06


@pytest.mark.parametrize("dark", [False, True])
def test_runs_differ_in_lightness_as_well(dark: bool) -> None:
    seen = sorted(luminance(colour[dark]) for colour in RUNS)
    assert all(b > 1.02 * a for a, b in pairwise(seen))


@pytest.mark.parametrize("dark", [False, True])
def test_weights_leave_the_page_evenly_and_equal_ones_are_grey(dark: bool) -> None:
    ramp = [pair[dark] for pair in HEAT]
    assert ramp[0] == PAPER[dark], "what is not looked at vanishes"
    assert spread(ramp[1]) < 0.12, "a field of equal weights is grey, as the README says"
    steps = [abs(b ** (1 / 3) - a ** (1 / 3)) for a, b in pairwise(map(luminance, ramp))]
    assert min(steps) > 0.5 * max(steps)
    assert contrast(ramp[-1], PAPER[dark]) >= 4.5
