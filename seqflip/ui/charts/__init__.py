"""Figures from plain numbers, their colours, and the chart that keeps its zoom while it grows.

Figures know nothing of Streamlit.
"""
