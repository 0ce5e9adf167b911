"""Trains the examples that come with SeqFlip: ``make examples``, three minutes; or those named.

Each becomes a run folder beside this file, as ``python -m seqflip --run-dir`` leaves it but without
its checkpoint. The app lists them among the runs, for everybody to look at and nobody to change.
"""

import datetime
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from seqflip.config.files import override
from seqflip.race.config import load_race
from seqflip.race.folder import create_race
from seqflip.runs.run import RunInfo
from seqflip.tasks.dates import MONTHS

HERE = Path(__file__).parent
CONFIGS = HERE.parent / "configs"
RACES = {
    "race-attention": "With attention or without",
    "race-steps": "With a memory of where it looked",
}
SMALL = ["--set", "logging.snapshot_megabytes=1"]
NOT_KEPT = shutil.ignore_patterns("checkpoint.npz", "lock", "control.json", "worker.log")

# "reverse" is what Replay opens with: it keeps all 60 snapshots (3.8 MB), as a run of one's own
# does, so that the first replay runs smoothly. Of the others there are those of one megabyte, but
# for the larger Transformer: twelve of a quarter of a megabyte each, where one would hold four.
# The folder of each example, in the order of the list; what people call it; what to train.
EXAMPLES = {
    "reverse": (
        "Reverse",
        ["--config", "reverse.yaml", "--set", "logging.snapshot_megabytes=4"],
    ),
    "copy": ("Copy", ["--config", "copy.yaml"]),
    "rotate": ("Rotate by three", ["--config", "rotate.yaml"]),
    "sort": ("Sort", ["--config", "sort.yaml"]),
    "additive": (
        "Reverse, additive attention",
        ["--config", "reverse.yaml", "--set", "model.attention=additive"],
    ),
    "bottleneck": ("Reverse, no attention", ["--config", "bottleneck.yaml"]),
    "steps": ("With a memory of where it looked", ["--config", "steps.yaml"]),
    "transformer": (
        "Reverse, Transformer",
        ["--config", "transformer.yaml", "--set", "logging.snapshot_megabytes=3"],
    ),
    "transformer-small": (
        "Reverse, one head of attention alone",
        ["--config", "transformer-small.yaml"],
    ),
    "numbers-in-words": ("Numbers in words", ["--config", "numbers-in-words.yaml"]),
    "words-to-number": ("Words to a number", ["--config", "words-to-number.yaml"]),
    "dates": ("Dates", ["--config", "dates.yaml"]),
    "french": (
        "A little English–French",
        ["--config", "french.yaml", "--set", "logging.snapshot_megabytes=4"],
    ),
    "pig-latin": ("Pig Latin", ["--config", "pig-latin.yaml"]),
    "addition": ("Addition", ["--config", "addition.yaml"]),
    "pairs": ("Pairs from a file: dates, letter by letter", ["--config", "pairs.yaml"]),
}

PAIRS_YAML = """\
data:
  task: pairs
  path: pairs.tsv
  n_train: 1200
  n_test: 200
training:
  epochs: 40
  learning_rate: 0.005
"""


def write_pairs(folder: Path, n: int = 1400) -> None:
    """Write a task of letters: ``3 m a y 2 0 2 4`` is to become ``2 0 2 4 - 0 5 - 0 3``."""
    first = datetime.date(1900, 1, 1)
    days = random.Random(0).sample(range(200 * 365), n)
    with open(folder / "pairs.tsv", "w", encoding="utf-8") as file:
        for date in (first + datetime.timedelta(days=day) for day in days):
            spoken = f"{date.day}{MONTHS[date.month - 1]}{date.year}"
            print(" ".join(spoken), " ".join(date.isoformat()), sep="\t", file=file)
    (folder / "pairs.yaml").write_text(PAIRS_YAML, encoding="utf-8")


def train(folder: Path, arguments: list[str]) -> None:
    """Train a run in a process of its own, as anybody can."""
    command = [sys.executable, "-m", "seqflip", *SMALL, *arguments]
    command += ["--run-dir", str(folder), "--quiet"]
    subprocess.run(command, cwd=folder.parent, check=True)


def race(root: Path, folder: str, name: str, created: float) -> None:
    """Train a race, as the app does; the Race page opens with the first."""
    config = override(load_race(CONFIGS / f"{folder}.yaml"), ["logging.snapshots=12"])
    found = create_race(root, config, RunInfo(name=name), folder)
    subprocess.run([sys.executable, "-m", "seqflip.server.worker", str(found.folder)], check=True)
    for run in (found, *found.lanes()):
        adopt(run.folder, run.info().name, created)
    print(found.results()["sentence"])


def adopt(run: Path, name: str, created: float) -> None:
    """Put a trained run or race beside this file, in place of the one before."""
    target = HERE / run.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(run, target, ignore=NOT_KEPT)
    info = json.loads((target / "run.json").read_text(encoding="utf-8"))
    info |= {"name": name, "created": created, "source": "example"}
    (target / "run.json").write_text(json.dumps(info, indent=2) + "\n", encoding="utf-8")


def main(wanted: Sequence[str]) -> None:
    """Train these examples, or all."""
    now = time.time()
    with tempfile.TemporaryDirectory(prefix="seqflip-examples-") as scratch:
        work = Path(scratch)
        shutil.copytree(CONFIGS, work, dirs_exist_ok=True)
        write_pairs(work)
        for i, (folder, (name, arguments)) in enumerate(EXAMPLES.items()):
            if wanted and folder not in wanted:
                continue
            train(work / folder, arguments)
            adopt(work / folder, name, now - i)
            metrics = json.loads((HERE / folder / "metrics.json").read_text(encoding="utf-8"))
            print(f"{name}: exact match {metrics['test_sequence_accuracy']:.1%}")
        for i, (folder, name) in enumerate(RACES.items()):
            if wanted and folder not in wanted:
                continue
            race(work / "races", folder, name, now - len(EXAMPLES) - i)


if __name__ == "__main__":
    main(sys.argv[1:])
