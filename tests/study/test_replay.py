"""A replay shows what the model gave at each step, and finds the moments worth seeing."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.decoding import Trace, trace
from seqflip.learning.events import Started, StepDone
from seqflip.learning.training import train
from seqflip.runs.creation import create_run
from seqflip.runs.run import Run, RunInfo
from seqflip.runs.snapshots import snapshot_steps
from seqflip.runs.thinning import Line
from seqflip.runs.trained import open_trained
from seqflip.session.opening import open_run
from seqflip.session.recorder import Recorder
from seqflip.study.replay import Frame, Replay, moments

SETTINGS = [
    *("data.n_train=300", "data.n_test=20", "data.src_length=5", "data.vocab_size=9"),
    *("model.d_model=16", "model.d_k=8", "model.d_v=8", "training.epochs=4"),
    *("training.batch_size=20", "training.learning_rate=0.02", "logging.snapshots=12"),
]
SOURCE = [3, 1, 4, 1]


def trained_run(folder: Path, *settings: str) -> tuple[Run, dict[int, Trace]]:
    """Train, and note what the model gives at each step that is kept."""
    config = override(Config(), [*SETTINGS, *settings])
    run = create_run(folder, config, RunInfo())
    _, dataset, state, _ = open_run(run)
    recorder = Recorder(run, config, dataset, state, resumed=False)
    kept = snapshot_steps(config.total_steps, config.logging.snapshots)
    given = {}
    for event in train(state, dataset):
        recorder.record(event)
        if isinstance(event, Started | StepDone) and state.step in kept:
            given[state.step] = trace(state.network, SOURCE, dataset.tgt_length)
    recorder.checkpoint()
    recorder.publish("finished")
    recorder.close()
    return run, given


def replayed(run: Run) -> Replay:
    trained = open_trained(run)
    replay = Replay(trained, run.snapshots_path, SOURCE, trained.right_answer(SOURCE))
    assert replay.update()
    assert not replay.update()
    return replay


@pytest.mark.parametrize(
    "settings",
    [
        [],
        ["model.attention=none"],
        ["model.attention=additive", "model.cell=lstm", "model.input_feeding=true"],
        ["model.dropout=0.3", "model.layers=2", "training.teacher_forcing_ratio=0.5"],
    ],
    ids=["plain", "none", "fed", "dropout"],
)
def test_a_replay_is_what_the_model_gave_at_that_step(tmp_path: Path, settings: list[str]) -> None:
    run, given = trained_run(tmp_path / "run", *settings)
    frames = replayed(run).frames
    assert [frame.step for frame in frames] == list(given)
    assert len(frames) == 12
    for frame in frames:
        then = given[frame.step]
        assert frame.outputs == tuple(then.outputs)
        np.testing.assert_array_equal(frame.weights, then.weights)
        np.testing.assert_array_equal(frame.probabilities, then.output_probabilities)


def test_each_output_is_compared_with_the_right_one(tmp_path: Path) -> None:
    run, _ = trained_run(tmp_path / "run")
    replay = replayed(run)
    assert replay.right == (1, 4, 1, 3, 0)
    for frame in replay.frames:
        assert frame.correct is not None
        assert len(frame.correct) == len(frame.outputs)
        assert frame.right == (frame.outputs == replay.right)
        for i, (output, correct) in enumerate(zip(frame.outputs, frame.correct, strict=True)):
            assert correct == (replay.right[i : i + 1] == (output,))
        rows = min(len(frame.outputs), 4)
        on_truth = [frame.weights[i, 3 - i] for i in range(rows)]
        assert frame.alignment == pytest.approx(np.mean(on_truth))


def test_the_run_itself_stays_as_it_is(tmp_path: Path) -> None:
    run, _ = trained_run(tmp_path / "run")
    trained = open_trained(run)
    before = trained.model.network.parameters.flat.copy()
    Replay(trained, run.snapshots_path, SOURCE, None).update()
    np.testing.assert_array_equal(trained.model.network.parameters.flat, before)


def test_a_growing_run_is_followed_and_one_that_went_back_is_read_anew(tmp_path: Path) -> None:
    run, _ = trained_run(tmp_path / "run")
    whole = run.snapshots_path.read_bytes()
    size = (len(whole) - 24) // 12
    run.snapshots_path.write_bytes(whole[: 24 + 7 * size])
    replay = replayed(run)
    early = list(replay.frames)
    assert len(early) == 7
    with open(run.snapshots_path, "ab") as file:
        file.write(whole[24 + 7 * size :])
    assert replay.update()
    assert replay.frames[:7] == early
    assert len(replay.frames) == 12
    shorter = run.folder / "shorter"
    shorter.write_bytes(whole[: 24 + 3 * size])
    shorter.rename(run.snapshots_path)
    assert replay.update()
    assert len(replay.frames) == 3


def test_a_run_that_was_stopped_shows_its_end(tmp_path: Path) -> None:
    config = override(Config(), SETTINGS)
    run = create_run(tmp_path / "run", config, RunInfo())
    _, dataset, state, _ = open_run(run)
    recorder = Recorder(run, config, dataset, state, resumed=False)
    for event in train(state, dataset):
        recorder.record(event)
        if isinstance(event, StepDone) and event.step == 31:
            break
    recorder.checkpoint()
    recorder.publish("stopped")
    recorder.close()
    assert 31 not in snapshot_steps(config.total_steps, config.logging.snapshots)
    frame = replayed(run).frames[-1]
    assert frame.step == 31
    expected = trace(state.network, SOURCE, dataset.tgt_length)
    np.testing.assert_array_equal(frame.weights, expected.weights)


def test_a_run_without_snapshots_has_nothing_to_replay(tmp_path: Path) -> None:
    run, _ = trained_run(tmp_path / "run")
    run.snapshots_path.unlink()
    replay = Replay(open_trained(run), run.snapshots_path, SOURCE, None)
    assert not replay.update()
    assert replay.frames == []


# ------------------------------------------------------------------ moments


def frames(*values: tuple[int, bool | None, float | None]) -> list[Frame]:
    none: Any = np.empty(0)
    return [
        Frame(step, (), none, none, none, None, right, mass, none, none, none)
        for step, right, mass in values
    ]


def test_the_first_right_answer_and_where_it_was_lost() -> None:
    seen = frames(
        *((0, False, None), (5, False, None), (9, True, None)),
        *((14, True, None), (20, False, None), (30, True, None), (50, False, None)),
    )
    found = [(one.kind, one.place, one.step) for one in moments(seen, None)]
    assert found == [("right", 2, 9), ("lost", 4, 20)]


def test_the_alignment_rises_fastest_by_step_and_falls_lowest() -> None:
    seen = frames(
        *((0, None, 0.1), (10, None, 0.2), (15, None, 0.5), (40, None, 0.9)),
        *((60, None, 0.75), (80, None, 0.6), (100, None, 0.8)),
    )
    found = [(one.kind, one.place, one.step) for one in moments(seen, None)]
    assert found == [("rise", 2, 15), ("fall", 5, 80)]


def test_what_hardly_changes_is_no_moment() -> None:
    assert moments(frames((0, False, 0.5), (10, False, 0.52), (20, False, 0.4)), None) == []
    assert moments(frames((0, None, None), (10, None, None)), None) == []
    assert moments([], None) == []


def test_a_jump_of_the_loss_is_shown_by_the_next_snapshot() -> None:
    steps = np.arange(1, 201)
    calm = np.array([2.0 / step**0.5 for step in steps])
    assert moments(frames((0, None, None), (200, None, None)), Line(steps, calm)) == []
    calm[119] += 1.5
    seen = frames((0, None, None), (100, None, None), (150, None, None), (200, None, None))
    found = [(one.kind, one.place, one.step) for one in moments(seen, Line(steps, calm))]
    assert found == [("spike", 2, 120)]


def test_only_the_highest_jump_is_marked_and_only_if_it_stands_out() -> None:
    steps = np.arange(1, 201)
    calm = np.array([2.0 / step**0.5 for step in steps])
    calm[119] += 1.5
    calm[159] += 0.9
    seen = frames((0, None, None), (125, None, None), (200, None, None))
    assert [one.step for one in moments(seen, Line(steps, calm))] == [120]
    noisy = np.where(steps % 2, 2.0, 2.6)
    noisy[119] += 0.2
    assert moments(seen, Line(steps, noisy)) == []
    calm[50:60] = np.nan
    assert [one.step for one in moments(seen, Line(steps, calm))] == [120]
