"""The way to a cluster, where there is none."""

import contextlib
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from seqflip.server.cluster.cluster import Cluster
from seqflip.server.cluster.connection import ClusterError, connect
from seqflip.ui.shell.server import limits_or_exit
from tests.processes import ENVIRONMENT, until

SERVE_AND_LOOK = """
import sys
from seqflip.ui.shell.server import server
server().launcher.close()
print("distributed" in sys.modules, "dask" in sys.modules)
"""


def test_a_server_without_a_cluster_does_without_dask(tmp_path: Path) -> None:
    environment = {name: value for name, value in ENVIRONMENT.items() if name != "SEQFLIP_CLUSTER"}
    done = subprocess.run(
        [sys.executable, "-c", SERVE_AND_LOOK],
        env=environment | {"SEQFLIP_RUNS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False False\n"


def test_a_server_that_cannot_begin_says_why_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SEQFLIP_CLUSTER", "here")
    with pytest.raises(SystemExit, match=r"^seqflip: SEQFLIP_CLUSTER must be an address such as"):
        limits_or_exit()


def test_where_something_else_answers_that_is_told_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        before = threading.active_count()
        with pytest.raises(ClusterError, match=f"the cluster at {address} does not answer"):
            connect(address, seconds=0.2)
        assert threading.active_count() == before


def test_a_cluster_that_nobody_answers_for_has_no_places() -> None:
    with contextlib.closing(Cluster("tcp://127.0.0.1:1")) as cluster:
        until(lambda: cluster.trouble() == "the cluster does not answer")
        assert cluster.threads() == 0
