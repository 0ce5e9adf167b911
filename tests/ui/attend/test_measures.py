"""The figures below a heatmap are measured against what the same row could have been."""

import re
from itertools import product as each

import numpy as np
import pytest

from seqflip.decoding import Flatten, Forbid
from seqflip.decoding.trace import entropy_in_bits
from seqflip.nn import CROSS, DECODER, ENCODER
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES
from seqflip.ui.attend.heat import sums
from seqflip.ui.attend.measures import alike, allowed
from seqflip.ui.attend.picture import Answer, answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.attend.through import Through, seen
from seqflip.ui.labels import percent
from seqflip.ui.parts.subject import open_subject

SOURCE = [3, 1, 4, 1, 5, 9]


def answered(name: str, *edits: Forbid | Flatten) -> Answer:
    return answer(open_subject(Run(EXAMPLES / name)), SOURCE, None, edits)


@pytest.mark.parametrize("edits", [(), (Forbid(2),), (Forbid(2), Forbid(0, row=1))])
@pytest.mark.parametrize("name", ["reverse", "steps", "transformer"])
def test_a_flat_row_has_the_largest_entropy(name: str, edits: tuple[Forbid, ...]) -> None:
    flat = answered(name, *edits, Flatten())
    through = Through(CROSS, 1, 0) if name == "transformer" else None
    shown = seen(flat, through)
    most = np.log2(allowed(flat, shown, through).sum(axis=1))
    np.testing.assert_allclose(entropy_in_bits(shown.weights), most, atol=1e-5)


@pytest.mark.parametrize(("kind", "head"), list(each([CROSS, ENCODER, DECODER], [None, 1])))
def test_no_row_has_more(kind: str, head: int | None) -> None:
    plain, through = answered("transformer"), Through(kind, 0, head)
    shown = seen(plain, through)
    found = allowed(plain, shown, through)
    assert (entropy_in_bits(shown.weights) <= np.log2(found.sum(axis=1)) + 1e-6).all()
    np.testing.assert_array_equal(found, shown.weights > 0)


def test_a_place_that_one_head_may_not_look_at_can_be_seen_by_the_others() -> None:
    forbidden = answered("transformer", Forbid(2, layer=1, head=0))
    mean, one = Through(CROSS, 1), Through(CROSS, 1, 0)
    assert allowed(forbidden, seen(forbidden, mean), mean).all()
    assert np.flatnonzero(~allowed(forbidden, seen(forbidden, one), one)[0]).tolist() == [2]


@pytest.mark.parametrize("edits", [(), (Forbid(2),), (Forbid(0, row=1),)])
def test_alike_is_the_alignment_of_a_flat_answer(edits: tuple[Forbid, ...]) -> None:
    flat = answered("reverse", *edits, Flatten())
    shown = seen(flat, None)
    assert shown.truth is not None
    found = alike(shown.truth, allowed(flat, shown, None))
    assert found == pytest.approx(shown.alignment)
    assert edits or found == pytest.approx(1 / 6)


def test_where_nothing_may_be_looked_at_no_most_is_told() -> None:
    blind = answered("reverse", *map(Forbid, range(len(SOURCE))))
    assert "log₂" not in sums(blind, Place(0, 0))


def test_the_line_says_each_figure_with_its_measure() -> None:
    plain = answered("reverse")
    text = re.sub("<[^>]*>", "", sums(plain, Place(4, 0)))
    shown = seen(plain, None)
    row, mean = shown.entropy[4], shown.entropy.mean()
    assert f"entropy of output 5 {row:.2f} of at most 2.58 bits (log₂ 6), mean {mean:.2f}" in text
    assert f"alignment {percent(shown.alignment)} (looking anywhere alike: 16.7 %)" in text
    found = re.search(r"confidence ([\d.]+) % ≈ ([.\d]+) × ([.\d]+) × ([.\d]+) × … ·", text)
    assert found is not None
    factors = plain.trace.output_probabilities
    written = [float(one) for one in found.groups()[1:]]
    np.testing.assert_allclose(sorted(written), np.sort(factors)[:3], atol=5.1e-4)
    whole = re.search(r'title="≈ ([^"]*)"', sums(plain, Place(4, 0)))
    assert whole is not None
    redone = np.prod([float(one) for one in whole[1].split(" × ")])
    assert redone == pytest.approx(float(found[1]) / 100, abs=0.004)


def test_what_has_no_attention_has_its_confidence_alone() -> None:
    assert "entropy" not in sums(answered("bottleneck"), Place(0, 0))
    assert "alignment" not in sums(answered("pairs"), Place(0, 0)), "nobody knows the true places"
