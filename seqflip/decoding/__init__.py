"""From a trained network to answers: greedy decoding, beam search, and a trace of every number.

Here the model lives on its own output: at every step it reads the word that it wrote the step
before. Interventions change, at any of these steps, where it looks.
"""

from seqflip.decoding.beam import BeamSearch, Candidate, Hypothesis, beam_search
from seqflip.decoding.greedy import greedy, scheduled_inputs
from seqflip.decoding.interventions import (
    Flatten,
    Forbid,
    Force,
    Intervention,
    Shuffle,
    Swap,
    SwitchOff,
    Temperature,
)
from seqflip.decoding.trace import Trace, trace

__all__ = [
    "BeamSearch",
    "Candidate",
    "Flatten",
    "Forbid",
    "Force",
    "Hypothesis",
    "Intervention",
    "Shuffle",
    "Swap",
    "SwitchOff",
    "Temperature",
    "Trace",
    "beam_search",
    "greedy",
    "scheduled_inputs",
    "trace",
]
