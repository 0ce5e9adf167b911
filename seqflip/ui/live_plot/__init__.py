"""A chart that is updated in place ten times a second, while its zoom and what is hovered stay.

`st.plotly_chart` builds a new chart whenever its data change. This component keeps one, and is
sent only what is new: each curve as "keep your first n points, then these". A message may be lost
when two follow each other closely, so the last one is repeated, and a browser that misses more
asks for all.
"""

from seqflip.ui.live_plot.mount import (
    Cell,
    Mark,
    Point,
    clicked_point,
    live_curves,
    live_figure,
    live_heatmap,
    selected_cell,
    send_everything,
)
from seqflip.ui.live_plot.updates import Series

__all__ = [
    "Cell",
    "Mark",
    "Point",
    "Series",
    "clicked_point",
    "live_curves",
    "live_figure",
    "live_heatmap",
    "selected_cell",
    "send_everything",
]
