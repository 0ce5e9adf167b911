"""A new run's folder, made as a whole."""

import errno
import os
import secrets
import shutil
import time
from pathlib import Path

from seqflip.config import Config, dump_config
from seqflip.data.pairs import whole_file
from seqflip.runs.run import PAIRS, Run, RunError, RunInfo
from seqflip.runs.status import Status
from seqflip.system.atomic import atomic_file, move_folder, sync_directory, write_json, write_text


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
            move_folder(draft, folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync_directory(folder.parent)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise RunError(
                f"{folder}: this folder is not empty; go on with --resume or choose another"
            ) from None
        raise RunError(
            f"{folder}: this folder cannot be made ({error.strerror or error})"
        ) from None
    return Run(folder)


def _fill(folder: Path, config: Config, info: RunInfo) -> None:
    if config.data.path is not None:
        suffix, content = whole_file(Path(config.data.path))
        copy = next((name for name in PAIRS if name.endswith(suffix)), PAIRS[0])
        with atomic_file(folder / copy) as file:
            file.write(content)
        data = config.data.model_copy(update={"path": copy})
        config = config.model_copy(update={"data": data})
    write_text(folder / config.file_name, dump_config(config) or "{}\n")
    write_json(folder / "run.json", info.model_dump())
    status = Status(message="Not started yet.", epochs=config.training.epochs, updated=time.time())
    write_json(folder / "status.json", status.model_dump())
