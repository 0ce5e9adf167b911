"""Takes in the archives that visitors upload, each read by a process of its own.

Whatever is in an archive, it costs the server a wait, and that process its memory and time.
"""

import contextlib
import gc
import json
import math
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Final

from seqflip.runs.archive import ArchiveError, unpack_run
from seqflip.runs.ownership import hash_token
from seqflip.runs.run import Run
from seqflip.runs.store import RunStore
from seqflip.server.limits import ServerLimits
from seqflip.server.processes import Spare, WorkerProcess
from seqflip.system.atomic import write_json

SECONDS: float = 20
MEMORY: int = 2 << 30  # bytes of address space
_TOO_MUCH: Final = "this archive takes more memory or time to be read than it may"


def take_in(
    store: RunStore,
    data: bytes,
    limits: ServerLimits,
    token: str,
    visitor: str | None = None,
    spare: Spare | None = None,
) -> Run:
    """Take in a run that was downloaded here or elsewhere; it belongs to whoever has the token.

    Parameters
    ----------
    store, data, limits, token
        Where to, the archive, what is allowed, whose it will be.
    visitor : str, optional
        The secret by which a person's runs are known as theirs.
    spare : Spare, optional
        Whose waiting process reads it; without one, that takes a second longer.

    Raises
    ------
    ArchiveError
        If it is no such run, or too large for this server.
    RunError
        If there is no room for it.
    """
    most = limits.upload_megabytes * 1_000_000
    if len(data) > most:
        raise ArchiveError(f"{len(data):,} bytes are too many; at most {most:,} are taken")
    with tempfile.TemporaryDirectory(prefix="seqflip-") as scratch:
        archive = Path(scratch, "run.zip")
        archive.write_bytes(data)
        run = Run(Path(scratch, _read(archive, limits, token, spare)))
        info = run.info()
        info.visitor = visitor and hash_token(visitor)
        write_json(run.folder / "run.json", info.model_dump())
        store.make_room_for(run)
        return store.adopt(run.folder)


def _read(archive: Path, limits: ServerLimits, token: str, spare: Spare | None) -> str:
    """Return the name of the folder that a process of its own has written beside the archive."""
    told = {"archive": str(archive), "token": token, "limits": limits.model_dump(mode="json")}
    bounds = {"memory": MEMORY, "seconds": math.ceil(SECONDS)}
    question = json.dumps(told | bounds).encode()
    waiting = spare.take() if spare is not None else None
    said = (waiting or WorkerProcess()).ask(question, SECONDS)
    if not said:
        raise ArchiveError(_TOO_MUCH)
    found: dict[str, str] = json.loads(said)
    if "error" in found:
        raise ArchiveError(found["error"])
    return found["folder"]


def answer(question: bytes) -> bytes:
    """Unpack an archive beside itself, and say what became of it; this process ends with that."""
    gc.disable()  # a search among millions of lists takes longest
    told = json.loads(question)
    _bound_this_process(told["memory"], told["seconds"])
    limits, archive = ServerLimits(**told["limits"]), Path(told["archive"])
    most = limits.upload_megabytes * 1_000_000
    try:
        folder = unpack_run(
            archive.read_bytes(), archive.parent, most, told["token"], limits.check_opened
        )
    except ArchiveError as error:
        return json.dumps({"error": str(error)}).encode()
    return json.dumps({"folder": folder.name}).encode()


def _bound_this_process(memory: int, seconds: int) -> None:
    with contextlib.suppress(ImportError):  # on Windows, who asks waits no longer than that
        resource = import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
