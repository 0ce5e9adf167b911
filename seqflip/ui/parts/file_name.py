"""Names for files that are taken home: they say of which run, sequence and step they are."""

import re
from collections.abc import Sequence

_LONGEST = 40


def file_name(kind: str, run_id: str, tokens: Sequence[str], step: int | None = None) -> str:
    """Return a name without an ending that every file system takes.

    >>> file_name("attention", "reverse", ["3", "1", "4"])
    'attention-reverse-3-1-4'
    """
    said = [kind, run_id, _plain(" ".join(tokens)), "" if step is None else f"step-{step}"]
    return "-".join(filter(None, said))


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text)[:_LONGEST].strip("-")
