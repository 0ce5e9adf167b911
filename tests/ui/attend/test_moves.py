"""The tables of attention that remembers: each number can be redone from those beside it."""

import numpy as np
import pytest

from seqflip.decoding import Force, Temperature
from seqflip.ui.attend import moves_html, step_html
from seqflip.ui.attend.picture import Answer, answer
from seqflip.ui.attend.step_html import Place
from tests.ui.parts.test_numbers import DIGIT, SOURCE, both, rows, subject


@pytest.mark.parametrize("row", [0, 3])
def test_gate_shift_and_sharpening_lead_from_content_to_weights(row: int) -> None:
    found, expected = both("steps")
    place = Place(row, 5)
    content = np.array(rows(step_html.scores(found, place)))[:, -1]
    gate, shift, sharpening = (
        np.array(rows(draw(found, place)))
        for draw in (moves_html.gate, moves_html.shift, moves_html.sharpening)
    )
    made = found.trace.stages
    g, power = float(made["gate"][row, 0]), float(made["power"][row, 0])
    np.testing.assert_allclose(gate[:, 0], content, atol=DIGIT)
    np.testing.assert_allclose(gate[:, 2], g * gate[:, 0] + (1 - g) * gate[:, 1], atol=2 * DIGIT)
    np.testing.assert_allclose(shift[:, 0], gate[:, 2], atol=DIGIT)
    np.testing.assert_allclose(shift[:, 1:4].sum(axis=1), shift[:, 4], atol=4 * DIGIT)
    np.testing.assert_allclose(sharpening[:, 0], shift[:, 4], atol=DIGIT)
    np.testing.assert_allclose(sharpening[:, 1], sharpening[:, 0] ** power, atol=4 * DIGIT)
    np.testing.assert_allclose(sharpening[:, 2], expected.weights[row], atol=1e-3)


def test_each_of_the_three_is_given_as_a_number() -> None:
    found, _ = both("steps")
    made = found.trace.stages
    assert f"<strong>{made['gate'][0, 0]:.4f}</strong>" in moves_html.gate(found, Place(0, 0))
    for share in made["shift"][0]:
        assert f"<strong>{share:.4f}</strong>" in moves_html.shift(found, Place(0, 0))
    power = f"<strong>{made['power'][0, 0]:.4f}</strong>"
    assert power in moves_html.sharpening(found, Place(0, 0))


def test_what_is_done_by_hand_acts_on_the_last_step_and_the_next_one_starts_there() -> None:
    forced = answer(subject("steps"), SOURCE, None, [Force(2, row=0)])
    assert "as changed" in moves_html.sharpening(forced, Place(0, 0))
    assert "as changed" not in step_html.scores(forced, Place(0, 0))
    before = np.array(rows(moves_html.gate(forced, Place(1, 0))))[:, 1]
    assert before.tolist() == [0, 0, 1, 0, 0, 0, 0, 0]
    heated = answer(subject("steps"), SOURCE, None, [Temperature(2.0)])
    assert "÷ temperature" in moves_html.sharpening(heated, Place(0, 0))


def test_a_mark_is_written_as_one_and_is_no_true_place() -> None:
    found, _ = both("steps")
    assert (found.inputs[0], found.inputs[-1]) == ("⟨begin⟩", "⟨end⟩")
    assert found.truth is not None
    assert found.truth[0].tolist() == [False] * 6 + [True, False]
    assert found.alignment is not None
    assert found.alignment > 0.9


def test_a_hundred_tokens_are_answered_and_shown() -> None:
    source = [1 + i * 7 % 30 for i in range(100)]
    found: Answer = answer(subject("steps"), source, None)
    assert found.trace.outputs.tolist() == found.right
    assert found.trace.weights.shape == (100, 102)
