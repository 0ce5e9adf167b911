"""The mathematics: arrays in, arrays out. Nothing here knows of tasks, files or screens.

What comes in kinds (cells, attentions, optimizers, schedules) is found in a registry by its name.
"""

from seqflip.nn.architecture import Architecture
from seqflip.nn.arrays import BoolArray, FloatArray, IntArray
from seqflip.nn.attention import ATTENTIONS, Attention
from seqflip.nn.buffers import Buffers
from seqflip.nn.dot_product import scaled_dot_product_attention
from seqflip.nn.functional import log_softmax, sigmoid, softmax
from seqflip.nn.location import LocationAttention, LocationDotAttention
from seqflip.nn.looking import CROSS, DECODER, ENCODER, KINDS, Look, WeighAt, Where
from seqflip.nn.loss import softmax_cross_entropy, softmax_cross_entropy_backward
from seqflip.nn.network import ARCHITECTURES, Looks, Network, Pass, Source, make_network
from seqflip.nn.optim import OPTIMIZERS, SCHEDULES, clip_by_global_norm, schedule
from seqflip.nn.registry import Registry
from seqflip.nn.rnn import CELLS, Cell, RecurrentArchitecture, RecurrentNetwork
from seqflip.nn.shift import ShiftAttention
from seqflip.nn.transformer import NORMS, POSITIONS, Transformer, TransformerArchitecture

__all__ = [
    "ARCHITECTURES",
    "ATTENTIONS",
    "CELLS",
    "CROSS",
    "DECODER",
    "ENCODER",
    "KINDS",
    "NORMS",
    "OPTIMIZERS",
    "POSITIONS",
    "SCHEDULES",
    "Architecture",
    "Attention",
    "BoolArray",
    "Buffers",
    "Cell",
    "FloatArray",
    "IntArray",
    "LocationAttention",
    "LocationDotAttention",
    "Look",
    "Looks",
    "Network",
    "Pass",
    "RecurrentArchitecture",
    "RecurrentNetwork",
    "Registry",
    "ShiftAttention",
    "Source",
    "Transformer",
    "TransformerArchitecture",
    "WeighAt",
    "Where",
    "clip_by_global_norm",
    "log_softmax",
    "make_network",
    "scaled_dot_product_attention",
    "schedule",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_backward",
]
