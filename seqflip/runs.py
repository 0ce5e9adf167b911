"""The run folder: where a training and everybody who looks at it meet.

One process writes a run's folder while it trains; any number of others read it. The folder holds

========================  ==========================================================================
``config.yaml``           what was asked for; the command line takes it too
``run.json``              name, when and how it was made, whose it is: :class:`RunInfo`
``status.json``           where it stands, renewed a few times a second: :class:`Status`
``steps.bin``             the learning curve: :mod:`seqflip.steplog`
``events.jsonl``          evaluations and whatever else happened: :mod:`seqflip.eventlog`
``snapshots.bin``         the weights at some steps: :mod:`seqflip.snapshots`
``checkpoint.npz``        all that is needed to go on: :mod:`seqflip.checkpoint`
``weights.npz``           the best parameters by name
``vocabulary.json``       a list of texts; a token's id is its place in it
``live.json``             the newest answers and attention: :mod:`seqflip.live`
``metrics.json``          the final numbers, once there are any
``control.json``          what the run is asked to do; others write it: :mod:`seqflip.control`
``worker.log``            what a process in the background said
``lock``                  held by the process that trains: :mod:`seqflip.lock`
========================  ==========================================================================
"""

import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seqflip.atomic import sync_directory, write_json, write_text
from seqflip.config import Config, dump_config, estimate, load_config
from seqflip.limits import readable_bytes
from seqflip.lock import is_held
from seqflip.npz import Arrays, load_npz
from seqflip.race.config import RaceConfig
from seqflip.snapshots import expected_snapshot_bytes
from seqflip.steplog import RECORD

State = Literal[
    "queued", "running", "paused", "finished", "stopped", "interrupted", "diverged", "failed"
]
Source = Literal["app", "command line", "upload", "example"]

ACTIVE: Final = ("queued", "running", "paused")
"""States in which a process may have the run in its hands."""
ENDED: Final = ("finished", "stopped", "diverged", "failed")
"""States that the run does not leave by itself."""

PAIRS: Final = ("pairs.csv", "pairs.tsv")
"""What a file with a user's own pairs may be called in a run's folder."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_MAX_NAME = 80
_UNFINISHED = (".new", ".deleted")  # folders on their way in or out
_ABANDONED = 3600.0  # seconds
_MAX_JSON = 1 << 20

_ModelT = TypeVar("_ModelT", bound=BaseModel)


class RunError(ValueError):
    """Something that cannot be done with a run; the message says why, in one sentence."""


class UnknownRun(RunError):
    """There is no such run."""


class RunInfo(BaseModel):
    """What ``run.json`` says: all about a run that training does not change.

    Attributes
    ----------
    name : str
        What people call it.
    created : float
        When, in seconds since 1970.
    source : str
        Where it came from.
    kept : bool
        Whether it is never deleted to make room.
    owner : str or None
        The hash of its owner's token: see :meth:`Run.may_control`.
    preset : str or None
        The preset it was made from.
    race : str or None
        The id of the race in which it is a lane.
    lanes : tuple of str
        Of a race, the ids of its lanes.
    """

    model_config = ConfigDict(frozen=True)

    name: str = Field("", max_length=_MAX_NAME)
    created: float = 0.0
    source: Source = "command line"
    kept: bool = False
    owner: str | None = None
    preset: str | None = None
    race: str | None = None
    lanes: tuple[str, ...] = ()


class Status(BaseModel):
    """What ``status.json`` says: where a run stands.

    Attributes
    ----------
    state : str
        One of :data:`State`.
    step, total_steps, steps_per_epoch, epoch, epochs : int
        How far it is, and how far it goes; totals are 0 while they are not known.
    seconds : float
        Training time so far.
    tokens_per_second : float
        Target tokens in a second of the wall clock, over the last moments.
    parameters : int
        Size of the model.
    learning_rate, delay_seconds : float or None
        As they are now.
    loss, accuracy : float or None
        Of the training batches, as mean over the last moments.
    sequence_accuracy, alignment : float or None
        Of a sample of the training data, at the last evaluation.
    val_loss, val_accuracy, val_sequence_accuracy, val_alignment : float or None
        Of the last evaluation on held-out data.
    val_step : int or None
        When that was.
    message : str
        One sentence for people: what happened, and what to do next.
    reason : str or None
        Why training ended by itself: completed, stopped_early or diverged.
    pid : int or None
        The process that has the run in its hands.
    updated : float
        When this was written, in seconds since 1970.
    """

    model_config = ConfigDict(frozen=True)

    state: State = "paused"
    step: int = 0
    total_steps: int = 0
    steps_per_epoch: int = 0
    epoch: int = 0
    epochs: int = 0
    seconds: float = 0.0
    tokens_per_second: float = 0.0
    parameters: int = 0
    learning_rate: float | None = None
    delay_seconds: float = 0.0
    loss: float | None = None
    accuracy: float | None = None
    sequence_accuracy: float | None = None
    alignment: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    val_sequence_accuracy: float | None = None
    val_alignment: float | None = None
    val_step: int | None = None
    message: str = ""
    reason: str | None = None
    pid: int | None = None
    updated: float = 0.0


class Run:
    """One run's folder, for reading. What does not exist yet reads as empty.

    Parameters
    ----------
    folder : Path
        The folder; its name is the run's id.
    """

    def __init__(self, folder: Path, *, bundled: bool = False) -> None:
        self.folder = folder
        self.id = folder.name
        self.bundled = bundled

    @property
    def steps_path(self) -> Path:
        """The learning curve; follow it with :class:`seqflip.steplog.CurveReader`."""
        return self.folder / "steps.bin"

    @property
    def events_path(self) -> Path:
        """What else happened; follow it with :class:`seqflip.eventlog.EventReader`."""
        return self.folder / "events.jsonl"

    @property
    def snapshots_path(self) -> Path:
        """The weights at some steps; read with :func:`seqflip.snapshots.read_snapshots`."""
        return self.folder / "snapshots.bin"

    @property
    def checkpoint_path(self) -> Path:
        """All that is needed to go on."""
        return self.folder / "checkpoint.npz"

    @property
    def weights_path(self) -> Path:
        """The best parameters by name."""
        return self.folder / "weights.npz"

    def exists(self) -> bool:
        """Whether there is a run in this folder."""
        return (self.folder / Config.file_name).is_file()

    def is_race(self) -> bool:
        """Whether this is no run but a race of runs: see :mod:`seqflip.race.folder`."""
        return (self.folder / RaceConfig.file_name).is_file()

    def lanes(self) -> list["Run"]:
        """Return the runs of a race that are still there; a run has none."""
        lanes = (self._beside(lane) for lane in self.info().lanes)
        return [lane for lane in lanes if lane is not None and lane.exists()]

    def race(self) -> "Run | None":
        """Return the race that this is a lane of, if there is one."""
        race = self._beside(self.info().race)
        return race if race is not None and race.is_race() else None

    def _beside(self, run_id: str | None) -> "Run | None":
        if run_id is None or not is_run_id(run_id):
            return None
        return Run(self.folder.parent / run_id, bundled=self.bundled)

    def config(self) -> Config:
        """Return the configuration; raises :class:`seqflip.config.ConfigError`."""
        return load_config(self.folder / Config.file_name)

    def info(self) -> RunInfo:
        """Return what ``run.json`` says."""
        return _read(self.folder / "run.json", RunInfo)

    def status(self) -> Status:
        """Return where the run stands, as it is true now.

        A process that was killed could not say so. If the run claims to be in somebody's hands
        and nobody holds its lock, it was interrupted; the message is then the last that its
        process said.
        """
        status = self._written_status()
        if status.state in ACTIVE and status.pid is not None and not is_held(self.folder):
            status = self._written_status()  # it may have ended just now, in good order
            if status.state in ACTIVE and status.pid is not None:
                message = (
                    self.last_words() or "The process ended without a word; it was probably killed."
                )
                return status.model_copy(
                    update={"state": "interrupted", "pid": None, "message": message}
                )
        return status

    def last_words(self) -> str:
        """Return the last line that a process in the background left for people to read."""
        try:
            with open(self.folder / "worker.log", "rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 2000))
                lines = file.read().decode(errors="replace").split("\n")
        except OSError:
            return ""
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")

    def live(self) -> dict[str, Any] | None:
        """Return the newest answers and attention: see :mod:`seqflip.live`."""
        return read_json(self.folder / "live.json")

    def metrics(self) -> dict[str, Any] | None:
        """Return the final numbers, if training has ended."""
        return read_json(self.folder / "metrics.json")

    def vocabulary(self) -> list[str] | None:
        """Return the text of every token id."""
        found = read_json(self.folder / "vocabulary.json")
        return None if found is None else list(map(str, found.get("tokens", [])))

    def weights(self) -> Arrays | None:
        """Return the best parameters by name; raises :class:`seqflip.npz.NpzError`."""
        with contextlib.suppress(FileNotFoundError):
            return load_npz(self.weights_path)
        return None

    def size(self) -> int:
        """Return how many bytes the folder takes."""
        total = 0
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_size
        return total

    def may_control(self, token: str | None) -> bool:
        """Whether whoever has this token may say what the run does: its owner alone may."""
        owner = self.info().owner
        return (
            owner is not None
            and token is not None
            and hmac.compare_digest(owner, hash_token(token))
        )

    def may_manage(self, token: str | None) -> bool:
        """Whether whoever has this token may rename, keep, resume or delete the run.

        Runs of the command line belong to nobody: while their process lives it alone decides,
        afterwards anybody may.
        """
        if self.bundled:
            return False
        return self.may_control(token) or (self.info().owner is None and not is_held(self.folder))

    def _written_status(self) -> Status:
        return _read(self.folder / "status.json", Status)


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


def is_run_id(text: str) -> bool:
    """Whether this may name a run's folder; nothing else ever becomes a part of a path."""
    return _ID.fullmatch(text) is not None


def new_run_id(config: Config) -> str:
    """Return an id that nobody has, readable and sorted by time."""
    moment = time.strftime("%Y%m%d-%H%M%S", time.localtime())
    return f"{moment}-{config.data.task}-{secrets.token_hex(3)}"


def clean_name(text: str) -> str:
    """Return a name as people may give it: one line, not too long."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_MAX_NAME]


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


def write_status(run: Run, **fields: Any) -> Status:
    """Say where a run stands that no process trains at the moment; only the lock's holder may."""
    status = run.status().model_copy(update={**fields, "updated": time.time()})
    write_json(run.folder / "status.json", status.model_dump(), durable=False)
    return status


def expected_bytes(config: Config) -> int:
    """Return about how much the folder of such a run will take on disk."""
    training = config.training
    steps = training.epochs * -(-config.data.n_train // training.batch_size)
    steps = min(steps, training.max_steps or steps)
    weights = 4 * estimate(config).parameters
    logs = steps * RECORD.itemsize + expected_snapshot_bytes(config)
    return logs + 6 * weights + 8 * config.data.n_train + (1 << 16)


def new_token() -> str:
    """Return a secret that makes its holder a run's owner."""
    return secrets.token_urlsafe(16)


def hash_token(token: str) -> str:
    """Return what is kept of a token; nobody can find the token from it."""
    return hashlib.sha256(token.encode()).hexdigest()


def read_json(path: Path) -> dict[str, Any] | None:
    """Return what a JSON file says, or None if there is none that can be read."""
    try:
        with open(path, "rb") as file:
            value = json.loads(file.read(_MAX_JSON))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _read(path: Path, kind: type[_ModelT]) -> _ModelT:
    try:
        return kind.model_validate(read_json(path) or {})
    except ValidationError:
        return kind()


def _subfolders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []


def _age(run: Run) -> tuple[float, str]:
    return (-run.info().created, run.id)
