"""What the bundled lessons claim, computed once more, and not by what fills in their values."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from seqflip.config import ModelConfig
from seqflip.decoding import Flatten, Forbid, SwitchOff, Trace, trace
from seqflip.decoding.greedy import scheduled_inputs
from seqflip.model import Seq2SeqAttentionModel
from seqflip.nn import DECODER, Buffers, Where
from seqflip.race.folder import Race
from seqflip.runs.trained import EXAMPLES, open_trained
from seqflip.study.ending import ending
from seqflip.study.lengths import open_test
from seqflip.ui.attend import view as attend
from seqflip.ui.lengths import view as lengths
from seqflip.ui.lessons.course import BUNDLED, course
from seqflip.ui.lessons.lesson import Lesson
from seqflip.ui.lessons.questions import Quiz
from seqflip.ui.lessons.see import See
from seqflip.ui.parts.presets import races
from seqflip.ui.replay import view as replay

RUNS = ("reverse", "bottleneck")
LESSONS = {stop.name: stop.lesson for stop in course(BUNDLED) if stop.lesson is not None}


def lesson(number: int) -> Lesson:
    return next(one for name, one in LESSONS.items() if name.startswith(f"{number:02d}-"))


def said(number: int) -> str:
    """Return what a lesson says when it was answered."""
    one = lesson(number)
    return " ".join(one.in_markdown(one.answer).split())


def right(number: int) -> Any:
    """Return the right answer of a lesson."""
    one = lesson(number)
    asked = one.question.asked(one.shown)
    return asked["answers"][asked["right"]] if "answers" in asked else asked["right"]


def traced(run: str, text: str, *changes: Any) -> Trace:
    trained = open_trained(EXAMPLES / run)
    source = trained.encode(text)
    network = trained.model.network
    return trace(network, source, trained.model.tgt_length, interventions=changes)


def words(run: str, found: Trace) -> str:
    return " ".join(open_trained(EXAMPLES / run).words(found.outputs[:-1]))


@cache
def exact(run: str, length: int) -> float:
    found = open_test(EXAMPLES / run, count=100).at(length)
    assert found is not None
    return found.exact_match.value


def looks_right(run: str, length: int) -> float:
    """Return how much attention lies on the right places at a length."""
    found = open_test(EXAMPLES / run, count=20).at(length)
    assert found is not None
    assert found.alignment is not None
    return found.alignment.value


def softmax(*scores: float) -> list[float]:
    powers = [math.exp(one) for one in scores]
    return [one / sum(powers) for one in powers]


def test_01_the_model_that_reverses_looks_along_the_anti_diagonal() -> None:
    weights = traced("reverse", "3 1 4 1 5 9").weights
    assert weights[:6].argmax(axis=1).tolist() == [5, 4, 3, 2, 1, 0]
    assert f"puts {weights[0, 5]:.2f} of its attention on the last input, the 9" in said(1)
    assert f"the sixth {weights[5, 0]:.2f} on the first, the 3" in said(1)
    end = ending(traced("reverse", "3 1 4 1 5 9"))
    assert end is not None
    assert end.blind is not None
    assert end.blind.ends  # where it looks matters little


def test_02_without_attention_half_are_right_at_length_4_and_not_beyond() -> None:
    assert right(2) == "4"
    assert exact("bottleneck", 4) >= 0.5
    assert max(exact("bottleneck", n) for n in range(5, 13)) < 0.5
    assert f"Right are {100 * exact('bottleneck', 4):.1f} % of sequences of length 4" in said(2)
    assert f"{100 * exact('bottleneck', 5):.1f} % of length 5" in said(2)
    assert exact("reverse", 12) >= 0.95
    assert all(open_trained(EXAMPLES / run).config.data.sizes.shortest == 4 for run in RUNS)
    data = open_trained(EXAMPLES / "bottleneck").config
    assert (data.data.sizes.src_length, data.model.d_model) == (12, 32)


def test_03_a_softmax_by_hand() -> None:
    weights = softmax(0.4, 1.2, -0.6)
    assert right(3) == pytest.approx(weights[1])
    assert [f"{one:.2f}" for one in weights] == ["0.28", "0.62", "0.10"]
    assert "It gets 0.62; the others 0.28 and 0.10." in said(3)


def test_04_between_two_orthogonal_keys_and_a_copy() -> None:
    assert right(4) == pytest.approx(15)
    near = softmax(9 / math.sqrt(2), 0)
    assert near[0] > 0.99
    assert "over 0.99 on the first key" in said(4)
    assert f"{10 * near[0] + 20 * near[1]:.2f}: one value is simply copied" in said(4)


def test_05_only_both_ways_make_the_first_state_know_the_last_input() -> None:
    assert right(5) == "no"
    assert "With one direction: no." in said(5)
    assert "With two: yes." in said(5)
    for both in (False, True):
        network = Seq2SeqAttentionModel.from_config(
            ModelConfig(bidirectional=both), 9, 5, 5, seed=3
        ).network
        one, other = (
            network.read(np.array([source]), None, Buffers(network.dtype)).states[0]
            for source in ([5, 3, 8, 1], [5, 3, 8, 2])
        )
        assert np.array_equal(one[0], other[0]) != both
        assert not np.array_equal(one[-1], other[-1])


def test_06_teacher_forcing_feeds_the_right_words_and_use_its_own() -> None:
    found = traced("bottleneck", "3 1 4 1 5 9 2 6")
    true = [6, 2, 9, 5, 1, 4, 1, 3]
    assert found.outputs[:-1].tolist() != true
    assert right(6) == f"{true[1]}: what it should have said before"
    assert f"here {found.outputs[1]}, and" in said(6)
    network = open_trained(EXAMPLES / "bottleneck").model.network
    assert network.shifted(np.array([true]))[0, 1:].tolist() == true[:-1]


def test_07_what_it_may_not_look_at_it_knows_from_beside() -> None:
    sentence = "the cat does not sleep"
    before = traced("french", sentence)
    assert before.weights[[2, 4], 3].min() > 0.9  # ne, pas
    assert words("french", traced("french", sentence, Forbid(3))) == "le chat ne dort pas"
    assert right(7) == words("french", before)
    assert "0 of its words change" in said(7)
    assert words("french", traced("french", sentence, Forbid(4))) in said(7)
    other = traced("french", "the cat does cat sleep").encoder_states
    beside = np.abs(before.encoder_states - other).max(axis=1)
    assert beside[[2, 4]].min() > 0.1


def test_08_the_diagonal_crosses_over() -> None:
    found = traced("french", "the black cat sleeps")
    assert found.weights[:4].argmax(axis=1).tolist() == [0, 2, 1, 3]
    assert words("french", found) == "le chat noir dort"


def test_09_who_remembers_is_first() -> None:
    race = Race(EXAMPLES / "race-steps")
    lanes = race.results()["rounds"][0]["lanes"]
    steps = {name: one["reached"].get("0.99", {}).get("step") for name, one in lanes.items()}
    first = min((step, name) for name, step in steps.items() if step is not None)[1]
    assert right(9) == first == "remembers where it looked"
    assert f"got there after {steps[first]} steps" in said(9)
    assert f"anew after {steps['looks anew each time']}, the third never" in said(9)
    assert steps["does not look"] is None
    assert len(race.results()["rounds"]) == 1
    assert len({lane.data for lane in race.race_config().lanes().values()}) == 1


def test_10_steps_go_on_beyond_the_trained_length() -> None:
    assert right(10) == "steps"
    assert exact("steps", 24) >= 0.95
    assert exact("reverse", 24) < 0.05
    for run, length in (("reverse", 12), ("reverse", 14), ("reverse", 24), ("steps", 24)):
        assert f"{100 * exact(run, length):.1f} %" in said(10)
    aligned = [looks_right("reverse", 24), looks_right("steps", 24)]
    assert aligned[0] < 0.5 < 0.9 < aligned[1]
    lengths_of = {open_trained(EXAMPLES / run).model.src_length for run in ("reverse", "steps")}
    assert lengths_of == {12}


def test_11_without_positions_inputs_are_a_set() -> None:
    assert right(11) == "no"
    assert states_in_another_order("none") < 1e-5
    assert states_in_another_order("sinusoidal") > 1e-2
    assert "With sinusoidal positions: yes" in said(11)
    assert "gives each 0.50" in said(11)
    source = "3 1 4 1 5 9"
    plain, without = (traced("transformer", source, *off) for off in ((), (SwitchOff(1, 0),)))
    changed = (plain.outputs[:7] != without.outputs[:7]).sum()
    assert f"without head 1 of that layer, {changed} words of this answer change" in said(11)
    last = plain.looks[plain.where].weights
    apart = np.abs(last[:, None] - last[None]).sum(axis=-1).mean(axis=-1) / 2
    assert apart.max() < 0.1  # the heads look nearly alike


def states_in_another_order(positions: str) -> float:
    """Return how much an untrained Transformer's states differ when their inputs are moved."""
    config = ModelConfig(architecture="transformer", positions=positions)
    network = Seq2SeqAttentionModel.from_config(config, 9, 5, 5, seed=7).network
    order = np.array([4, 2, 0, 3, 1])
    source = np.array([[5, 3, 8, 1, 2]])
    one, other = (
        network.read(tokens, None, Buffers(network.dtype)).states[0]
        for tokens in (source, source[:, order])
    )
    return float(np.abs(one[order] - other).max())


def test_12_shape_square_and_causal_mask() -> None:
    assert right(12) == "(2, 3, 5)"
    found = traced("transformer", "3 1 4 1 5 9")
    in_decoder: NDArray[Any] = found.looks[Where(DECODER, 0)].weights
    assert ((in_decoder > 0).sum(axis=-1) == np.arange(1, 8)).all()
    assert (found.heads_on_source > 0).all()
    assert "24 have 4 times as many weights as 12" in said(12)
    assert "third output looks at 6 inputs, but in its decoder at 3 places" in said(12)


RIGHT = (
    "2, the right word before",
    "11, its own word before",
    0.7 * 10 + 0.2 * 20 + 0.1 * 30,
    "0.0 %",
    "no",
    softmax(0.4, 1.2, -0.6)[0],
    1 / 3,
    16,
    math.sqrt(64),
    "when its weight is 1",
    0.5,
    0.5,
    "no",
    "no",
    "(2, 3, 5)",
    "keys",
    6,
    3,
    24**2 / 12**2,
    "its own words",
    (3 + 1) + (7 + 1),
    "by switching it off",
    0,
    6,
    100 * 0.98**12,
)


@cache
def quiz() -> list[dict[str, Any]]:
    last = list(LESSONS.values())[-1]
    assert isinstance(last.question, Quiz)
    asked: list[dict[str, Any]] = last.question.asked(None)["questions"]
    return asked


@pytest.mark.parametrize(("at", "expected"), [*enumerate(RIGHT)])
def test_the_right_answer_of_each_question_of_the_quiz(at: int, expected: str | float) -> None:
    one = quiz()[at]
    if "answers" in one:
        assert one["answers"][one["right"]] == expected
    else:
        assert one["right"] == pytest.approx(expected, abs=one["within"])


def test_the_quiz_has_25_questions_each_with_a_page_as_evidence() -> None:
    asked = quiz()
    assert len(asked) == len(RIGHT) == 25
    assert all(one["see"] for one in asked)


def test_what_the_quiz_says_of_interventions() -> None:
    sequence = "3 1 4 1 5 9"
    before = traced("reverse", sequence).outputs
    equal = traced("reverse", sequence, Flatten()).outputs
    assert (before[:6] != equal[:6]).all()
    whole = traced("transformer", sequence).outputs
    assert (traced("transformer", sequence, SwitchOff(1, 0)).outputs == whole).all()


def test_what_the_quiz_says_of_scores_that_are_not_scaled() -> None:
    draws = np.random.default_rng(1).standard_normal((2, 2000, 256))
    assert (draws[0] * draws[1]).sum(axis=1).std() == pytest.approx(16, abs=1)
    sharp = np.array(softmax(8, -8, 0))
    assert sharp.max() > 0.99
    assert (sharp * (1 - sharp)).max() < 0.01  # what the softmax lets through


def test_what_the_quiz_says_of_training_without_teacher_forcing() -> None:
    model = Seq2SeqAttentionModel.from_config(ModelConfig(), 31, 6, 6, seed=0)
    source, target = np.array([[3, 1, 4, 1, 5, 9]]), np.array([[9, 5, 1, 4, 1, 3]])
    read = scheduled_inputs(model.network, source, target, np.zeros(6, np.bool_))
    own = trace(model.network, source[0], 6, limit=6)
    count = len(own.inputs)
    assert read[0, :count].tolist() == own.inputs.tolist()
    assert (own.outputs[:6] != target[0, :count]).mean() > 0.5  # before anything is learned


def links() -> list[See]:
    found = [see for one in LESSONS.values() for see in one.see]
    last = list(LESSONS.values())[-1].question
    assert isinstance(last, Quiz)
    return found + last.links


@pytest.mark.parametrize("see", links(), ids=lambda see: see.href)
def test_each_link_is_understood_by_its_page(see: See) -> None:
    if see.page == "race":
        assert see.texts.get("story") in races() or (EXAMPLES / see.texts["race"]).exists()
        return
    if see.page == "lengths":
        view, complaints = lengths.from_link(see.texts, 100)
        runs = list(view.runs)
    else:
        one, complaints = {"attend": attend, "replay": replay}[see.page].from_link(see.texts)
        runs = [one.run]
        open_trained(EXAMPLES / one.run).encode(one.source)
    assert complaints == []
    assert all((EXAMPLES / run).exists() for run in runs)
