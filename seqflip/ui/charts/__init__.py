"""Figures from plain numbers, their colours, and the chart that keeps its zoom while it grows.

Figures know nothing of Streamlit. A heatmap is drawn where it must work: `figures` for a notebook,
`live` for a page that renews it and lets cells be chosen; and in their own folders the replay,
which paints sixty a second, and the answer that is taken home, whose picture needs no script.
"""
