"""Files that the browser fetches once, and not with every message.

Streamlit serves what lies in `static/` beside `app.py`. There goes a copy of the installed
Plotly's script (so the chart works without a CDN, and the repository carries no copy), and of the
chart's own. The folder's name is a hash of the content: a browser may keep such a file for ever,
and a new version has a new name.
"""

import hashlib
import itertools
import os
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path

import plotly

from seqflip.system.home import APP

FOLDER = APP / "static" / "published"
URL = "app/static/published"

# With every message Streamlit repeats a component's script, so it only fetches that which draws.
# While that is being loaded, a message may overtake the one before, which has no meaning then. With
# other colours on the page Streamlit gives the same message again, though it may be an old one.
LOADER = """
const newest = new WeakMap()
export default async function (component) {
  const { parentElement } = component
  const { script, turn, ...data } = component.data
  const { draw } = await import(new URL(script, document.baseURI).href)
  const before = newest.get(parentElement)
  if (turn < before) return
  newest.set(parentElement, turn)
  return draw({ ...component, data, again: turn === before })
}
"""
_turns = itertools.count(time.time_ns() // 1_000_000)  # a server's that follows begin behind them
_LONG_AGO = (
    946_684_800  # a browser takes a file that last changed in the year 2000 for a lasting one
)


@cache
def publish(*sources: Path) -> str:
    """Copy files and folders to one place where browsers fetch them; returns its URL."""
    files = [
        file
        for source in sources
        for file in (sorted(source.rglob("*.js")) if source.is_dir() else [source])
    ]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    target = FOLDER / digest
    if not target.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=FOLDER))
        for file in files:
            copy = shutil.copy(file, unfinished)
            os.utime(copy, (_LONG_AGO, _LONG_AGO))
        unfinished.chmod(0o755)
        try:
            unfinished.rename(target)
        except OSError:  # another session published it meanwhile
            shutil.rmtree(unfinished)
            if not target.exists():
                raise
    return f"{URL}/{digest}"


def plotly_script() -> str:
    """Return the URL of the installed Plotly's own script."""
    return (
        publish(Path(plotly.__file__).parent / "package_data" / "plotly.min.js") + "/plotly.min.js"
    )


def next_turn() -> int:
    """Return a message's place in the order of all, for :data:`LOADER`."""
    return next(_turns)
