"""Where beam search and greedy decoding part is told."""

from pathlib import Path

import numpy as np
import pytest

from seqflip.decoding import beam_search
from seqflip.runs.run import Run
from seqflip.runs.trained import open_trained
from seqflip.ui.attend.beam import hypotheses, where_they_differ
from seqflip.ui.attend.picture import answer
from seqflip.ui.parts.subject import Subject

EXAMPLES = Path(__file__).parents[3] / "examples"


def test_where_a_beam_finds_another_answer_is_told() -> None:
    run = Run(EXAMPLES / "bottleneck", bundled=True)
    subject = Subject(run, "bottleneck", "finished", open_trained(run), 0)
    network = subject.trained.model.network
    parted = 0
    for seed in range(20):
        source = subject.random_source(seed)
        greedy = answer(subject, source, None)
        search = beam_search(network, source, 12, 4)
        best, plain = list(search.hypotheses[0].tokens), greedy.trace.outputs.tolist()
        told = where_they_differ(greedy, search)
        if best == plain:
            assert told == "Its best answer is that of greedy decoding."
            continue
        parted += 1
        first = next(i for i, (a, b) in enumerate(zip(best, plain, strict=False)) if a != b)
        assert f"parts from greedy decoding at output {first + 1}:" in told
        assert search.hypotheses[0].log_probability > -1e9
        assert "greedy" not in hypotheses(greedy, search).split("</tr>")[1]
    assert parted > 0


@pytest.mark.parametrize("width", [2, 3, 4])
def test_a_worse_answer_is_never_called_best(width: int) -> None:
    run = Run(EXAMPLES / "bottleneck", bundled=True)
    subject = Subject(run, "bottleneck", "finished", open_trained(run), 0)
    source = [1, 1, 4, 1, 21, 16, 20, 8, 19, 23, 12]
    greedy = answer(subject, source, None)
    limit = subject.trained.answer_length(len(source))
    search = beam_search(subject.trained.model.network, source, limit, width)
    found = search.hypotheses[0]
    assert found.log_probability < np.log(greedy.confidence), "beam search lost the better one"
    told = where_they_differ(greedy, search)
    assert "Greedy decoding found a better answer" in told
    assert "best answer" not in told
    (lost,) = [row for row in hypotheses(greedy, search).split("</tr>") if "greedy" in row]
    assert "greedy, given up at output" in lost
