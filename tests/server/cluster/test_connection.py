"""The way to a cluster, where there is none."""

import contextlib
import socket
import threading

import pytest

from seqflip.server.cluster.cluster import Cluster
from seqflip.server.cluster.connection import ClusterError, connect
from tests.processes import until


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
