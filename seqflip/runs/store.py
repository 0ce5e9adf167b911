"""All runs of a computer: made, listed, found, renamed, deleted, and how much disk they take."""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from seqflip.config import Config
from seqflip.runs.creation import create_run
from seqflip.runs.lock import is_held
from seqflip.runs.quota import doomed, expected_bytes
from seqflip.runs.run import Run, RunError, RunInfo, UnknownRun, clean_name, is_run_id, new_run_id
from seqflip.runs.status import ENDED
from seqflip.system.atomic import move_folder, sync_all, sync_directory, write_json

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
    stale_seconds : float
        After how long runs that have ended make room for those of any visitor.
    """

    def __init__(
        self,
        root: Path,
        *,
        examples: Path | None = None,
        max_bytes: int | None = None,
        stale_seconds: float = 7 * 86_400.0,
    ) -> None:
        self.root = root
        self.examples = examples
        self.max_bytes = max_bytes
        self.stale_seconds = stale_seconds

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
            sync_all(draft)
            move_folder(draft, self.root / folder.name)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync_directory(self.root)
        return Run(self.root / folder.name)

    def rename(self, run: Run, name: str) -> None:
        """Give the run another name."""
        with self._changing(run) as info:
            info.name = clean_name(name)

    def keep(self, run: Run, kept: bool) -> None:
        """Never delete this run to make room, or allow it again."""
        with self._changing(run) as info:
            info.kept = kept

    def give_to(self, run: Run, owner: str) -> None:
        """Let the run belong to whoever has the token with this hash."""
        with self._changing(run) as info:
            info.owner = owner

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
            move_folder(run.folder, doomed)
        except FileNotFoundError:
            return
        except PermissionError as error:  # on Windows, somebody has one of its files open
            raise RunError(f"{run.id} cannot be deleted now ({error.strerror or error})") from None
        shutil.rmtree(doomed, ignore_errors=True)

    def used_bytes(self) -> int:
        """Return how much all runs take together."""
        return sum(run.size() for run in self._own())

    def doomed(self, *configs: Config, visitor: str | None = None) -> list[Run]:
        """Return which runs and races would be deleted to make room for a visitor's new runs.

        Raises
        ------
        RunError
            If there would not be room even then.
        """
        return self._doomed(sum(map(expected_bytes, configs)), visitor)

    def make_room(self, *configs: Config, visitor: str | None = None) -> list[str]:
        """Delete what :meth:`doomed` says, and return the names of the runs that are gone."""
        return self._delete(self.doomed(*configs, visitor=visitor))

    def make_room_for(self, run: Run) -> list[str]:
        """Make room for a run that is whole, and never grows."""
        return self._delete(self._doomed(run.size(), run.info().visitor))

    def _doomed(self, needed: int, visitor: str | None) -> list[Run]:
        if self.max_bytes is None:
            return []
        return doomed(self._own(), needed, self.max_bytes, visitor, self.stale_seconds)

    def _delete(self, runs: Iterable[Run]) -> list[str]:
        self._sweep()
        names = []
        for run in runs:
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

    @contextlib.contextmanager
    def _changing(self, run: Run) -> Iterator[RunInfo]:
        """Write down what is changed of a run's information within the context."""
        self._refuse_bundled(run)
        info = run.info()
        yield info
        write_json(run.folder / "run.json", info.model_dump())

    def _refuse_bundled(self, run: Run) -> None:
        if run.bundled:
            raise RunError(f"{run.id} comes with SeqFlip and stays as it is")


def default_root() -> Path:
    """Return where runs are kept: ``$SEQFLIP_RUNS``, or ``runs`` in the working directory."""
    return Path(os.environ.get("SEQFLIP_RUNS", "").strip() or "runs")


def _subfolders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []


def _age(run: Run) -> tuple[float, str]:
    return (-run.info().created, run.id)
