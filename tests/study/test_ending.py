"""What the end mark needs to see, against whole answers that are not allowed to see it."""

import pytest

from seqflip.decoding import Forbid, Force, Trace, trace
from seqflip.nn import Network, softmax
from seqflip.runs.held_out import held_out
from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES, Trained, open_trained
from seqflip.study.ending import Written, ending

KINDS = ("reverse", "additive", "copy", "steps", "transformer", "numbers-in-words")
SOURCE = "6 1 4 5 2"


@pytest.fixture(scope="module", params=KINDS)
def trained(request: pytest.FixtureRequest) -> Trained:
    return open_trained(EXAMPLES / request.param)


def answered(trained: Trained, *edits: Forbid | Force) -> Trace:
    network: Network = trained.model.network
    source = trained.encode(SOURCE)
    return trace(network, source, trained.model.tgt_length, interventions=edits)


def test_it_is_what_an_answer_comes_to_that_may_not_look_there(trained: Trained) -> None:
    found = answered(trained)
    end = ending(found)
    assert end is not None
    assert (end.row, end.seen.token) == (len(found.outputs) - 1, 0)
    assert end.weight == found.weights[end.row].max() == found.weights[end.row, end.column]
    places = range(found.weights.shape[1])
    for written, forbidden in ((end.unseen, [end.column]), (end.blind, places)):
        again = answered(trained, *(Forbid(place, row=end.row) for place in forbidden))
        logits = again.logits[end.row]
        assert written is not None
        assert written.token == logits.argmax()
        assert written.share_of_end == pytest.approx(float(softmax(logits)[0]), rel=1e-4)


@pytest.mark.parametrize("name", ["reverse", "additive", "sort", "steps", "dates"])
def test_a_recurrent_model_ends_by_its_state_whether_it_looks_or_not(name: str) -> None:
    run = Run(EXAMPLES / name)
    trained = open_trained(run)
    found = []
    for row in held_out(run).x_src_test[:10]:
        source = row[row != 0]
        limit = trained.answer_length(len(source))
        answer = trace(trained.model.network, source, trained.model.tgt_length, limit=limit)
        if (end := ending(answer)) is not None:
            assert end.unseen is not None
            assert end.blind is not None
            found.append((end.unseen.ends, end.blind.ends))
    assert len(found) >= 8
    assert all(blind for _, blind in found)
    if name == "steps":
        assert not any(unseen for unseen, _ in found), "elsewhere it sees a token to write"


def test_an_answer_that_is_cut_off_has_no_end() -> None:
    trained = open_trained(EXAMPLES / "reverse")
    found = trace(trained.model.network, [3, 1, 4, 1], 12, limit=3)
    assert ending(found) is None


def test_a_model_that_does_not_look_has_nothing_to_tell() -> None:
    trained = open_trained(EXAMPLES / "bottleneck")
    assert ending(trace(trained.model.network, [3, 1, 4, 1], 12)) is None


def test_where_it_was_forced_to_look_nothing_is_tried() -> None:
    trained = open_trained(EXAMPLES / "reverse")
    free = ending(answered(trained))
    assert free is not None
    forced = ending(answered(trained, Force(free.column, row=free.row)))
    assert forced is not None
    assert forced.weight == 1
    assert forced.unseen is forced.blind is None


def test_what_ends_is_the_end_mark() -> None:
    assert Written(0, 0.4).ends
    assert not Written(3, 0.4).ends
