"""The cases, a file each. Their order here is that of the page."""

from seqflip.ui.gallery.cards import (  # noqa: I001
    measures,
    exact_match,
    aligned_wrong,
    drags_on,
    beam_rescues,
    beam_loses,
    end_mark,
    no_mask,
    not_shifted,
    wrong_axis,
    deaf,
    too_fast,
    by_heart,
    longer,
    chatbots,
)

__all__ = [
    "aligned_wrong",
    "beam_loses",
    "beam_rescues",
    "by_heart",
    "chatbots",
    "deaf",
    "drags_on",
    "end_mark",
    "exact_match",
    "longer",
    "measures",
    "no_mask",
    "not_shifted",
    "too_fast",
    "wrong_axis",
]
