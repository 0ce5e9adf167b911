"""A training process keeps the memory that it frees."""

import subprocess
import sys

import pytest

from tests.processes import ENVIRONMENT

COUNT_FAULTS = """
import resource, sys
import numpy as np
from seqflip.system.blas import (keep_freed_memory,)
if sys.argv[1] == "keep":
    keep_freed_memory()
for _ in range(5):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    arrays = [np.ones(50_000) for _ in range(40)]
    del arrays
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    command = [sys.executable, "-c", COUNT_FAULTS, how]
    return int(subprocess.check_output(command, env=ENVIRONMENT))


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries have other ways")
def test_the_same_large_arrays_again_cost_no_page_faults() -> None:
    assert faults("keep") * 10 < faults("give back")
