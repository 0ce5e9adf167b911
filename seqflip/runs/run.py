"""The run folder: where a training and everybody who looks at it meet.

One process writes a run's folder while it trains; any number of others read it. The folder holds

========================  ==========================================================================
``config.yaml``           what was asked for; the command line takes it too
``run.json``              name, when and how it was made, whose it is: :class:`RunInfo`
``status.json``           where it stands, renewed a few times a second: :class:`Status`
``steps.bin``             the learning curve: :mod:`seqflip.runs.steplog`
``events.jsonl``          evaluations and whatever else happened: :mod:`seqflip.runs.eventlog`
``snapshots.bin``         the weights at some steps: :mod:`seqflip.runs.snapshots`
``checkpoint.npz``        all that is needed to go on: :mod:`seqflip.runs.checkpoint`
``weights.npz``           the best parameters by name
``vocabulary.json``       a list of texts; a token's id is its place in it
``held_out.npz``          the first held-out sequences: :mod:`seqflip.runs.held_out`
``live.json``             the newest answers and attention: :mod:`seqflip.runs.live`
``metrics.json``          the final numbers, once there are any
``control.json``          what the run is asked to do; others write it: :mod:`seqflip.runs.control`
``worker.log``            what a process in the background said
``lock``                  held by the process that trains: :mod:`seqflip.runs.lock`
``claim``                 held by whoever has another process train it
========================  ==========================================================================
"""

import contextlib
import hmac
import json
import os
import re
import secrets
import time
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from seqflip.config.config import Config
from seqflip.config.files import load_config
from seqflip.runs.lock import is_held
from seqflip.runs.ownership import hash_token
from seqflip.runs.status import ACTIVE, Status
from seqflip.system.atomic import write_json
from seqflip.system.npz import Arrays, load_npz
from seqflip.system.reading import open_to_read, read_at_most

Source = Literal["app", "command line", "upload", "example"]


RACE_FILE: Final = "race.yaml"
"""What the folder of a race of runs has in place of a configuration."""

PAIRS: Final = ("pairs.csv", "pairs.tsv")
"""What a file with a user's own pairs may be called in a run's folder."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_MAX_NAME = 80
_NO_WORD = (
    "The process ended without a word: it was killed, or the disk was full. "
    "Resume goes on from its last checkpoint."
)
_MAX_JSON = 1 << 20
_MAX_VOCABULARY = 64 << 20  # a user's own pairs may be of very many words

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
    visitor : str or None
        The hash of what one person's browser sends with all runs that are started there.
    preset : str or None
        The preset it was made from.
    race : str or None
        The id of the race in which it is a lane.
    lanes : tuple of str
        Of a race, the ids of its lanes.
    """

    name: str = Field("", max_length=_MAX_NAME)
    created: float = 0.0
    source: Source = "command line"
    kept: bool = False
    owner: str | None = None
    visitor: str | None = None
    preset: str | None = None
    race: str | None = None
    lanes: tuple[str, ...] = ()


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
        """The learning curve; follow it with :class:`seqflip.runs.steplog.CurveReader`."""
        return self.folder / "steps.bin"

    @property
    def events_path(self) -> Path:
        """What else happened; follow it with :class:`seqflip.runs.eventlog.EventReader`."""
        return self.folder / "events.jsonl"

    @property
    def snapshots_path(self) -> Path:
        """The weights at some steps; read with :func:`seqflip.runs.snapshots.read_snapshots`."""
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
        return (self.folder / RACE_FILE).is_file()

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
        """Return the configuration; raises :class:`seqflip.config.config.ConfigError`."""
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
                status.state, status.pid = "interrupted", None
                status.message = self.last_words() or _NO_WORD
        return status

    def last_words(self) -> str:
        """Return the last line that a process in the background left for people to read."""
        try:
            with open_to_read(self.folder / "worker.log") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - 2000))
                lines = file.read().decode(errors="replace").split("\n")
        except OSError:
            return ""
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")

    def live(self) -> dict[str, Any] | None:
        """Return the newest answers and attention: see :mod:`seqflip.runs.live`."""
        return read_json(self.folder / "live.json")

    def metrics(self) -> dict[str, Any] | None:
        """Return the final numbers, if training has ended."""
        return read_json(self.folder / "metrics.json")

    def vocabulary(self) -> list[str] | None:
        """Return the text of every token id."""
        found = self.vocabulary_file()
        return None if found is None else list(map(str, found.get("tokens", [])))

    def vocabulary_file(self) -> dict[str, Any] | None:
        """Return all that is said of tokens and lengths."""
        return read_json(self.folder / "vocabulary.json", _MAX_VOCABULARY)

    def weights(self) -> Arrays | None:
        """Return the best parameters by name; raises :class:`seqflip.system.npz.NpzError`."""
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


def write_status(run: Run, status: Status) -> Status:
    """Say where a run stands that no process trains at the moment; only the lock's holder may."""
    status.updated = time.time()
    write_json(run.folder / "status.json", status.model_dump(), durable=False)
    return status


def read_json(path: Path, most: int = _MAX_JSON) -> dict[str, Any] | None:
    """Return what a JSON file of so many bytes says, or None if there is none that can be read."""
    try:
        with open_to_read(path) as file:
            value = json.loads(read_at_most(file, most))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _read(path: Path, kind: type[_ModelT]) -> _ModelT:
    try:
        return kind.model_validate(read_json(path) or {})
    except ValidationError:
        return kind()
