"""What a page calls each state of a run, and with which sign."""

from seqflip.runs.status import State

BADGES: dict[State, tuple[str, str]] = {
    "queued": ("Waiting", "hourglass"),
    "running": ("Training", "directions_run"),
    "paused": ("Paused", "pause"),
    "finished": ("Finished", "check"),
    "stopped": ("Stopped", "stop"),
    "interrupted": ("Interrupted", "bolt"),
    "diverged": ("Diverged", "trending_up"),
    "failed": ("Failed", "error"),
}
