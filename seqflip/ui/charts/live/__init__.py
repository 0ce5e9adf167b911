"""Charts that are renewed in place many times a second, while their zoom and what is hovered stay.

`st.plotly_chart` builds a new chart whenever its data change. This component keeps one. While a
run trains, the browser asks the server for what is new (`feed.js`, :mod:`seqflip.ui.feed`): each
curve comes as "keep your first n points, then these".
"""

from seqflip.ui.charts.live.charts import (
    NOTHING,
    Chart,
    ChosenHead,
    Head,
    Mark,
    SelectedCell,
    WorkedStep,
    curves,
    figure,
    heatmap,
)
from seqflip.ui.charts.live.mount import (
    Point,
    chosen_head,
    clicked_point,
    follow,
    is_log,
    play,
    selected_cell,
    show_chart,
    show_html,
    show_strip,
    typing_asks,
)
from seqflip.ui.charts.live.strip_chart import Likely, likeliest, strip_chart
from seqflip.ui.charts.live.updates import Had, Having, Series, nothing_yet

__all__ = [
    "NOTHING",
    "Chart",
    "ChosenHead",
    "Had",
    "Having",
    "Head",
    "Likely",
    "Mark",
    "Point",
    "SelectedCell",
    "Series",
    "WorkedStep",
    "chosen_head",
    "clicked_point",
    "curves",
    "figure",
    "follow",
    "heatmap",
    "is_log",
    "likeliest",
    "nothing_yet",
    "play",
    "selected_cell",
    "show_chart",
    "show_html",
    "show_strip",
    "strip_chart",
    "typing_asks",
]
