"""Who waits for a place learns how many are before, and how long it may take."""

from seqflip.ui.labels import duration
from seqflip.ui.shell.server import server


def waiting(training: str) -> list[str]:
    """Say it of a run or a race, by its id, in short parts of a line."""
    launcher = server().launcher
    if trouble := launcher.trouble():
        return [trouble]
    place, longest = launcher.place(training), launcher.longest_wait(training)
    if place is None:  # its turn has just come
        return ["next"]
    said = f"{place - 1} before it" if place > 1 else "next"
    if longest is None:
        return [said, "until others of its owner have ended"]
    return [said, f"at most about {duration(longest)}"]
