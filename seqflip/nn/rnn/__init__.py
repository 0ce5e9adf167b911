"""The recurrent family: cells, layers over time, stacks of them, encoder and decoder.

Time comes first: ``(steps, directions, batch, hidden)``.
"""

from seqflip.nn.rnn.architecture import RecurrentArchitecture
from seqflip.nn.rnn.cells import CELLS, Cell
from seqflip.nn.rnn.decoder import Decoder, DecoderState, InputFeedingDecoder
from seqflip.nn.rnn.encoder import Encoded, Encoder
from seqflip.nn.rnn.network import RecurrentNetwork
from seqflip.nn.rnn.recurrent import Recurrent
from seqflip.nn.rnn.stack import Stack

__all__ = [
    "CELLS",
    "Cell",
    "Decoder",
    "DecoderState",
    "Encoded",
    "Encoder",
    "InputFeedingDecoder",
    "Recurrent",
    "RecurrentArchitecture",
    "RecurrentNetwork",
    "Stack",
]
