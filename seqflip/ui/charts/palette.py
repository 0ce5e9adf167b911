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

# For curves of several runs: dark to bright, so that they also differ without their hue.
RUNS = (
    Colour("#440154", "#fde725"),
    Colour("#1f7f86", "#5ec962"),
    Colour("#b5651d", "#4cc1c9"),
    Colour("#7a7a7a", "#c9b6e4"),
    Colour("#355e9b", "#f0a07c"),
    Colour("#8a2a6b", "#a9b8c9"),
)

# Viridis, in nine steps: rising evenly in lightness, and safe for every kind of colour vision.
HEAT = (
    "#440154",
    "#472d7b",
    "#3b528b",
    "#2c728e",
    "#21918c",
    "#28ae80",
    "#5ec962",
    "#addc30",
    "#fde725",
)
