"""A run in one zip: to keep, to hand on, to open with pandas and NumPy, and to take in again.

What is taken in comes from anywhere. So of an archive only files with known names are looked at,
no more of each is unpacked than it may have, everything is read as the plain data that it should
be, and the run's folder is written anew from that.
"""

import contextlib
import io
import itertools
import json
import math
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from seqflip.config import yaml
from seqflip.config.config import Config
from seqflip.config.files import dump_config, parse_config
from seqflip.config.sections import LoggingConfig
from seqflip.data.pairs import MAX_BYTES as MAX_PAIRS_BYTES
from seqflip.data.tasks import make_dataset
from seqflip.runs.eventlog import Entry, read_events_since
from seqflip.runs.foreign import MAX_TEXT, checked_events, checked_metrics, checked_status
from seqflip.runs.held_out import save_held_out
from seqflip.runs.ownership import hash_token
from seqflip.runs.run import PAIRS, Run, RunError, RunInfo, clean_name, new_run_id
from seqflip.runs.snapshots import MAX_WEIGHT, check_snapshots
from seqflip.runs.steplog import RECORD, read_since
from seqflip.runs.store import RunStore
from seqflip.runs.trained import Trained, open_trained
from seqflip.system.atomic import write_json
from seqflip.system.npz import DAMAGED, save_npz, unpack_npz

_README = """\
# {name}

A run of SeqFlip: a sequence-to-sequence network with attention, trained in NumPy.

- `config.yaml`: what was trained; train it again with `python -m seqflip --config config.yaml`
- `history.csv`: one line a training step; loss in nats per token
- `history.json`: evaluations on held-out data, all other events, and the final metrics
- `weights.npz`: the best parameters, in the layout of torch.nn
- `vocabulary.json`: the text of every token id
- `snapshots.bin`, if there are any: the parameters at some steps, to replay the run

```python
import numpy, pandas
history = pandas.read_csv("history.csv")
weights = dict(numpy.load("weights.npz"))
```
"""

_NEEDED: Final = ("config.yaml", "history.csv", "history.json", "weights.npz", "vocabulary.json")
_COLUMNS: Final = RECORD.names or ()
_LARGEST: Final = {
    "config.yaml": yaml.MAX_BYTES,
    "vocabulary.json": 1_000_000,
    "history.csv": 200_000_000,  # a million steps
    "history.json": 16_000_000,
    "weights.npz": 400_000_000,
    "snapshots.bin": 400_000_000,
    **dict.fromkeys(PAIRS, MAX_PAIRS_BYTES + 1),
}
"""What each file can honestly have at most, in bytes; none is unpacked any further."""

_MAX_LENGTH = 10_000
_MOST_TOKENS = 20_000_000  # of all sources and targets
_LAST_STEP = 2**53  # beyond it, a browser's numbers are not whole any more
_PART = 20_000  # lines
_MAX_EVENTS = 200_000
_EXPANSION = 8  # how many times its own size an archive may unpack to


class ArchiveError(RunError):
    """An archive that cannot be taken in; the message says what is wrong with it."""


def export_run(run: Run) -> bytes:
    """Return a run as a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        info = run.info()
        archive.writestr(f"{run.id}/README.md", _README.format(name=info.name or run.id))
        archive.writestr(f"{run.id}/config.yaml", (run.folder / "config.yaml").read_bytes())
        with archive.open(f"{run.id}/history.csv", "w") as file:
            for line in _csv_lines(run.steps_path):
                file.write(line.encode())
        archive.writestr(f"{run.id}/history.json", json.dumps(_history(run), indent=1))
        for name in ("weights.npz", "vocabulary.json", *PAIRS):
            with contextlib.suppress(FileNotFoundError):
                archive.writestr(f"{run.id}/{name}", (run.folder / name).read_bytes())
        with contextlib.suppress(FileNotFoundError):
            snapshots = run.snapshots_path.read_bytes()
            archive.writestr(f"{run.id}/snapshots.bin", snapshots, zipfile.ZIP_STORED)
    return buffer.getvalue()


def _csv_lines(path: Path) -> Iterator[str]:
    yield ",".join(_COLUMNS) + "\n"
    records, offset = read_since(path, 0)
    while len(records):
        yield "".join(",".join(map(repr, record)) + "\n" for record in records.tolist())
        records, offset = read_since(path, offset)


def _history(run: Run) -> dict[str, Any]:
    entries: list[Entry] = []
    offset, start = 0, -1
    while offset != start:
        start = offset
        more, offset = read_events_since(run.events_path, start)
        entries += more
    history = {
        "name": run.info().name,
        "created": run.info().created,
        "status": run.status().model_dump(exclude={"pid"}),
        "metrics": run.metrics() or {},
        "events": entries,
    }
    return {name: _without_nan(value) for name, value in history.items()}


def _without_nan(value: Any) -> Any:
    """Return the value with null for what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _without_nan(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return value


def import_run(
    store: RunStore,
    data: bytes,
    max_bytes: int,
    token: str | None = None,
    check: Callable[[Config], None] = lambda config: None,
) -> Run:
    """Take in a run that :func:`export_run` wrote, here or elsewhere.

    Parameters
    ----------
    store : RunStore
        Where to.
    data : bytes
        The zip.
    max_bytes : int
        The largest one that is taken.
    token : str, optional
        The secret of the person it will belong to.
    check : callable
        Raises a ValueError for what is too large to be opened here.

    Raises
    ------
    ArchiveError
        If it is anything else than such a run, whole and consistent.
    RunError
        If there is no room for it.
    """
    with tempfile.TemporaryDirectory(prefix="seqflip-") as scratch:
        folder = unpack_run(data, Path(scratch), max_bytes, token, check)
        store.make_room_for(Run(folder))
        return store.adopt(folder)


def unpack_run(
    data: bytes,
    parent: Path,
    max_bytes: int,
    token: str | None = None,
    check: Callable[[Config], None] = lambda config: None,
) -> Path:
    """Write the folder of an archive's run into another, and return it; see :func:`import_run`."""
    if len(data) > max_bytes:
        raise ArchiveError(f"{len(data):,} bytes are too many; at most {max_bytes:,} are taken")
    files = _unpack(data, max_bytes * _EXPANSION)
    try:
        folder = _rebuild(parent, files, token, check)
        trained = _checked_model(folder)
        _rebuild_history(folder, trained.config, files, token)
        _check_data(folder, trained)
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError) as error:
        # All of ours are ValueErrors; none of them needs to tell where it was unpacked.
        first = (str(error) or "it is too large").splitlines()[0]
        first = first.replace(str(parent), "").lstrip("/")
        raise ArchiveError(f"this is not the archive of a run: {first}") from None
    return folder


def _unpack(data: bytes, max_bytes: int) -> dict[str, bytes]:
    """Return the contents of the files that are known, however they are called in front."""
    files: dict[str, bytes] = {}
    left = max_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                name = member.filename.replace("\\", "/").rsplit("/", 1)[-1]
                if name not in _LARGEST:
                    continue
                if name in files:
                    raise ArchiveError(f"this is not the archive of one run: {name} is in it twice")
                most = min(_LARGEST[name], left)
                if member.file_size <= most:  # which may be a lie, so no more is read
                    with archive.open(member) as file:
                        files[name] = file.read(most + 1)
                if name not in files or len(files[name]) > most:
                    raise ArchiveError(f"{name} unpacks to more than {most:,} bytes")
                left -= len(files[name])
    except DAMAGED as error:
        raise ArchiveError(f"this is not a whole zip ({error})") from None
    for name in _NEEDED:
        if name not in files:
            raise ArchiveError(f"this is not the archive of a run: it has no {name}")
    return files


def _rebuild(
    parent: Path, files: dict[str, bytes], token: str | None, check: Callable[[Config], None]
) -> Path:
    """Write what a model is made of into a new folder, and return it."""
    config = _safe_config(files)
    check(config)
    folder = parent / new_run_id(config)
    folder.mkdir()
    (folder / "config.yaml").write_text(dump_config(config) or "{}\n", encoding="utf-8")
    write_json(folder / "vocabulary.json", _vocabulary(_json(files, "vocabulary.json")))
    save_npz(folder / "weights.npz", unpack_npz(files["weights.npz"]))
    for name in (*PAIRS, "snapshots.bin"):
        if name in files:
            (folder / name).write_bytes(files[name])
    return folder


def _rebuild_history(
    folder: Path, config: Config, files: dict[str, bytes], token: str | None
) -> None:
    """Write what its archive says of how it was trained."""
    history = _mapping(_json(files, "history.json"), "history.json")
    called, created = history.get("name"), history.get("created")
    info = RunInfo(
        name=clean_name(called) if isinstance(called, str) else "",
        created=created
        if isinstance(created, float) and 0 < created < time.time()
        else time.time(),
        source="upload",
        owner=None if token is None else hash_token(token),
    )
    with open(folder / "events.jsonl", "w", encoding="utf-8") as file:
        for event in checked_events(_list(history.get("events"), "events")[:_MAX_EVENTS]):
            file.write(json.dumps(event) + "\n")
    write_json(folder / "metrics.json", checked_metrics(history.get("metrics")))
    write_json(folder / "status.json", checked_status(history.get("status")).model_dump())
    write_json(folder / "run.json", info.model_dump())
    most = config.total_steps
    if files["history.csv"].count(b"\n") > most + 2:
        raise ValueError(f"history.csv has more steps than the {most:,} that it could make")
    _write_steps(files["history.csv"], folder / "steps.bin")


def _checked_model(folder: Path) -> Trained:
    """Return the model, whose weights, vocabulary, settings and snapshots belong together."""
    trained = open_trained(folder)
    if not all((abs(one) <= MAX_WEIGHT).all() for one in trained.model.parameters().values()):
        raise ValueError("its weights are larger than any that are trained")
    path = Run(folder).snapshots_path
    if path.exists():
        most = trained.config.logging.snapshots
        check_snapshots(path, trained.model.parameter_count, most)
    data = trained.config.data
    if not data.own_pairs:
        sizes = data.sizes
        _compare(trained, sizes.vocab_size, sizes.src_length, sizes.tgt_length)
    return trained


def _check_data(folder: Path, trained: Trained) -> None:
    """See that its data are those of its model, and keep those that are shown."""
    dataset = make_dataset(trained.config.data)
    _compare(trained, dataset.vocab_size, dataset.src_length, dataset.tgt_length)
    size = dataset.x_src_train.size + dataset.x_tgt_train.size
    if trained.config.data.own_pairs and size > _MOST_TOKENS:
        raise ValueError("its pairs are too long to be shown")
    save_held_out(folder, dataset)


def _compare(trained: Trained, *sizes: int) -> None:
    model = trained.model
    if sizes != (len(trained.vocabulary), model.src_length, model.tgt_length):
        raise ValueError("its data are not those that it was trained on")


def _safe_config(files: dict[str, bytes]) -> Config:
    """Return the configuration, which may name no file outside the archive."""
    config = parse_config(files["config.yaml"].decode(), "config.yaml")
    if config.data.path is not None and (
        config.data.path not in PAIRS or config.data.path not in files
    ):
        raise ValueError("its configuration reads a file that is not in it")
    told = LoggingConfig().model_dump(include={"level", "file"})  # where it was told is private
    return config.model_copy(update={"logging": config.logging.model_copy(update=told)})


def _vocabulary(found: object) -> dict[str, Any]:
    found = _mapping(found, "vocabulary.json")
    tokens = [_text(token) for token in _list(found.get("tokens"), "tokens")]
    sizes = {name: found[name] for name in ("src_length", "tgt_length")}
    if not all(isinstance(size, int) and 0 < size <= _MAX_LENGTH for size in sizes.values()):
        raise ValueError("vocabulary.json has impossible lengths")
    return {"tokens": tokens, **sizes}


def _write_steps(text: bytes, path: Path) -> None:
    """Write history.csv, whose steps ascend, as records; no more of it is in memory than a part."""
    lines = io.TextIOWrapper(io.BytesIO(text), "utf-8-sig")  # a spreadsheet marks it
    if lines.readline().strip().split(",") != list(_COLUMNS):
        raise ValueError(f"history.csv must have the columns {', '.join(_COLUMNS)}")
    last = 0
    with open(path, "wb") as file:
        while part := list(itertools.islice(lines, _PART)):
            records = np.loadtxt(part, RECORD, delimiter=",", comments=None, ndmin=1)
            steps = records["step"].astype(np.int64)
            if (np.diff(steps, prepend=last) <= 0).any() or steps[-1] > _LAST_STEP:
                raise ValueError("the steps in history.csv do not ascend")
            last = steps[-1]
            file.write(records.tobytes())


def _json(files: dict[str, bytes], name: str) -> object:
    """Return what a file says, unless it nests what no run does: that takes long to be built."""
    if sum(map(files[name].count, (b"[", b"{"))) > 2 * _MAX_EVENTS:
        raise ValueError(f"{name} has too many lists and mappings")
    return json.loads(files[name])


def _mapping(found: object, what: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ValueError(f"{what} is no mapping")
    return found


def _list(found: object, what: str) -> list[Any]:
    if not isinstance(found, list):
        raise ValueError(f"{what} is no list")
    return found


def _text(found: object) -> str:
    if not isinstance(found, str) or len(found) > MAX_TEXT:
        raise ValueError(f"{str(found)[:40]!r} is no short text")
    return found
