"""All runs of a computer: made, listed, found, renamed, deleted, and how much disk they take."""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from seqflip.config import Config, dump_config
from seqflip.runs.lock import is_held
from seqflip.runs.run import (
    ENDED,
    PAIRS,
    Run,
    RunError,
    RunInfo,
    Status,
    UnknownRun,
    clean_name,
    is_run_id,
    new_run_id,
)
from seqflip.runs.snapshots import expected_snapshot_bytes
from seqflip.runs.steplog import RECORD
from seqflip.system.atomic import sync_directory, write_json, write_text
from seqflip.system.memory import readable_bytes

_UNFINISHED = (".new", ".deleted")  # folders on their way in or out


_ABANDONED = 3600.0  # seconds


class RunStore:
    """All runs of a computer, and what may be done with them.

    Parameters
    ----------
    root : Path
        The folder with one folder for each run; made when the first run is.
    examples : Path, optional
        A folder with runs that come with SeqFlip, which are listed last and never changed.
    max_bytes : int, optional
        How much all runs in ``root`` may take together.
    """

    def __init__(
        self, root: Path, *, examples: Path | None = None, max_bytes: int | None = None
    ) -> None:
        self.root = root
        self.examples = examples
        self.max_bytes = max_bytes

    def get(self, run_id: str) -> Run:
        """Return the run with this id, which may come from anywhere.

        Raises
        ------
        UnknownRun
            If there is none, or the id is none.
        """
        run = self.find(run_id)
        if run.is_race():
            raise UnknownRun(f"{run.id} is a race, not a run")
        return run

    def find(self, run_id: str) -> Run:
        """Return the run or the race with this id; raises :class:`UnknownRun`."""
        if is_run_id(run_id):
            for folder, bundled in self._places():
                run = Run(folder / run_id, bundled=bundled)
                if run.exists() or run.is_race():
                    return run
        raise UnknownRun(f"there is no run {run_id[:64]!r}")

    def runs(self) -> list[Run]:
        """Return all runs, the newest first, those that come with SeqFlip last."""
        return [run for run in self._all() if run.exists()]

    def races(self) -> list[Run]:
        """Return all races, in the same order."""
        return [run for run in self._all() if run.is_race()]

    def create(self, config: Config, info: RunInfo, run_id: str | None = None) -> Run:
        """Make the folder of a new run, which nobody trains yet."""
        run_id = new_run_id(config) if run_id is None else run_id
        if not is_run_id(run_id):
            raise RunError(f"{run_id!r} cannot be the name of a run's folder")
        return create_run(self.root / run_id, config, info)

    def adopt(self, folder: Path) -> Run:
        """Take a copy of a run from elsewhere in, under its own id; it appears as a whole."""
        draft = self.root / f".{folder.name}.{secrets.token_hex(4)}.new"
        try:
            shutil.copytree(folder, draft)
            os.rename(draft, self.root / folder.name)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync_directory(self.root)
        return Run(self.root / folder.name)

    def rename(self, run: Run, name: str) -> None:
        """Give the run another name."""
        self._change(run, name=clean_name(name))

    def keep(self, run: Run, kept: bool) -> None:
        """Never delete this run to make room, or allow it again."""
        self._change(run, kept=kept)

    def give_to(self, run: Run, owner: str) -> None:
        """Let the run belong to whoever has the token with this hash."""
        self._change(run, owner=owner)

    def delete(self, run: Run) -> None:
        """Delete the run for good; a race with all its lanes, and with its last lane a race.

        Raises
        ------
        RunError
            If it comes with SeqFlip, is being trained, or runs in a race that has not ended.
        """
        self._refuse_bundled(run)
        if is_held(run.folder):
            raise RunError(f"{run.id} is being trained; stop it first")
        race = run.race()
        if race is not None and race.status().state not in ENDED:
            raise RunError(f"{run.id} runs in a race that has not ended; stop that first")
        lanes = run.lanes()
        self._remove(run)
        for lane in lanes:
            self._remove(lane)
        if race is not None and not race.lanes():
            self._remove(race)

    def _remove(self, run: Run) -> None:
        # Gone for everybody in one step, however long the deleting takes.
        doomed = run.folder.with_name(f".{run.id}.{secrets.token_hex(4)}.deleted")
        try:
            os.rename(run.folder, doomed)
        except FileNotFoundError:
            return
        shutil.rmtree(doomed, ignore_errors=True)

    def used_bytes(self) -> int:
        """Return how much all runs take together."""
        return sum(run.size() for run in self._own())

    def doomed(self, *configs: Config) -> list[Run]:
        """Return which runs and races would be deleted to make room for such runs.

        Raises
        ------
        RunError
            If there would not be room even then.
        """
        if self.max_bytes is None:
            return []
        needed = sum(map(expected_bytes, configs))
        too_many = self.used_bytes() + needed - self.max_bytes
        runs: list[Run] = []
        for run in self._deletable() if too_many > 0 else []:
            if too_many <= 0:
                break
            runs.append(run)
            too_many -= sum(one.size() for one in (run, *run.lanes()))
        if too_many > 0:
            raise RunError(
                f"all runs may take {readable_bytes(self.max_bytes)} together, and there is no "
                f"room for another of {readable_bytes(needed)}; delete some"
            )
        return runs

    def make_room(self, *configs: Config) -> list[str]:
        """Delete what :meth:`doomed` says, and return the names of the runs that are gone."""
        self._sweep()
        names = []
        for run in self.doomed(*configs):
            names.append(run.info().name or run.id)
            self.delete(run)
        return names

    def _sweep(self) -> None:
        """Remove what was being made or deleted when its process was killed."""
        for path in self.root.glob(".*"):
            with contextlib.suppress(OSError):
                if path.suffix in _UNFINISHED and time.time() - path.stat().st_mtime > _ABANDONED:
                    shutil.rmtree(path)

    def _places(self) -> Iterable[tuple[Path, bool]]:
        yield self.root, False
        if self.examples is not None:
            yield self.examples, True

    def _all(self) -> Iterable[Run]:
        """Yield all folders that may be runs or races, the newest first."""
        for folder, bundled in self._places():
            paths = (path for path in _subfolders(folder) if is_run_id(path.name))
            yield from sorted((Run(path, bundled=bundled) for path in paths), key=_age)

    def _own(self) -> list[Run]:
        return [run for run in (*self.runs(), *self.races()) if not run.bundled]

    def _deletable(self) -> list[Run]:
        """Return what may be deleted to make room: what has ended first, then by age.

        A race and its lanes go together, and stay if one of them is kept.
        """
        ranked = []
        for run in self._own():
            status = run.status()
            kept = any(one.info().kept for one in (run, *run.lanes()))
            if kept or is_held(run.folder) or run.race() is not None:
                continue
            ranked.append((status.state not in ENDED, status.updated, run.id, run))
        return [run for *_, run in sorted(ranked, key=lambda entry: entry[:3])]

    def _change(self, run: Run, **fields: Any) -> None:
        self._refuse_bundled(run)
        info = run.info().model_copy(update=fields)
        write_json(run.folder / "run.json", info.model_dump())

    def _refuse_bundled(self, run: Run) -> None:
        if run.bundled:
            raise RunError(f"{run.id} comes with SeqFlip and stays as it is")


def default_root() -> Path:
    """Return where runs are kept: ``$SEQFLIP_RUNS``, or ``runs`` in the working directory."""
    return Path(os.environ.get("SEQFLIP_RUNS", "").strip() or "runs")


def create_run(folder: Path, config: Config, info: RunInfo) -> Run:
    """Make a run's folder, which must not exist or be empty; it appears as a whole.

    A file with the user's own pairs is copied into it, so that the run can go on whatever becomes
    of the file.

    Raises
    ------
    RunError
        If there is something in the folder already, or it cannot be made.
    """
    folder = Path(os.path.abspath(folder))
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.new")
    try:
        draft.mkdir(parents=True)
        try:
            _fill(draft, config, info)
            os.rename(draft, folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync_directory(folder.parent)
    except OSError as error:
        if folder.is_dir() and any(folder.iterdir()):
            raise RunError(
                f"{folder}: this folder is not empty; go on with --resume or choose another"
            ) from None
        raise RunError(
            f"{folder}: this folder cannot be made ({error.strerror or error})"
        ) from None
    return Run(folder)


def _fill(folder: Path, config: Config, info: RunInfo) -> None:
    if config.data.path is not None:
        pairs = Path(config.data.path)
        copy = next((name for name in PAIRS if name.endswith(pairs.suffix.lower())), PAIRS[0])
        shutil.copyfile(pairs, folder / copy)
        data = config.data.model_copy(update={"path": copy})
        config = config.model_copy(update={"data": data})
    write_text(folder / config.file_name, dump_config(config) or "{}\n")
    write_json(folder / "run.json", info.model_dump())
    status = Status(message="Not started yet.", epochs=config.training.epochs, updated=time.time())
    write_json(folder / "status.json", status.model_dump())


def expected_bytes(config: Config) -> int:
    """Return about how much the folder of such a run will take on disk."""
    weights = 4 * config.size().parameters
    logs = config.total_steps * RECORD.itemsize + expected_snapshot_bytes(config)
    return logs + 6 * weights + 8 * config.data.n_train + (1 << 16)


def _subfolders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []


def _age(run: Run) -> tuple[float, str]:
    return (-run.info().created, run.id)
