"""What holds for every test: one BLAS thread, bad numbers raise, the same examples each time."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from hypothesis import settings

from tests.thorough import tries

# Underflow to zero is how softmax and Adam are meant to work; all else that goes wrong raises.
np.seterr(divide="raise", over="raise", invalid="raise", under="ignore")

settings.register_profile("seqflip", deadline=None, derandomize=True, max_examples=tries(40, 1000))
settings.load_profile("seqflip")
