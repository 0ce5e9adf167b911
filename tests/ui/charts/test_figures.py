import numpy as np
import pytest

from seqflip.ui.charts.figures import curves, heatmap


def test_a_heatmap_has_outputs_from_the_top_and_a_fixed_scale() -> None:
    weights = np.array([[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]])
    figure = heatmap(weights, ["3", "5", "3"], ["3", "5"])
    trace = figure.data[0]
    np.testing.assert_array_equal(trace.z, weights)
    assert (trace.zmin, trace.zmax) == (0, 1)
    assert list(figure.layout.xaxis.ticktext) == ["3₁", "5", "3₂"]
    assert list(figure.layout.yaxis.ticktext) == ["3", "5"]
    assert figure.layout.yaxis.autorange == "reversed"


def test_tokens_stand_on_the_axes_and_in_the_hover_as_they_were_typed() -> None:
    figure = heatmap(np.eye(2), ["<b>", "&lt;"], ["<br>", "$a$"])
    assert list(figure.layout.xaxis.ticktext) == ["&lt;b&gt;", "&amp;lt;"]
    assert list(figure.layout.yaxis.ticktext) == ["&lt;br&gt;", "$a$"]
    assert list(figure.data[0].customdata[0][0]) == ["&lt;br&gt;", "&lt;b&gt;"]


def test_the_true_alignment_is_outlined() -> None:
    truth = np.array([[False, True], [True, False]])
    shapes = heatmap(np.eye(2), ["1", "2"], ["2", "1"], truth=truth).layout.shapes
    assert [(shape.x0, shape.y0) for shape in shapes] == [(0.5, -0.5), (-0.5, 0.5)]


def test_weights_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"one row an output .* \(2, 3\), not \(3, 2\)"):
        heatmap(np.zeros((3, 2)), ["1", "2", "3"], ["3", "2"])


@pytest.mark.parametrize("dark", [False, True])
def test_curves_differ_in_colour_and_in_line_style(dark: bool) -> None:
    lines = {f"run {i}": (np.arange(5), np.linspace(1, 0, 5)) for i in range(6)}
    traces = curves(lines, y_title="accuracy", y_range=(0, 1), dark=dark).data
    assert len({trace.line.color for trace in traces}) == 6
    assert len({trace.line.dash for trace in traces}) == 6
