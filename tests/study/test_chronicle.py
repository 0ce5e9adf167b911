"""What the chronicle says is what the logs say, in the order in which it happened."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqflip.runs.eventlog import EventReader
from seqflip.runs.run import Run
from seqflip.runs.steplog import RECORD
from seqflip.runs.thinning import Line
from seqflip.runs.trained import open_trained
from seqflip.study.by_chance import by_chance
from seqflip.study.chronicle import NOTHING, Chance, Chronicle, Curves, chronicle, read_loss
from seqflip.study.replay import Replay

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/steps.bin"))
TYPED = {
    **{"addition": "342+58", "dates": "july 4 1999", "french": "the black cat sleeps"},
    **{"numbers-in-words": "342", "pairs": "3 may 2024", "pig-latin": "string"},
    "words-to-number": "three hundred forty two",
}
NONE = Line(np.empty(0, np.int64), np.empty(0))
NUMBER = r"([\d,.]+)"
PERCENT = r"([\d.]+)\u00a0%"


# ------------------------------------------------------------------ the bundled examples


class Logs:
    """A run's logs, read without the code that is tested."""

    def __init__(self, name: str) -> None:
        run = Run(EXAMPLES / name, bundled=True)
        trained = open_trained(run)
        source = trained.encode(TYPED.get(name, "3 1 4 1 5 9"))
        self.replay = Replay(trained, run.snapshots_path, source, trained.right_answer(source))
        self.replay.update()
        self.losses = np.fromfile(run.steps_path, RECORD)["loss"]
        entries = [json.loads(line) for line in run.events_path.read_text("utf-8").splitlines()]
        self.evaluated = [entry for entry in entries if entry["type"] == "Evaluated"]
        reader = EventReader(run.events_path)
        reader.update()
        lines = reader.happenings().lines
        guesses = by_chance(run)
        self.chance = Chance(guesses.frequency_loss, self.replay.chance, guesses.alignment)
        self.curves = Curves(
            loss=read_loss(run.steps_path),
            held_out_loss=lines["loss"],
            exact=lines["sequence_accuracy"],
            held_out_alignment=lines["alignment"],
            alignment=self.replay.alignments,
            chance=self.chance,
        )
        self.told = chronicle(self.curves)

    def loss(self, step: int) -> float:
        """Return the mean loss of the steps before, as far as the point before that is told."""
        steps = self.curves.loss.step.tolist()
        before = steps[steps.index(step) - 1] if step else 0
        return float(np.mean(self.losses[max(before, step - 20) : max(step, 1)]))

    def at(self, step: int, what: str) -> float:
        """Return what the evaluation after a step found."""
        return float(next(entry[what] for entry in self.evaluated if entry["step"] == step))

    def aligned(self, step: int, *, held_out: bool) -> float:
        if held_out:
            return self.at(step, "alignment")
        found = next(one.alignment for one in self.replay.frames if one.step == step)
        assert found is not None
        return found


@pytest.fixture(scope="module", params=NAMES)
def logs(request: pytest.FixtureRequest) -> Logs:
    return Logs(request.param)


def said(told: Chronicle, kind: str, pattern: str) -> list[Any] | None:
    """Return the numbers of a chapter's sentence, if it is told."""
    text = next((one.text for one in told.chapters if one.kind == kind), None)
    if text is None:
        return None
    found = re.fullmatch(pattern, text)
    assert found is not None, text
    return [float(one.replace(",", "").removesuffix(".")) for one in found.groups() if one]


def test_each_example_has_two_to_four_sentences_in_the_order_of_their_steps(logs: Logs) -> None:
    starts = [one.start for one in logs.told.chapters]
    assert 2 <= len(starts) <= 4
    assert starts == sorted(starts)
    last = len(logs.losses)
    assert all(0 <= one.start <= one.end <= last for one in logs.told.chapters)
    for one in logs.told.chapters:
        written = [int(n.replace(",", "")) for n in re.findall(r"step ([\d,]+)", one.text)]
        assert one.start in written or one.start == 0
        assert all(one.start <= n <= one.end for n in written)


def test_the_loss_falls_as_it_is_said(logs: Logs) -> None:
    pattern = (
        rf"From step {NUMBER} to {NUMBER} the loss falls fastest, from {NUMBER} to {NUMBER}: "
        rf"{PERCENT} of its whole fall\."
    )
    numbers = said(logs.told, "steep", pattern)
    assert numbers is not None
    start, end, before, after, share = numbers
    assert before == pytest.approx(logs.loss(int(start)), abs=0.006)
    assert after == pytest.approx(logs.loss(int(end)), abs=0.006)
    means = [logs.loss(step) for step in logs.curves.loss.step.tolist()]
    fall = means[0] - min(means)
    drop = logs.loss(int(start)) - logs.loss(int(end))
    assert share == pytest.approx(100 * drop / fall, abs=0.51)
    assert drop >= fall / 2
    steps = logs.curves.loss.step.tolist()
    for i, first in enumerate(steps):
        for j, second in enumerate(steps):
            shorter = 0 < second - first < end - start
            assert not (shorter and means[i] - means[j] >= fall / 2), "a steeper stretch"


def test_before_it_fell_it_was_as_it_is_said(logs: Logs) -> None:
    pattern = (
        rf"Up to step {NUMBER} the loss (?:falls|goes) from {NUMBER} to {NUMBER}"
        rf"(?:, no better than|, hardly better than|;) knowing only how often each token occurs"
        rf"(?: \({NUMBER}\)| gives {NUMBER})\."
    )
    numbers = said(logs.told, "start", pattern)
    if numbers is None:
        return
    end, before, after, guess = numbers
    means = [logs.loss(step) for step in logs.curves.loss.step.tolist() if step <= end]
    assert (before, after) == pytest.approx((means[0], means[-1]), abs=0.006)
    assert logs.chance.loss is not None
    assert guess == pytest.approx(logs.chance.loss, abs=0.006)
    text = logs.told.chapters[0].text
    assert ("falls" in text) == (means[-1] < means[0])
    assert ("no better than" in text) == (min(means) >= logs.chance.loss)
    if "hardly" in text:
        assert 0.9 * logs.chance.loss <= means[-1]


def test_the_attention_turns_as_it_is_said(logs: Logs) -> None:
    pattern = (
        rf"From step {NUMBER} to {NUMBER} the attention turns to the true places: the alignment "
        rf"(?:of this sequence|on held-out sequences) rises from {PERCENT} to {PERCENT}; "
        rf"looking anywhere alike gives {PERCENT}\."
    )
    numbers = said(logs.told, "rise", pattern)
    assert (numbers is None) == (logs.replay.truth is None or not len(logs.replay.alignments.step))
    if numbers is None:
        return
    start, end, before, after, guess = numbers
    text = next(one.text for one in logs.told.chapters if one.kind == "rise")
    held_out = "held-out" in text
    assert before == pytest.approx(100 * logs.aligned(int(start), held_out=held_out), abs=0.51)
    assert after == pytest.approx(100 * logs.aligned(int(end), held_out=held_out), abs=0.51)
    expected = logs.chance.held_out_alignment if held_out else logs.chance.alignment
    assert expected is not None
    assert guess == pytest.approx(100 * expected, abs=0.51)


def test_whole_answers_come_right_as_it_is_said(logs: Logs) -> None:
    exact = {int(one["step"]): float(one["sequence_accuracy"]) for one in logs.evaluated}

    def first(share: float) -> int:
        return min(step for step, value in exact.items() if value >= share)

    text = next(one.text for one in logs.told.chapters if one.kind == "whole")
    if found := re.search(rf"half of the held-out sequences by step {NUMBER}, 95", text):
        assert int(found[1]) == first(0.5)
        assert int(text.split()[-1].rstrip(".").replace(",", "")) == first(0.95)
    elif found := re.search(rf"{PERCENT} of the held-out sequences by step {NUMBER}\.", text):
        assert int(found[2]) == first(0.5) == first(0.95)
        assert float(found[1]) == pytest.approx(100 * exact[int(found[2])], abs=0.51)
    else:
        found = re.search(rf"{PERCENT} of the held-out sequences at best, at step {NUMBER}\.", text)
        assert found is not None, text
        step = int(found[2].replace(",", ""))
        assert max(exact.values()) == exact[step] < 0.5
        assert float(found[1]) == pytest.approx(100 * exact[step], abs=0.51)


def test_nothing_changes_where_that_is_said(logs: Logs) -> None:
    numbers = said(logs.told, "still", rf"From step {NUMBER} on .* the loss stays under {NUMBER}\.")
    if numbers is None:
        return
    start, under = numbers
    rest = [logs.loss(step) for step in logs.curves.loss.step.tolist() if step >= start]
    assert max(rest) < under
    exact = [one["sequence_accuracy"] for one in logs.evaluated if one["step"] >= start]
    assert np.ptp(exact) <= 0.04
    own = [one.alignment for one in logs.replay.frames if one.step >= start]
    if own and own[0] is not None:
        assert np.ptp(np.array(own, dtype=float)) <= 0.04


def test_what_was_first_half_way_was_so(logs: Logs) -> None:
    if not logs.told.order:
        return
    found = re.findall(rf"(the loss|the alignment|exact match) by step {NUMBER}", logs.told.order)
    steps = [int(step.replace(",", "").rstrip(".")) for _, step in found]
    assert len(steps) >= 2
    assert steps == sorted(set(steps))
    by = dict(zip([what for what, _ in found], steps, strict=True))
    if "exact match" in by:
        assert logs.at(by["exact match"], "sequence_accuracy") >= 0.5
    if "the alignment" in by:
        rise = next(one for one in logs.told.chapters if one.kind == "rise")
        held_out = "held-out" in rise.text
        value = logs.aligned(by["the alignment"], held_out=held_out)
        line = logs.curves.held_out_alignment if held_out else logs.curves.alignment
        assert value >= (line.value[0] + line.value.max()) / 2
    means = [(step, logs.loss(step)) for step in logs.curves.loss.step.tolist()]
    lowest = min(mean for _, mean in means)
    half = (means[0][1] + lowest) / 2
    assert by["the loss"] == next(step for step, mean in means if mean <= half)


# ------------------------------------------------------------------ curves of every kind


def line(*points: tuple[int, float]) -> Line:
    return Line(np.array([step for step, _ in points]), np.array([value for _, value in points]))


LOSS = line((0, 3.0), (10, 2.9), (20, 2.8), (30, 1.2), (40, 0.3), (60, 0.1), (100, 0.1))
PLAIN = Curves(loss=LOSS, held_out_loss=NONE, exact=NONE, held_out_alignment=NONE, alignment=NONE)


def texts(curves: Curves) -> list[str]:
    return [one.text.replace("\u00a0", " ") for one in chronicle(curves).chapters]


def kinds(curves: Curves) -> list[str]:
    return [one.kind for one in chronicle(curves).chapters]


def test_of_nothing_nothing_is_told() -> None:
    assert chronicle(replace(PLAIN, loss=NONE)) == NOTHING
    one_step = line((0, 3.0))
    assert chronicle(replace(PLAIN, loss=one_step)) == NOTHING


def test_a_steep_fall_and_what_was_before() -> None:
    assert texts(PLAIN) == [
        "Up to step 20 the loss falls from 3.00 to 2.80.",
        "From step 20 to 30 the loss falls fastest, from 2.80 to 1.20: 55 % of its whole fall.",
        "From step 60 on hardly anything changes: the loss stays at 0.10.",
    ]


@pytest.mark.parametrize(
    ("guess", "ending"),
    [
        (2.7, ", no better than knowing only how often each token occurs (2.70)."),
        (2.9, ", hardly better than knowing only how often each token occurs (2.90)."),
        (3.5, "; knowing only how often each token occurs gives 3.50."),
    ],
)
def test_the_beginning_is_compared_with_guessing(guess: float, ending: str) -> None:
    begins = texts(replace(PLAIN, chance=Chance(guess)))[0]
    assert begins == f"Up to step 20 the loss falls from 3.00 to 2.80{ending}"


def test_a_loss_that_rises_at_first_does_not_fall() -> None:
    rising = line((0, 3.0), (20, 3.2), (30, 1.2), (40, 0.3))
    assert texts(replace(PLAIN, loss=rising))[0] == "Up to step 20 the loss goes from 3.00 to 3.20."


def test_a_run_that_never_learns() -> None:
    flat = line((0, 3.0), (50, 2.98), (100, 2.95), (150, 2.96))
    astray = line((0, 0.16), (50, 0.2), (100, 0.12), (150, 0.18))
    exact = line((50, 0.0), (100, 0.0), (150, 0.0))
    curves = replace(PLAIN, loss=flat, alignment=astray, exact=exact, chance=Chance(2.9, 0.166))
    assert texts(curves) == [
        "The loss hardly falls: it is 3.00 at the start, and 2.95 at its lowest, at step 100, no "
        "better than knowing only how often each token occurs (2.90).",
        "The attention does not find the true places: the alignment of this sequence stays between "
        "12 % and 20 %; looking anywhere alike gives 17 %.",
        "No held-out sequence is answered right from end to end.",
    ]
    same = line((0, 0.166), (150, 0.166))
    assert "stays at 17 %; looking" in texts(replace(curves, alignment=same))[1]
    assert chronicle(curves).order == ""


def test_a_loss_that_rises_is_said_to_rise() -> None:
    rising = replace(PLAIN, loss=line((0, 3.0), (2, 15.0), (4, 3.4e12)), chance=Chance(2.9))
    assert texts(rising) == ["The loss rises: from 3.00 at the start to 3.4e+12 at step 4."]


def test_alignment_that_is_high_from_the_start_neither_rises_nor_is_astray() -> None:
    high = line((0, 1.0), (50, 1.0), (100, 1.0))
    assert kinds(replace(PLAIN, alignment=high, chance=Chance(None, 0.5))) == kinds(PLAIN)


def test_the_rise_of_the_alignment() -> None:
    rising = line((0, 0.1), (10, 0.12), (20, 0.4), (30, 0.8), (40, 0.88), (50, 0.9), (60, 0.5))
    told = texts(replace(PLAIN, alignment=rising, chance=Chance(None, 0.125)))
    assert told[1] == (
        "From step 10 to 40 the attention turns to the true places: the alignment of this "
        "sequence rises from 12 % to 88 %; looking anywhere alike gives 12 %."
    )


def test_held_out_alignment_is_told_where_snapshots_are_too_few() -> None:
    own = line((0, 0.1), (100, 0.9))
    held_out = line((20, 0.2), (40, 0.3), (60, 0.6), (80, 0.9), (100, 0.95))
    both = replace(PLAIN, alignment=own, held_out_alignment=held_out)
    told = next(one for one in texts(both) if "attention" in one)
    assert "on held-out sequences rises from 20 % to 90 %." in told


@pytest.mark.parametrize(
    ("shares", "text"),
    [
        (
            (0.0, 0.6, 0.7, 0.96),
            "Whole answers come right: half of the held-out sequences by step 40, 95 % by step 80.",
        ),
        (
            (0.0, 0.2, 0.996, 1.0),
            "Whole answers come right: 99.6 % of the held-out sequences by step 60.",
        ),
        (
            (0.0, 0.55, 0.8, 0.7),
            "Whole answers come right: half of the held-out sequences by step 40, and at best "
            "80 %, at step 60.",
        ),
        (
            (0.0, 0.004, 0.0, 0.001),
            "Few whole answers come right: 0.4 % of the held-out sequences at best, at step 40.",
        ),
        ((0.0, 0.0, 0.0, 0.0), "No held-out sequence is answered right from end to end."),
    ],
)
def test_whole_answers(shares: tuple[float, ...], text: str) -> None:
    exact = line(*zip((20, 40, 60, 80), shares, strict=True))
    assert text in texts(replace(PLAIN, exact=exact))


def test_what_is_learned_by_heart() -> None:
    held_out = line((20, 2.9), (40, 0.9), (60, 1.0), (100, 1.4))
    told = texts(replace(PLAIN, held_out_loss=held_out))
    assert told[-2] == (
        "From step 40 on it learns by heart: the training loss falls on, from 0.30 to 0.10, that "
        "of held-out sequences rises from 0.90 to 1.40."
    )
    worse_in_both = replace(PLAIN, loss=line((0, 3.0), (40, 0.3), (100, 0.9)))
    assert "heart" not in kinds(replace(worse_in_both, held_out_loss=held_out))


def test_a_run_that_diverged() -> None:
    broken = line((0, 3.0), (10, 2.0), (20, 1.0), (25, np.nan))
    curves = replace(PLAIN, loss=broken, diverged=25)
    assert texts(curves)[-1] == "At step 25 training diverges: its numbers are no longer finite."
    assert "nan" not in " ".join(texts(curves))


def test_of_much_only_the_most_important_is_told() -> None:
    rising = line(*((10 * i, 0.1 + 0.09 * i) for i in range(10)))
    exact = line((40, 0.6), (60, 0.99), (100, 1.0))
    held_out = line((20, 2.9), (40, 0.9), (60, 1.0), (100, 1.4))
    curves = replace(PLAIN, alignment=rising, exact=exact, held_out_loss=held_out, diverged=100)
    assert kinds(curves) == ["rise", "whole", "heart", "diverged"]


def test_the_order_is_told_only_where_the_points_can_tell() -> None:
    rising = line((0, 0.1), (5, 0.2), (10, 0.6), (20, 0.9), (30, 0.95), (40, 0.95))
    exact = line((40, 0.0), (50, 0.6))
    fine = replace(PLAIN, alignment=rising, exact=exact)
    expected = (
        "Half-way first: the alignment by step 10, then the loss by step 30, then exact match by "
        "step 50."
    )
    assert chronicle(fine).order == expected
    coarse = line((0, 0.1), (28, 0.6), (40, 0.9))
    assert chronicle(replace(fine, alignment=coarse)).order == ""
    assert chronicle(PLAIN).order == "", "one curve has no order"


def test_the_loss_is_read_as_means_since_the_last_point(tmp_path: Path) -> None:
    path = tmp_path / "steps.bin"
    assert len(read_loss(path).step) == 0
    records = np.zeros(500, RECORD)
    records["step"] = np.arange(1, 501)
    records["loss"] = 1000 / (100 + records["step"])
    for count in (1, 2, 5, 500):
        records[:count].tofile(path)
        found = read_loss(path)
        assert (found.step[0], found.step[-1]) == (0, count)
        assert found.value[0] == records["loss"][0]
        assert len(found.step) <= 100
        for before, step, value in zip(found.step, found.step[1:], found.value[1:], strict=False):
            since = records["loss"][max(before, step - 20) : step]
            assert value == pytest.approx(since.mean())
