"""The numbers on the page are those that the network gives when it is computed by hand."""

import html
import re
from pathlib import Path

import numpy as np
import pytest

from seqflip.decoding import Flatten, Forbid, Force, Intervention, Temperature
from seqflip.runs.run import Run
from seqflip.runs.trained import open_trained
from seqflip.ui.attend import step_html
from seqflip.ui.attend.answer_table import answer_table
from seqflip.ui.attend.picture import Answer, answer
from seqflip.ui.attend.step_html import Place
from seqflip.ui.parts.numbers import number, probability, vector
from seqflip.ui.parts.subject import Subject
from tests.decoding import by_hand
from tests.decoding.by_hand import ByHand

EXAMPLES = Path(__file__).parents[3] / "examples"
SOURCE = [3, 1, 4, 1, 5, 9]
DIGIT = 6e-5  # the numbers have four decimals


def subject(name: str) -> Subject:
    run = Run(EXAMPLES / name, bundled=True)
    return Subject(run, name, "finished", open_trained(run), 0)


def both(
    name: str, edits: tuple[Intervention, ...] = (), **changes: object
) -> tuple[Answer, ByHand]:
    """Return an answer as the page shows it, and as it is computed by hand."""
    found = answer(subject(name), SOURCE, None, edits)
    return found, by_hand.run(found.trained.model, SOURCE, found.trace.inputs.tolist(), **changes)


def rows(text: str, part: str = "tbody") -> list[list[float]]:
    """Return the numbers of a table's cells, row by row."""
    body = re.search(f"<{part}>(.*?)</{part}>", text, re.DOTALL)
    assert body is not None
    found = []
    for row in re.findall("<tr.*?>(.*?)</tr>", body[1], re.DOTALL):
        cells = [_plain(cell) for cell in re.findall("<t[dh].*?>(.*?)</t[dh]>", row, re.DOTALL)]
        found.append([float(cell) for cell in cells[1:] if re.fullmatch(r"-?[0-9.]+", cell)])
    return found


def _plain(cell: str) -> str:
    return html.unescape(re.sub("<.*?>", "", cell)).replace("−", "-").strip()


@pytest.mark.parametrize("name", ["reverse", "additive", "sort"])
def test_scores_and_weights(name: str) -> None:
    found, expected = both(name)
    for t in range(len(found.outputs)):
        shown = np.array(rows(step_html.scores(found, Place(t, 0))))
        powers = np.exp(expected.scores[t] - expected.scores[t].max())
        columns = [expected.terms[t].sum(axis=1)]
        if name != "additive":
            columns.append(expected.scores[t])
        columns += [powers, expected.weights[t]]
        np.testing.assert_allclose(shown, np.transpose(columns), atol=5e-4, rtol=1e-5)


@pytest.mark.parametrize("name", ["reverse", "additive"])
def test_every_term_of_a_product(name: str) -> None:
    found, expected = both(name)
    place = Place(2, 4)
    shown = np.array(rows(step_html.terms(found, place)))
    np.testing.assert_allclose(shown[:, 0], expected.query[2], atol=DIGIT, rtol=1e-5)
    np.testing.assert_allclose(shown[:, 1], expected.key[4], atol=DIGIT, rtol=1e-5)
    np.testing.assert_allclose(shown[:, -1], expected.terms[2, 4], atol=3e-4, rtol=1e-5)
    (total,) = rows(step_html.terms(found, place), "tfoot")
    assert total[0] == pytest.approx(expected.terms[2, 4].sum(), abs=5e-4)


def test_a_cell_can_be_redone_with_a_pocket_calculator() -> None:
    found, expected = both("reverse")
    place = Place(3, 2)
    terms = rows(step_html.terms(found, place))
    product = sum(round(q * k, 5) for q, k, _ in terms)
    line = rows(step_html.scores(found, place))[2]
    assert product == pytest.approx(line[0], abs=2e-3)
    score = product / np.sqrt(len(terms))
    assert score == pytest.approx(line[1], abs=1e-3)
    scores = [one[1] for one in rows(step_html.scores(found, place))]
    weight = np.exp(score) / np.exp(scores).sum()
    assert weight == pytest.approx(expected.weights[3, 2], abs=1e-3)


def test_values_and_context() -> None:
    found, expected = both("reverse")
    shown = np.array(rows(step_html.values(found, Place(1, 0))))
    np.testing.assert_allclose(shown[:, :-1], expected.value.T, atol=DIGIT, rtol=1e-5)
    np.testing.assert_allclose(shown[:, -1], expected.context[1], atol=DIGIT, rtol=1e-4)
    np.testing.assert_allclose(shown[:, :-1] @ expected.weights[1], shown[:, -1], atol=1e-3)
    (weights,) = rows(step_html.values(found, Place(1, 0)), "tfoot")
    np.testing.assert_allclose(weights, expected.weights[1], atol=DIGIT)
    assert "×" not in step_html.values(found, Place(1, 0)), "each cell is a value, not weighted yet"


@pytest.mark.parametrize("name", ["reverse", "additive", "bottleneck"])
def test_the_ten_likeliest_tokens(name: str) -> None:
    if name == "bottleneck":
        found = answer(subject(name), SOURCE, None)
        logits, shares = found.trace.logits[1], found.trace.probabilities[1]
    else:
        found, expected = both(name)
        logits, shares = expected.logits[1], expected.probabilities[1]
    shown = np.array(rows(step_html.prediction(found, Place(1, 0))))
    assert len(shown) == 10
    top = np.argsort(-logits)[:10]
    np.testing.assert_allclose(shown[:, 0], logits[top], atol=5e-4)
    np.testing.assert_allclose(shown[:, 2], shares[top], atol=DIGIT + 1e-5)
    others, total = rows(step_html.prediction(found, Place(1, 0)), "tfoot")
    assert shown[:, 2].sum() + others[1] == pytest.approx(1, abs=1e-3)
    assert total[1] == 1


def test_an_intervention_has_a_column_of_its_own() -> None:
    found, expected = both(
        "reverse", (Temperature(4.0), Forbid(5)), temperature=4.0, forbidden=(5,)
    )
    shown = np.array(rows(step_html.scores(found, Place(0, 0))))
    np.testing.assert_allclose(shown[:, 2], expected.scores[0] / 4, atol=5e-4, rtol=1e-5)
    np.testing.assert_allclose(shown[:, -1], expected.weights[0], atol=DIGIT + 1e-4)
    assert shown[5, -1] == shown[5, -2] == 0
    replaced, _ = both("reverse", (Flatten(row=0),))
    line = rows(step_html.scores(replaced, Place(0, 0)))[0]
    assert line[-1] == pytest.approx(1 / 6, abs=DIGIT)
    assert line[-2] == pytest.approx(both("reverse")[1].weights[0, 0], abs=DIGIT)


def test_every_part_is_drawn_for_every_example() -> None:
    for folder in sorted(EXAMPLES.glob("*/config.yaml")):
        one = subject(folder.parent.name)
        found = answer(one, one.random_source(3), None)
        for numbers in (False, True):
            text = step_html.state(found, Place(0, 0), numbers=numbers)
            if found.has_attention:
                text += step_html.query(found, Place(0, 0), numbers=numbers)
            text += step_html.bottleneck(found, numbers=numbers)
            assert "nan" not in text


def test_the_answer_is_told_position_by_position() -> None:
    found, _ = both("reverse")
    text = answer_table(found, None, row=2)
    assert text.count("<tr") == 5
    assert text.count('class="chosen"') == 4
    assert "wrong" not in text
    wrong = answer_table(answer(subject("bottleneck"), SOURCE * 2, None), None, row=0)
    assert '<s class="wrong">' in wrong
    forced = answer_table(answer(subject("reverse"), SOURCE, [9, 5, 1, 4, 1, 3, 0]), None, row=0)
    assert "Reads" in forced
    assert "begin" in forced


def test_what_is_different_after_an_intervention_is_marked() -> None:
    plain, _ = both("reverse")
    changed = answer(subject("reverse"), SOURCE, None, [Force(0, row=1)])
    text = answer_table(plain, changed, row=0)
    assert "Changed answer" in text
    differ = sum(a != b for a, b in zip(plain.outputs, changed.outputs, strict=True))
    assert text.count("<mark") == differ > 0


def test_tokens_cannot_smuggle_in_html() -> None:
    found, _ = both("reverse")
    found.trained.vocabulary[9] = "<script>"
    text = answer_table(found, None, 0) + step_html.scores(found, Place(0, 0))
    text += step_html.prediction(found, Place(0, 0)) + step_html.state(
        found, Place(1, 0), numbers=True
    )
    found.trained.vocabulary[9] = "9"
    assert "<script>" not in text


def test_numbers_have_a_real_minus_and_no_negative_zero() -> None:
    assert number(-1.23456) == "−1.2346"
    assert number(-0.00001) == "0.0000"
    assert probability(0.25) == "0.2500"
    assert probability(2.94e-6) == "2.94 · 10<sup>−6</sup>"
    assert probability(0.99996) == "> 0.9999"
    assert probability(1.0) == "1.0000"


def test_a_vector_is_drawn_as_bars_or_written_as_numbers() -> None:
    x = np.array([0.5, -1.0])
    bars = vector(x, "query", "query", numbers=False)
    assert "polygon(0 50%,0% 26%,50% 26%,50% 98%,100% 98%,100% 50%)" in bars
    assert 'aria-label="query: 2 numbers from −1.0000 to 0.5000"' in bars
    assert "<i>0.5000</i><i>−1.0000</i>" in vector(x, "query", "query", numbers=True)
    assert "nan" not in vector(np.zeros(2), "key", "key", numbers=False)


def test_marks_around_the_source_leave_inputs_above_the_outputs_of_their_place() -> None:
    found = answer(subject("steps"), SOURCE, None)
    assert len(found.inputs) == len(found.typed) + 2
    first = answer_table(found, None, row=0).split("Input</th>")[1]
    assert first.startswith(f"<td><bdi>{SOURCE[0]}</bdi></td>")


@pytest.mark.parametrize("name", ["reverse", "additive", "steps"])
def test_the_weights_of_a_row_sum_to_1_and_the_row_says_why(name: str) -> None:
    found, _ = both(name)
    said = _plain(step_html.scores(found, Place(1, 0)))
    terms, total = re.findall(r"\(([0-9. +]+)\) ÷ ([0-9.]+) = 1", said)[0]
    powers = [float(one) for one in terms.split(" + ")]
    assert len(powers) == len(found.inputs)
    assert sum(powers) == pytest.approx(float(total), abs=len(powers) * DIGIT)
    assert powers == pytest.approx(
        np.array(rows(step_html.scores(found, Place(1, 0))))[:, -2], abs=DIGIT
    )


def test_of_a_long_row_some_terms_are_written_out_and_of_an_empty_one_none() -> None:
    long = answer(subject("reverse"), [1 + i for i in range(12)], None)
    assert " + … + " in step_html.scores(long, Place(0, 0))
    nowhere = [Forbid(place) for place in range(len(SOURCE))]
    empty = answer(subject("reverse"), SOURCE, None, nowhere)
    assert "nothing that it may look at" in step_html.scores(empty, Place(0, 0))


def test_the_role_of_the_query_is_said() -> None:
    found, _ = both("reverse")
    assert "what this output looks for" in step_html.query(found, Place(0, 0), numbers=False)
