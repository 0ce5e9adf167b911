"""The cases, a file each. Their order here is that of the page."""

from seqflip.ui.gallery.cards import (  # noqa: F401, I001
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
from seqflip.ui.gallery.cases import CASES

__all__ = ["CASES"]
