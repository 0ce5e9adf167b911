"""The colours that mean something, each for a light and for a dark page.

One colour means one thing everywhere, so the interface itself is ink on paper and leaves colour to
these. Amber and violet differ along the blue-yellow axis, which nearly all colour vision sees.
"""

from typing import NamedTuple


class Colour(NamedTuple):
    """A colour on a light and on a dark page; both reach a contrast of 4.5 against theirs."""

    light: str
    dark: str


QUERY = Colour("#1f5fc4", "#7fb2ff")
KEY = Colour("#c02638", "#ff8f8a")
VALUE = Colour("#1b7a3d", "#67cf8b")

TRAINING = Colour("#a85f00", "#f0a63c")
HELD_OUT = Colour("#6b3fb5", "#bd9bff")

# For curves of several runs: each keeps its hue on both pages, so that one can speak of "the orange
# line", and each has a lightness of its own.
RUNS = (
    Colour("#004085", "#91c1ff"),
    Colour("#a95616", "#eb9259"),
    Colour("#18692e", "#a0eeaa"),
    Colour("#6f6f6f", "#8c8c8c"),
    Colour("#9e366f", "#e274ab"),
    Colour("#535000", "#ebeb93"),
)

# Weights from 0 to 1: the page's own colour where nothing is looked at, so that it vanishes; then
# greyish, as a field of equal weights is, and away from the page evenly, as seen by every kind of
# colour vision. In OKLCH, with w the weight: hue 195°; on a light page lightness 0.991 - 0.631 w
# and chroma 0.062 w, on a dark one 0.205 + 0.725 w and 0.095 w.
HEAT = (
    Colour("#fdfcfa", "#15171c"),
    Colour("#dce4e3", "#262f2e"),
    Colour("#bdcccb", "#354848"),
    Colour("#9fb4b4", "#456363"),
    Colour("#819d9d", "#55807f"),
    Colour("#648786", "#659d9d"),
    Colour("#477171", "#75bcbb"),
    Colour("#295c5b", "#86dcdb"),
    Colour("#004747", "#97fcfb"),
)
