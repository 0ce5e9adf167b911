"""What a second worker brings to a race: ``python -m benchmarks.cluster`` (on Linux).

The command line runs the same race without a cluster, on a cluster of one worker, and on one of
two, each worker with one thread; all are on this machine and listen to it alone. They take turns,
as a machine is not always as quick, and what is compared is compared within a turn. All must come
to the same results, but for measured seconds.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.table import table
from tests.cluster import LocalCluster
from tests.processes import ENVIRONMENT, ROOT

RACE = ROOT / "configs" / "race-attention.yaml"
MEASURED = ("seconds", "steps_per_second")


def main() -> None:
    """Time all of them, and print how long each took beside one worker."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=10, help="as in the file (default 10)")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    asked = ["--seeds", str(options.seeds), "--set", f"training.epochs={options.epochs}"]
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as ending:
        contestants: dict[str, list[str]] = {"without a cluster": []}
        for workers, name in enumerate(("one worker", "two workers"), 1):
            cluster = LocalCluster(Path(folder), workers)
            ending.callback(cluster.close)
            cluster.until_there_are(workers)
            contestants[name] = ["--cluster", cluster.address]
        took: dict[str, list[float]] = {name: [] for name in contestants}
        results = []
        names = list(contestants)
        for turn in range(options.rounds):
            for name in names:
                where = contestants[name]
                seconds, found = _race([*asked, *where], Path(folder) / "race.json")
                took[name].append(seconds)
                results.append(found)
                print(f"turn {turn + 1}, {name}: {seconds:.1f} s", file=sys.stderr, flush=True)
            names.append(names.pop(0))
    assert all(found == results[0] for found in results), "the results differ"
    rows = [
        [name, f"{median(seconds):.1f} s", *_beside(seconds, took["one worker"])]
        for name, seconds in took.items()
    ]
    print(table(("", "a race takes", "beside one worker", "from", "to"), rows))


def _race(arguments: Sequence[str], output: Path) -> tuple[float, Any]:
    """Run the race, and return how long that took and what it found."""
    command = [sys.executable, "-m", "seqflip", "race", str(RACE), "--quiet", *arguments]
    began = time.monotonic()
    subprocess.run([*command, "--output", str(output)], env=ENVIRONMENT, check=True)
    return time.monotonic() - began, unmeasured(json.loads(output.read_text(encoding="utf-8")))


def unmeasured(value: Any) -> Any:
    """Return what a race has written, but for what a clock decided."""
    if isinstance(value, dict):
        return {name: unmeasured(one) for name, one in value.items() if name not in MEASURED}
    return [unmeasured(one) for one in value] if isinstance(value, list) else value


def _beside(seconds: Sequence[float], others: Sequence[float]) -> list[str]:
    ratios = [one / other for one, other in zip(seconds, others, strict=True)]
    return [f"{ratio:.2f}" for ratio in (median(ratios), min(ratios), max(ratios))]


if __name__ == "__main__":
    main()
