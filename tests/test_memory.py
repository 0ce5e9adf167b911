"""A training process keeps the memory that it frees."""

import subprocess
import sys

import pytest

from tests.processes import ENVIRONMENT

COUNT_FAULTS = """
import resource, sys
import numpy as np
from seqflip.memory import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
for _ in range(2):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        np.zeros(10**6).fill(1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    command = [sys.executable, "-c", COUNT_FAULTS, how]
    return int(subprocess.check_output(command, env=ENVIRONMENT))


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries have other ways")
def test_the_same_large_array_again_costs_no_page_faults() -> None:
    assert faults("keep") * 10 < faults("give back")
