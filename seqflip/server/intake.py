"""Takes in the archives that visitors upload, each read by a process of its own.

Whatever is in an archive, it costs the server a wait, and that process its memory and time.
"""

import gc
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from seqflip.runs.archive import ArchiveError, unpack_run
from seqflip.runs.ownership import hash_token
from seqflip.runs.run import Run
from seqflip.runs.store import RunStore
from seqflip.server.limits import ServerLimits
from seqflip.system.atomic import write_json

SECONDS: float = 20
MEMORY: int = 2 << 30  # bytes of address space
_TOO_MUCH: Final = "this archive takes more memory or time to be read than it may"


def take_in(
    store: RunStore, data: bytes, limits: ServerLimits, token: str, visitor: str | None = None
) -> Run:
    """Take in a run that was downloaded here or elsewhere; it belongs to whoever has the token.

    ``visitor`` is the secret by which a person's runs are known as theirs.

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
        run = Run(Path(scratch, _read(archive, limits, token)))
        info = run.info()
        info.visitor = visitor and hash_token(visitor)
        write_json(run.folder / "run.json", info.model_dump())
        store.make_room_for(run)
        return store.adopt(run.folder)


def _read(archive: Path, limits: ServerLimits, token: str) -> str:
    """Return the name of the folder that a process of its own has written beside the archive."""
    command = [sys.executable, "-m", "seqflip.server.intake", str(archive)]
    bounds = {"memory": MEMORY, "seconds": math.ceil(SECONDS)}
    told = json.dumps({"limits": limits.model_dump(mode="json"), "token": token, **bounds})
    try:
        done = subprocess.run(
            command, input=told, capture_output=True, text=True, encoding="utf-8", timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise ArchiveError(_TOO_MUCH) from None
    if done.returncode != 0:
        raise ArchiveError(_TOO_MUCH)
    answer: dict[str, str] = json.loads(done.stdout)
    if "error" in answer:
        raise ArchiveError(answer["error"])
    return answer["folder"]


def main(argv: Sequence[str]) -> None:
    """Unpack the archive beside itself, and say on standard output what became of it."""
    gc.disable()  # this process ends soon, and a search among millions of lists takes longest
    told = json.loads(sys.stdin.read())
    _bound_this_process(told["memory"], told["seconds"])
    limits, archive = ServerLimits(**told["limits"]), Path(argv[0])
    most = limits.upload_megabytes * 1_000_000
    try:
        folder = unpack_run(
            archive.read_bytes(), archive.parent, most, told["token"], limits.check_opened
        )
        print(json.dumps({"folder": folder.name}))
    except ArchiveError as error:
        print(json.dumps({"error": str(error)}))


def _bound_this_process(memory: int, seconds: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
