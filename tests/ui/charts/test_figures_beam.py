"""The tree of a beam search as a figure."""

import numpy as np
import pytest

from seqflip.decoding import beam_search, trace
from seqflip.ui.charts.figures import beam_tree
from seqflip.ui.charts.figures_beam import given_up_at, path_of, tree_height
from tests.decoding.conftest import lively

SOURCE = [3, 1, 4, 1, 5]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1, 3, 8])
def test_every_candidate_is_a_node_with_its_token(width: int, dark: bool) -> None:
    model = lively()
    search = beam_search(model.network, SOURCE, 6, width)
    greedy = trace(model.network, SOURCE, model.tgt_length).outputs.tolist()
    figure = beam_tree(search, greedy, lambda token: f"<{token}>", dark=dark)
    nodes = figure.data[-1]
    candidates = [node for step in search.steps for node in step]
    assert list(nodes.text[1:]) == [f"&lt;{node.token}&gt;" for node in candidates]
    assert [float(one[0]) for one in nodes.customdata[1:]] == pytest.approx(
        [node.log_probability for node in candidates], abs=1e-4
    )
    given_up, kept, best, _ = figure.data[:4]
    assert len(kept.x) == 3 * sum(node.kept for node in candidates)
    assert len(given_up.x) == 3 * sum(not node.kept for node in candidates)
    assert len(best.x) == 3 * len(search.hypotheses[0].tokens)
    assert figure.layout.height == tree_height(search)


def test_the_best_answer_has_a_way_through_the_tree() -> None:
    search = beam_search(lively().network, SOURCE, 6, 4)
    for hypothesis in search.hypotheses:
        way = path_of(search, hypothesis.tokens)
        assert len(way) == 1 + len(hypothesis.tokens)
        assert [search.steps[t][i].token for t, i in way[1:]] == list(hypothesis.tokens)
        parents = [search.steps[t][i].parent for t, i in way[1:]]
        assert parents == [i for _, i in way[:-1]]


def test_where_an_answer_was_given_up_is_found() -> None:
    search = beam_search(lively().network, SOURCE, 6, 1)
    assert given_up_at(search, search.hypotheses[0].tokens) is None
    assert given_up_at(search, [search.steps[0][1].token]) == 0
    absent = next(token for token in range(9) if token not in {n.token for n in search.steps[0]})
    assert given_up_at(search, [absent]) == 0


def test_a_way_ends_where_the_search_gave_it_up() -> None:
    search = beam_search(lively().network, SOURCE, 6, 1)
    other = [search.steps[0][1].token, *search.hypotheses[0].tokens[1:]]
    assert path_of(search, other) == [(-1, -1), (0, 1)]
    absent = next(token for token in range(9) if token not in {n.token for n in search.steps[0]})
    assert path_of(search, [absent]) == [(-1, -1)]
    assert np.isfinite(search.hypotheses[0].score)
