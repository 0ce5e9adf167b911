"""Trainings give way to the browsers, which wait for each other on two cores."""

import os
import sys

if "seqflip.server.worker" in sys.orig_argv:
    os.nice(10)
