"""What the player is sent, and what is taken home: the model's own numbers, all of them at once."""

import base64
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqflip.runs.eventlog import EventReader
from seqflip.runs.run import Run
from seqflip.runs.steplog import read_curve
from seqflip.runs.trained import open_trained
from seqflip.study.chronicle import Chapter, Chronicle
from seqflip.study.replay import Replay
from seqflip.ui.replay.offline import as_html
from seqflip.ui.replay.reel import reel

EXAMPLES = Path(__file__).parents[3] / "examples"


def made(name: str, text: str) -> tuple[Replay, dict[str, Any]]:
    run = Run(EXAMPLES / name, bundled=True)
    trained = open_trained(run)
    source = trained.encode(text)
    replay = Replay(trained, run.snapshots_path, source, trained.right_answer(source))
    replay.update()
    events = EventReader(run.events_path)
    events.update()
    return replay, reel(trained, replay, read_curve(run.steps_path), events.happenings())


@pytest.fixture(scope="module")
def reverse() -> tuple[Replay, dict[str, Any]]:
    return made("reverse", "3 1 4 1 5 9")


def test_every_frame_has_the_models_numbers(reverse: tuple[Replay, dict[str, Any]]) -> None:
    replay, data = reverse
    assert len(data["frames"]) == len(replay.frames) >= 14
    for sent, frame in zip(data["frames"], replay.frames, strict=True):
        cells = np.frombuffer(base64.b64decode(sent["weights"]), np.uint8)
        np.testing.assert_allclose(cells.reshape(-1, 6) / 100, frame.weights, atol=0.00501)
        bars = [bar for _, bar in sent["shares"]]
        np.testing.assert_allclose(bars, frame.probabilities, atol=0.000501)
        assert (sent["step"], sent["right"]) == (frame.step, frame.right)
    assert data["labels"] == ["3", "1₁", "4", "1₂", "5", "9"]
    assert data["expected"] == ["9", "5", "1", "4", "1", "3", "⟨end⟩"]
    assert data["frames"][-1]["words"] == data["expected"]
    assert data["frames"][-1]["tokens"] == "7 of 7"
    assert data["rows"] == max(len(frame.outputs) for frame in replay.frames)
    assert data["truth"] == [[i, 5 - i] for i in range(6)]


def test_the_loss_is_that_of_the_step(reverse: tuple[Replay, dict[str, Any]]) -> None:
    _, data = reverse
    steps = read_curve(EXAMPLES / "reverse" / "steps.bin").lines["loss"]
    losses = dict(zip(steps.step.tolist(), steps.value.tolist(), strict=True))
    assert data["frames"][0]["loss"] == "–"
    for frame in data["frames"][1:]:
        assert float(frame["loss"]) == pytest.approx(losses[frame["step"]], rel=0.01)


def test_moments_name_the_frame_that_shows_them(reverse: tuple[Replay, dict[str, Any]]) -> None:
    _, data = reverse
    first = next(moment for moment in data["moments"] if moment["label"] == "first right answer")
    assert data["frames"][first["place"]]["right"] is True
    assert all(not frame["right"] for frame in data["frames"][: first["place"]])


@pytest.mark.parametrize(
    ("name", "text", "looks", "aligned"),
    [("bottleneck", "3 1 4 1", False, False), ("pairs", "3 may 2024", True, False)],
)
def test_what_a_run_has_not_is_not_shown(name: str, text: str, looks: bool, aligned: bool) -> None:
    _, data = made(name, text)
    assert (data["has_attention"], data["aligned"], data["truth"]) == (looks, aligned, [])
    assert {frame["alignment"] for frame in data["frames"]} == {"–"}


def test_figures_come_with_their_measure(reverse: tuple[Replay, dict[str, Any]]) -> None:
    replay, data = reverse
    assert data["chance"] == {
        "alignment": "by chance: 16.7 %",
        "loss": f"guessing: {np.log(31):.2f}",
    }
    assert replay.chance == pytest.approx(1 / 6)
    _, blind = made("bottleneck", "3 1 4 1")
    assert blind["chance"]["alignment"] == ""


def test_a_chapter_leads_to_the_frames_that_show_it() -> None:
    replay, _ = made("steps", "3 1 4 1 5 9")
    steps = [frame.step for frame in replay.frames]
    told = Chronicle(
        [
            Chapter("start", 0, 100, "Between snapshots that there are."),
            Chapter("steep", 101, 103, "Between two snapshots."),
            Chapter("rise", 100, 10_000, "Beyond the last."),
            Chapter("diverged", 10_000, 10_000, "After the last."),
        ],
        "One after the other.",
    )
    trained = open_trained(Run(EXAMPLES / "steps"))
    data = reel(trained, replay, None, None, told)
    assert data["order"] == told.order
    assert [one["text"] for one in data["chapters"]] == [one.text for one in told.chapters]
    shown = [(steps[one["place"]], steps[one["last"]]) for one in data["chapters"]]
    assert shown == [(0, 100), (114, 114), (100, 938), (938, 938)]


def test_what_is_taken_home_tells_it_too(reverse: tuple[Replay, dict[str, Any]]) -> None:
    _, data = reverse
    chapters = [{"text": "</script><b>Loss</b>", "place": 0, "last": 1}]
    page = as_html({**data, "chapters": chapters}, "x")
    assert "What happened, in order" in page
    assert "class Chronicle" in page
    assert "<b>Loss" not in page


def test_a_long_sequence_stays_small() -> None:
    _, data = made("reverse", "1 " * 100)
    assert len(json.dumps(data)) < 1_000_000


def test_what_is_taken_home_needs_nothing_else(reverse: tuple[Replay, dict[str, Any]]) -> None:
    _, data = reverse
    page = as_html(data, "</script><b>Ann & Bob</b>")
    assert "<b>" not in page
    assert "&lt;b&gt;Ann &amp; Bob" in page
    assert not re.search(r"^\s*(import|export)\b", page, re.MULTILINE)
    outside = re.findall(r"https?://[^\s\"')]+", page)
    assert set(outside) == {"http://www.w3.org/2000/svg"}, "a name, not an address"
    found = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["frames"] == json.loads(json.dumps(data["frames"]))


def test_tokens_of_ones_own_cannot_break_out(reverse: tuple[Replay, dict[str, Any]]) -> None:
    _, data = reverse
    page = as_html({**data, "source": ["</script><script>alert(1)</script>"]}, "x")
    assert "<script>alert" not in page


def test_each_frame_names_the_output_whose_attention_moves_most_from_there() -> None:
    replay, data = made("reverse", "3 1 4 1 5 9")
    pairs = pairwise(replay.frames)
    for (before, after), sent in zip(pairs, data["frames"][:-1], strict=True):
        rows = min(len(before.weights), len(after.weights))
        moved = np.abs(after.weights[:rows] - before.weights[:rows]).sum(axis=1)
        assert sent["row"] - 1 == moved.argmax()
        assert "through" not in sent
    assert data["frames"][-1]["row"] == data["frames"][-2]["row"]


def test_of_a_transformer_it_names_the_head_as_well() -> None:
    replay, data = made("transformer", "3 1 4 1 5 9")
    first, second = replay.frames[3:5]
    rows = min(first.heads.shape[1], second.heads.shape[1])
    moved = np.abs(first.heads[:, :rows] - second.heads[:, :rows]).sum(axis=2)
    head, row = np.unravel_index(moved.argmax(), moved.shape)
    sent = data["frames"][3]
    assert (sent["row"], sent["through"]) == (row + 1, f"cross-{head // 4 + 1}-{head % 4 + 1}")
