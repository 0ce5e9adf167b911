"""Lengths as a figure, from numbers alone."""

import numpy as np
import pytest

from seqflip.ui.charts.figures_lengths import ChosenPoint, length_curves, names
from tests.study.test_lengths_report import report


def curve(figure, name: str):  # type: ignore[no-untyped-def]
    return next(one for one in figure.data if one.name == name)


def test_each_run_has_a_curve_in_a_band_that_is_its_interval() -> None:
    one = report([0.5, 1, 0])
    figure = length_curves([one, report([0.2], "yours")])
    assert list(curve(figure, "mine").x) == [1, 2, 3]
    assert list(curve(figure, "mine").y) == [0.5, 1, 0]
    band = curve(figure, "mine, 95 % interval")
    low, high = one.points[0].exact_match[1:]
    assert (band.x[0], band.y[0]) == (1, high)
    assert (band.x[-1], band.y[-1]) == (1, low)
    colours = {curve(figure, name).line.color for name in ("mine", "yours")}
    dashes = {curve(figure, name).line.dash for name in ("mine", "yours")}
    assert len(colours) == len(dashes) == 2


def test_points_of_lengths_that_were_trained_on_are_filled_and_their_range_is_shaded() -> None:
    figure = length_curves([report([1, 1, 1, 1])])
    inside = curve(figure, "mine").marker.color
    assert inside[1] == inside[2] != inside[0] == inside[3]
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (1.5, 3.5)
    assert figure.layout.annotations[0].text == "trained on"


def test_hovering_tells_number_and_interval() -> None:
    told = curve(length_curves([report([0.5])]), "mine").text[0]
    assert "exact match <b>50.0 %</b>, 95 % interval 23.7 % to 76.3 %" in told
    assert "5 of 10 sequences all right" in told
    assert "a length that it never saw" in told


def test_the_chosen_point_is_larger_and_has_a_line() -> None:
    figure = length_curves([report([1, 0.5])], chosen=ChosenPoint("mine", 2))
    sizes = curve(figure, "mine").marker.size
    assert sizes[1] > sizes[0]
    assert figure.layout.shapes[-1].x0 == 2


def test_a_measure_that_a_run_has_not_is_an_empty_curve() -> None:
    assert len(curve(length_curves([report([1])], "alignment"), "mine").x) == 0


def test_runs_of_the_same_name_are_told_apart() -> None:
    same = [report([1]), report([1])]
    assert names(same) == ["mine (mine)", "mine (mine)"]
    assert names([report([1]), report([1], "yours")]) == ["mine", "yours"]


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_yet_is_an_empty_figure(dark: bool) -> None:
    figure = length_curves([], longest=36, dark=dark)
    assert len(figure.data) == 0
    assert np.isclose(figure.layout.xaxis.range[1], 36.8)
