"""The drawn model of a replay: at each snapshot that of its step."""

import numpy as np

from seqflip.runs.run import Run
from seqflip.runs.trained import EXAMPLES, open_trained
from seqflip.study.replay import Replay
from seqflip.ui.replay.drawn import drawn_replay

SOURCE = "3 1 4 1 5"


def replayed(name: str) -> tuple[Replay, dict[str, object]]:
    run = Run(EXAMPLES / name)
    trained = open_trained(run)
    replay = Replay(trained, run.snapshots_path, trained.encode(SOURCE), None)
    assert replay.update()
    return replay, dict(drawn_replay(trained, replay))


def test_each_frame_has_the_weights_and_states_of_its_snapshot() -> None:
    replay, drawn = replayed("reverse")
    frames = drawn["frames"]
    assert isinstance(frames, list)
    assert len(frames) == len(replay.frames)
    for shown, frame in zip(frames, replay.frames, strict=True):
        assert np.allclose(np.array(shown["weights"]) / 100, frame.weights, atol=0.006)
        assert len(shown["decoder"]) == len(frame.outputs) == len(shown["next"])
        assert "inputs" not in shown  # which are the same at all of them


def test_without_attention_there_are_no_arcs() -> None:
    _, drawn = replayed("bottleneck")
    assert drawn["weights"] is None


def test_a_transformer_has_the_heads_of_its_last_block() -> None:
    replay, drawn = replayed("transformer")
    heads = drawn["heads"]
    assert isinstance(heads, list)
    assert np.allclose(np.array(heads) / 100, replay.frames[0].heads[-len(heads) :], atol=0.006)
    assert len(heads) < len(replay.frames[0].heads)
