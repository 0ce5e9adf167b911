"""Lets a run stand where a test needs it."""

from seqflip.runs.run import Run, write_status


def stand(run: Run, **fields: object) -> None:
    """Change some fields of a run's status that no process trains."""
    write_status(run, run.status().model_copy(update=fields))
