"""The lines of the chart: one a variant, or the median in its band."""

from typing import Any

import numpy as np

from seqflip.ui.race.curves import band, lines


def curve(*values: float | None, first: int = 20) -> dict[str, Any]:
    return {"step": [first * (i + 1) for i in range(len(values))], "loss": list(values)}


def race(*curves: tuple[dict[str, Any], bool]) -> list[dict[str, Any]]:
    return [{"over": over, "lanes": {"a": {"curve": one}}} for one, over in curves]


def test_median_and_range_of_several_seeds() -> None:
    found = band([curve(3, 2), curve(5, 1), curve(4, 9)], "loss")
    assert found.step.tolist() == [20, 40]
    assert found.median.tolist() == [4, 2]
    assert (found.lowest.tolist(), found.highest.tolist()) == ([3, 1], [5, 9])


def test_only_steps_that_all_have_are_compared() -> None:
    assert band([curve(3, 2, 1), curve(5, 4)], "loss").step.tolist() == [20, 40]


def test_what_a_model_has_not_is_no_line() -> None:
    assert len(band([curve(None, None)], "loss").step) == 0
    assert len(band([], "loss").step) == 0


def test_one_seed_is_one_line_while_it_runs_and_afterwards() -> None:
    for over in (False, True):
        (line,) = lines(0, "a", race((curve(3, 2), over)), "loss")
        assert (line.name, line.y.tolist()) == ("a", [3, 2])


def test_the_next_seed_runs_beside_the_first_and_then_there_is_a_band() -> None:
    now = lines(0, "a", race((curve(3, 2), True), (curve(4), False)), "loss")
    assert [line.name for line in now] == ["a", "a, now"]
    then = lines(0, "a", race((curve(3, 2), True), (curve(4, 4), True)), "loss")
    assert [line.name for line in then] == ["a", "a, lowest", "a, highest"]
    assert [line.of for line in then] == ["", "a", "a"]
    assert then[2].fill
    np.testing.assert_allclose(then[0].y, [3.5, 3])
    assert then[0].revision > now[0].revision


def test_a_curve_that_was_thinned_out_is_sent_anew() -> None:
    (before,) = lines(0, "a", race((curve(3, 2, 1), False)), "loss")
    (after,) = lines(0, "a", race((curve(2, first=40), False)), "loss")
    assert after.revision > before.revision
