"""What holds for every test: one BLAS thread, bad numbers raise, the same examples each time."""

import os
from collections.abc import Iterator

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest
from hypothesis import settings

from tests.cluster import LocalCluster
from tests.thorough import THOROUGH, tries

# Underflow to zero is how softmax and Adam are meant to work; all else that goes wrong raises.
np.seterr(divide="raise", over="raise", invalid="raise", under="ignore")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A real cluster of two workers; who uses it says so by the xdist_group of that name."""
    started = LocalCluster(tmp_path_factory.mktemp("cluster"))
    try:
        started.until_there_are(2)
        yield started
    finally:
        started.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what is only for the thorough to them."""
    if THOROUGH:
        return
    left_out = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


settings.register_profile("seqflip", deadline=None, derandomize=True, max_examples=tries(40, 1000))
settings.load_profile("seqflip")
