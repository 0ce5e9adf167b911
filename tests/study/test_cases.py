"""Each case fits its definition, as computed here anew, on the models that come with SeqFlip."""

import math
from functools import cache

import numpy as np
import pytest

from seqflip.data.tasks import true_alignment
from seqflip.decoding import Force, beam_search, trace
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES, Trained, open_trained
from seqflip.study.cases import (
    BY_HEART,
    SMALL,
    TOO_FAST,
    Answers,
    Deaf,
    Peeking,
    Small,
    aligned_and_wrong,
    answers_of_length,
    beam_loses,
    beam_rescues,
    drags_on,
    first_lost,
    forced_from_lost,
    forced_right,
    held_out_answers,
    most_tokens_few_answers,
    places,
    runs_on,
    softmax_over_outputs,
    train_small,
    without_mask,
)
from seqflip.study.cases.beams import WIDTH
from seqflip.study.measures import measure


@cache
def trained(name: str) -> Trained:
    return open_trained(EXAMPLES / name)


@cache
def held_out(name: str) -> Answers:
    return held_out_answers(Run(EXAMPLES / name), trained(name))


def answer(name: str, source: list[int]) -> list[int]:
    """Return the answer of a run alone, without a batch or padding."""
    model = trained(name)
    said: list[int] = trace(model.model.network, source, model.model.tgt_length).outputs.tolist()
    return said


def told(name: str, source: list[int], right: list[int]) -> list[int]:
    """Return what a run says when it is told the right word before each."""
    model = trained(name)
    forced = trace(model.model.network, source, model.model.tgt_length, target=right)
    said: list[int] = forced.outputs.tolist()
    return said


def mistakes(said: list[int], right: list[int]) -> int:
    return sum(a != b for a, b in zip(said, right, strict=False))


def test_answers_are_those_of_each_sequence_alone() -> None:
    answers = held_out("sort")
    for row in range(5):
        source = answers.source(row)
        assert answers.answer(row) == answer("sort", source)
        assert answers.right(row) == trained("sort").right_answer(source)
        assert answers.told(row) == told("sort", source, answers.right(row))


def test_most_tokens_are_right_and_few_answers() -> None:
    tried = [answers_of_length(trained("reverse"), length) for length in range(13, 19)]
    found = most_tokens_few_answers(tried)
    assert found is not None
    for row in range(10):
        assert found.answer(row) == answer("reverse", found.source(row))
    right = [found.source(row)[::-1] for row in range(len(found.x_src))]
    said = [list(one) for one in found.free]
    wrong = [mistakes(one, other) for one, other in zip(said, right, strict=True)]
    assert 1 - sum(wrong) / sum(map(len, right)) == pytest.approx(found.token_accuracy)
    assert wrong.count(0) / len(wrong) == found.exact_match
    assert found.token_accuracy >= 0.8
    assert found.exact_match <= 0.2
    assert found is tried[1]
    assert tried[0].exact_match > 0.2


def test_a_look_at_the_right_places_with_a_wrong_answer() -> None:
    answers = held_out("addition")
    row = aligned_and_wrong(answers)
    assert row is not None
    source, right = answers.source(row), answers.right(row)
    assert answer("addition", source) != right
    model = trained("addition")
    seen = trace(model.model.network, source, model.model.tgt_length, target=right)
    truth = true_alignment("addition", [source], [right])
    assert truth is not None
    on_truth = [seen.weights[t][truth[0, t]].sum() for t in range(len(right)) if truth[0, t].any()]
    assert np.mean(on_truth) >= 0.95
    assert np.mean(on_truth) == pytest.approx(answers.alignment(row), abs=1e-5)


def test_one_error_that_drags_on_and_is_one_with_the_right_words() -> None:
    answers = held_out("copy")
    row = drags_on(answers)
    assert row is not None
    source, right = answers.source(row), answers.right(row)
    assert mistakes(answer("copy", source), right) >= 3
    assert mistakes(told("copy", source, right), right) == 1
    assert trained("copy").config.training.teacher_forcing_ratio == 1


def test_an_end_mark_that_is_lost() -> None:
    answers = answers_of_length(trained("reverse"), 3)
    row = runs_on(answers)
    assert row is not None
    source = answers.source(row)
    said = answer("reverse", source)
    assert said[:3] == source[::-1]
    assert said[3] != 0
    assert answer("steps", source) == [*source[::-1], 0]


def test_a_beam_that_rescues() -> None:
    answers = held_out("copy")
    found = beam_rescues(answers)
    assert found is not None
    source = answers.source(found.row)
    assert answer("copy", source) != [*source, 0]
    searched = beam_search(trained("copy").model.network, source, 12, WIDTH)
    assert list(searched.hypotheses[0].tokens) == [*source, 0]
    earlier = np.flatnonzero(answers.wrong[: found.row].any(axis=1)).tolist()
    network = trained("copy").model.network
    for row in earlier:
        tried = beam_search(network, answers.source(row), 12, WIDTH).hypotheses[0]
        assert list(tried.tokens) != answers.right(row)


def test_a_beam_that_loses() -> None:
    answers = held_out("sort")
    found = beam_loses(answers)
    assert found is not None
    source = answers.source(found.row)
    right = [*sorted(source), 0]
    assert answer("sort", source) == right
    limit = trained("sort").answer_length(len(source))
    searched = beam_search(trained("sort").model.network, source, limit, WIDTH)
    assert list(searched.hypotheses[0].tokens) != right


def test_without_a_mask_pads_take_their_share_and_leave_the_rest_in_proportion() -> None:
    answers = held_out("sort")
    found = without_mask(answers)
    assert found is not None
    source, right = answers.source(found.row), answers.right(found.row)
    assert answers.answer(found.row) == right
    assert found.answer != right
    np.testing.assert_allclose(found.wrong_weights.sum(axis=1), 1, atol=1e-5)
    on_tokens = found.wrong_weights[:, : len(source)]
    assert (found.wrong_weights[:, len(source) :] > 0).all()
    alone = trace(trained("sort").model.network, source, 10, target=right).weights
    shares = on_tokens / on_tokens.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(shares, alone, atol=1e-4)
    assert found.exact_match < answers.exact_match - 0.1


def test_a_softmax_over_outputs_makes_columns_of_one() -> None:
    answers = held_out("reverse")
    found = softmax_over_outputs(answers)
    assert found is not None
    network = trained("reverse").model.network
    here = slice(found.row, found.row + 1)
    done = network.forward(answers.x_src[here], network.shifted(answers.x_tgt[here]))
    scores = done.looked.scores[0].astype(float)
    shares = np.exp(scores) / np.exp(scores).sum(axis=0)
    source = answers.source(found.row)
    rows = len(answers.right(found.row))
    expected, made = shares[:rows, : len(source)], found.wrong_weights[:, : len(source)]
    np.testing.assert_allclose(made, expected, atol=1e-4)
    assert found.exact_match == 0
    assert made.sum(axis=1).max() > 1.5


def test_beyond_the_trained_length_the_look_loses_its_place_and_steps_keep_it() -> None:
    reverse, steps = (answers_of_length(trained(name), 15) for name in ("reverse", "steps"))
    assert np.array_equal(reverse.x_src, steps.x_src)
    row = first_lost(reverse, steps)
    assert row is not None
    source = reverse.source(row)
    assert answer("reverse", source) != source[::-1]
    assert answer("steps", source) == source[::-1]
    looked = places(trained("reverse"), source)
    seen = trace(trained("reverse").model.network, source, 12)
    for t, place in enumerate(looked):
        assert place.should == 14 - t
        assert place.looked == seen.weights[t].argmax()
        assert place.on_place == pytest.approx(seen.weights[t, 14 - t])
        assert place.said == seen.outputs[t]
    lost = next(i for i, place in enumerate(looked) if place.lost)
    assert lost >= 11
    assert looked[lost].said != looked[lost].right
    assert not any(place.lost for place in places(trained("steps"), source))


def test_it_is_the_look_that_fails_there() -> None:
    model = trained("reverse")
    answers = answers_of_length(model, 15)
    source = answers.source(0)
    edits = forced_from_lost(model, source)
    first = edits[0].row
    assert first is not None
    assert edits == [Force(14 - row, row) for row in range(first, 15)]
    assert not forced_right(model, source, [])
    assert forced_right(model, source, edits)


def test_the_searches_find_the_same_each_time() -> None:
    again = held_out_answers(Run(EXAMPLES / "copy"), open_trained(EXAMPLES / "copy"))
    assert drags_on(again) == drags_on(held_out("copy"))
    found, before = beam_rescues(again), beam_rescues(held_out("copy"))
    assert found is not None
    assert before is not None
    assert found.row == before.row


def test_the_measures_are_those_that_the_training_ended_with() -> None:
    found = measure(Run(EXAMPLES / "sort"), trained("sort"))
    metrics = Run(EXAMPLES / "sort").metrics()
    assert metrics is not None
    assert found.found.loss == pytest.approx(metrics["test_loss"], rel=1e-3)
    assert found.found.sequence_accuracy == metrics["test_sequence_accuracy"]
    assert found.found.alignment == pytest.approx(metrics["test_alignment"], abs=1e-4)
    assert found.alignment_by_chance is not None
    assert found.found.alignment is not None
    assert found.alignment_by_chance < found.found.alignment


@cache
def twin() -> Small:
    return train_small()


def test_a_target_that_is_not_shifted_makes_the_accuracy_a_lie() -> None:
    small = train_small(kind=Peeking)
    assert np.array_equal(small.network.shifted(small.dataset.x_tgt_test), small.dataset.x_tgt_test)
    assert small.held_out.forced_accuracy > 0.99
    assert small.held_out.loss < 0.01
    assert small.held_out.sequence_accuracy < 0.05
    assert twin().held_out.accuracy > small.held_out.accuracy + 0.4


def test_a_decoder_that_never_hears_gives_one_answer_and_guesses() -> None:
    small = train_small(kind=Deaf)
    asked = small.dataset.x_src_test[:8]
    answers = {tuple(trace(small.network, one, 6).outputs.tolist()) for one in asked}
    assert len(answers) == 1
    symbols = SMALL["data.vocab_size"] - 1
    assert small.held_out.loss == pytest.approx(math.log(symbols), abs=0.03)
    assert twin().held_out.accuracy > 0.9


def test_too_high_a_learning_rate_drives_the_loss_up() -> None:
    small = train_small(TOO_FAST)
    assert small.losses.max() > 5 * small.losses[0]
    assert small.losses[-1] > 5 * twin().losses[-1]
    assert small.held_out.accuracy < 0.5


def test_few_data_are_learned_by_heart() -> None:
    small = train_small(BY_HEART)
    assert small.seen.sequence_accuracy > 0.95
    assert small.held_out.sequence_accuracy < 0.1
    assert small.held_out.loss > math.log(SMALL["data.vocab_size"] - 1)
    assert abs(twin().seen.sequence_accuracy - twin().held_out.sequence_accuracy) < 0.1
