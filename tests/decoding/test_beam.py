"""Beam search against all answers that there are."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from seqflip.decoding import beam_search, greedy
from seqflip.nn.functional import log_softmax
from seqflip.nn.network import Network
from tests.nn.gradients import buffers, network

SOURCE = [1, 2, 1]
LIMIT = 3
Answer = tuple[int, ...]
seeds = pytest.mark.parametrize("seed", range(4))


def small(seed: int, **options: Any) -> Network:
    return network(seed, vocab_size=3, **options)


def all_answers() -> list[Answer]:
    """Return all answers over {0, 1, 2}: those that end, and those that the limit cuts."""
    symbols = (1, 2)
    ended = [(*a, 0) for n in range(LIMIT) for a in product(symbols, repeat=n)]
    return ended + list(product(symbols, repeat=LIMIT))


def log_probability(made: Network, answer: Answer) -> float:
    """Return the sum over an answer's tokens of their log probabilities, teacher-forced."""
    target = np.array([answer])
    log_p = log_softmax(made.forward(np.array([SOURCE]), made.shifted(target)).logits[0])
    return float(log_p[np.arange(len(answer)), answer].sum())


@seeds
@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"cell": "lstm", "layers": 2, "input_feeding": True},
        {"attention": "shift", "source_marks": True},
        {"attention": "location"},
    ],
    ids=str,
)
def test_a_wide_beam_finds_all_answers_best_first(
    options: dict[str, Any], penalty: float, seed: int
) -> None:
    made = small(seed, **options)
    scores = {a: log_probability(made, a) / len(a) ** penalty for a in all_answers()}
    found = beam_search(made, SOURCE, LIMIT, width=len(scores), length_penalty=penalty).hypotheses
    assert [h.tokens for h in found] == sorted(scores, key=lambda a: -scores[a])
    assert [h.score for h in found] == pytest.approx(sorted(scores.values(), reverse=True))
    assert np.exp([h.log_probability for h in found]).sum() == pytest.approx(1)


@seeds
def test_width_one_is_greedy_decoding(seed: int) -> None:
    made = network(seed)
    source = made.read(np.array([SOURCE]), None, buffers())
    (only,) = beam_search(made, SOURCE, limit=7, width=1).hypotheses
    answer = greedy(made, source, 7)[0].tolist()
    assert answer == [*only.tokens, *[0] * (7 - len(only.tokens))]


@seeds
@pytest.mark.parametrize("width", [2, 3, 5])
def test_as_many_answers_as_asked_for_with_their_true_scores_best_first(
    width: int, seed: int
) -> None:
    made = small(seed)
    found = beam_search(made, SOURCE, LIMIT, width, length_penalty=0.7).hypotheses
    assert len({h.tokens for h in found}) == len(found) == width
    assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)
    for hypothesis in found:
        assert hypothesis.tokens in all_answers()
        expected = log_probability(made, hypothesis.tokens)
        assert hypothesis.log_probability == pytest.approx(expected)
        assert hypothesis.score == pytest.approx(expected / len(hypothesis.tokens) ** 0.7)


@seeds
@pytest.mark.parametrize("width", [1, 2, 4])
def test_the_tree_tells_how_each_answer_was_found(width: int, seed: int) -> None:
    made = small(seed)
    search = beam_search(made, SOURCE, LIMIT, width)
    answers: list[Answer] = []
    paths: list[Answer] = [()]
    for t, nodes in enumerate(search.steps):
        logs = [node.log_probability for node in nodes]
        assert logs == sorted(logs, reverse=True)
        assert len(nodes) <= 2 * width
        kept = [node.kept for node in nodes]
        assert kept == sorted(kept, reverse=True)  # the best are kept
        assert sum(kept) + len(answers) <= width
        below = paths
        paths = [(*below[n.parent if t else 0], n.token) for n in nodes]
        for node, path in zip(nodes, paths, strict=True):
            assert node.log_probability == pytest.approx(log_probability(made, path))
            assert node.score == pytest.approx(node.log_probability / len(path))
            if t == 0:
                assert node.parent == -1
            else:
                parent = search.steps[t - 1][node.parent]
                assert parent.kept
                assert parent.token != 0
            if node.kept and (node.token == 0 or t == LIMIT - 1):
                answers.append(path)
    assert sorted(answers) == sorted(h.tokens for h in search.hypotheses)


@pytest.mark.parametrize(("width", "limit"), [(0, 3), (-1, 3), (2, 0)])
def test_a_width_or_limit_below_one_is_refused(width: int, limit: int) -> None:
    with pytest.raises(ValueError, match="must be at least 1"):
        beam_search(small(0), SOURCE, limit, width)
