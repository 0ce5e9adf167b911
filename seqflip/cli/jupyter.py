"""What jupyter-server-proxy is told: SeqFlip is one of the things that a notebook server starts."""

import sys
from typing import Any


def server() -> dict[str, Any]:
    """Return how to start the app; jupyter-server-proxy fills in the port and the path."""
    options = ["--port", "{port}", "--path", "{base_url}", "--headless"]
    return {
        "command": [sys.executable, "-m", "seqflip", "app", *options],
        "absolute_url": True,
        "timeout": 30,
        "launcher_entry": {"title": "SeqFlip"},
    }
