"""What all visitors of one server share: its limits, its runs, and who trains them."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import streamlit as st

from seqflip.runs.store import RunStore
from seqflip.runs.trained import EXAMPLES
from seqflip.server.cluster.cluster import Cluster
from seqflip.server.launcher import Launcher
from seqflip.server.limits import LimitsError, ServerLimits


@dataclass(frozen=True)
class Server:
    """The one of this process."""

    limits: ServerLimits
    store: RunStore
    launcher: Launcher


@st.cache_resource(show_spinner=False, on_release=lambda server: server.launcher.close())
def server() -> Server:
    """Return the server, which is made with the first visit."""
    limits = ServerLimits.from_environment()
    store = RunStore(
        limits.runs,
        examples=EXAMPLES,
        max_bytes=limits.disk_megabytes * 1_000_000,
        stale_seconds=limits.keep_days * 86_400,
    )
    cluster = Cluster(limits.cluster) if limits.cluster != "none" else None
    return Server(limits, store, Launcher(store, limits, spare=True, cluster=cluster))


def limits_or_exit() -> ServerLimits:
    """Return what this server allows; a setting that cannot be ends it with one sentence."""
    try:
        return ServerLimits.from_environment()
    except LimitsError as error:
        sys.exit(f"seqflip: {error}")


@asynccontextmanager
async def lifetime(app: object) -> AsyncIterator[None]:
    """Pause whatever trains when the app ends, as it does after Ctrl-C."""
    yield
    server().launcher.close()


def _leave(viewer: str) -> None:
    server().launcher.leave(viewer)


@st.cache_resource(show_spinner=False, scope="session", on_release=_leave)
def viewer() -> str:
    """Return a name for this tab, known until it is closed."""
    return uuid4().hex
