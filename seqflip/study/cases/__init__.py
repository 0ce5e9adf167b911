"""Cases to learn from, each found by a search over real models, or made by one honest change.

A definition says what a case is; the first sequence that fits it, in the order in which a run holds
them out, is the case. So what is found is the same every time, and true of whatever was trained.
"""

from seqflip.study.cases.answers import Answers, answers_of_length, held_out_answers
from seqflip.study.cases.beams import Beamed, beam_loses, beam_rescues
from seqflip.study.cases.broken import Broken, softmax_over_outputs, without_mask
from seqflip.study.cases.longer import (
    Glance,
    first_lost,
    forced_from_lost,
    forced_right,
    places,
)
from seqflip.study.cases.parting import (
    aligned_and_wrong,
    drags_on,
    most_tokens_few_answers,
    runs_on,
)
from seqflip.study.cases.small import (
    BY_HEART,
    SMALL,
    TOO_FAST,
    Deaf,
    Peeking,
    Small,
    train_small,
)

__all__ = [
    "BY_HEART",
    "SMALL",
    "TOO_FAST",
    "Answers",
    "Beamed",
    "Broken",
    "Deaf",
    "Glance",
    "Peeking",
    "Small",
    "aligned_and_wrong",
    "answers_of_length",
    "beam_loses",
    "beam_rescues",
    "drags_on",
    "first_lost",
    "forced_from_lost",
    "forced_right",
    "held_out_answers",
    "most_tokens_few_answers",
    "places",
    "runs_on",
    "softmax_over_outputs",
    "train_small",
    "without_mask",
]
