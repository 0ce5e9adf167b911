"""A race's folder: where it meets everybody who looks at it.

Each lane of the first seed is a run like any other, in a folder of its own beside the race's, so
that it can be looked at, replayed and tested as any other. What concerns all lanes stands in the
race's folder, under the names that a run has for it (:mod:`seqflip.runs.run`), and

==============  ====================================================================================
``race.yaml``   what was asked for, instead of ``config.yaml``
``race.json``   what it has found out so far, renewed a few times a second: see
                :mod:`seqflip.race.results`
``rounds``      the lanes of the other seeds, each gone again when its repetition is over
==============  ====================================================================================
"""

import secrets
import shutil
import time
from functools import cached_property
from pathlib import Path
from typing import Any

from seqflip.config.config import Config
from seqflip.config.files import load_as
from seqflip.race.config import RaceConfig
from seqflip.race.results import results
from seqflip.runs.creation import create_run
from seqflip.runs.run import Run, RunError, RunInfo, clean_name, read_json


class Race(Run):
    """One race's folder, for reading."""

    @property
    def results_path(self) -> Path:
        """What it has found out so far."""
        return self.folder / "race.json"

    def race_config(self) -> RaceConfig:
        """Return what was asked for; raises :class:`seqflip.config.config.ConfigError`."""
        return self._config  # the file never changes

    @cached_property
    def _config(self) -> RaceConfig:
        return load_as(RaceConfig, self.folder / RaceConfig.file_name)

    def results(self) -> dict[str, Any]:
        """Return what it has found out so far, before it has begun as well."""
        return read_json(self.results_path) or results(self.race_config(), [])

    def variants(self) -> dict[str, Run | None]:
        """Return each variant's run; None if somebody has deleted it."""
        ids = dict(zip(self.race_config().variants, self.info().lanes, strict=False))
        there = {run.id: run for run in self.lanes()}
        return {name: there.get(run_id) for name, run_id in ids.items()}

    def open_round(self, round_: int) -> dict[str, Run]:
        """Return each variant's run of a repetition (from 0), made if there is none yet.

        Raises
        ------
        RunError
            If a run of the first repetition has been deleted.
        """
        config = self.race_config()
        if round_ == 0:
            runs = {name: run for name, run in self.variants().items() if run is not None}
            if len(runs) < len(config.variants):
                raise RunError(f"{self.id} cannot go on: not all its runs are there any more")
            return runs
        return {
            name: self._open_hidden(self.folder / "rounds" / f"{round_}-{i}", lane)
            for i, (name, lane) in enumerate(config.lanes(round_).items(), 1)
        }

    def forget_round(self, round_: int) -> None:
        """Delete the runs of a repetition that nobody looks at, when it is over."""
        for folder in (self.folder / "rounds").glob(f"{round_}-*"):
            shutil.rmtree(folder, ignore_errors=True)

    def _open_hidden(self, folder: Path, config: Config) -> Run:
        """Open a run that nobody looks at by itself."""
        if not Run(folder).exists():
            logging = config.logging.model_copy(update={"snapshots": 0})
            create_run(folder, config.model_copy(update={"logging": logging}), RunInfo())
        return Run(folder)


def create_race(root: Path, config: RaceConfig, info: RunInfo, race_id: str | None = None) -> Race:
    """Make the folders of a new race and of its lanes, which nobody trains yet."""
    race_id = race_id or f"{time.strftime('%Y%m%d-%H%M%S')}-race-{secrets.token_hex(3)}"
    lanes = {f"{race_id}-{i}": name for i, name in enumerate(config.variants, 1)}
    configs = config.lanes()
    for lane, variant in lanes.items():
        named = clean_name(f"{info.name or race_id}: {variant}")
        own = info.model_copy(update={"name": named, "race": race_id, "preset": None})
        create_run(root / lane, configs[variant], own)
    return Race(
        create_run(root / race_id, config, info.model_copy(update={"lanes": tuple(lanes)})).folder
    )
