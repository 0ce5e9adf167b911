"""A training in a process of its own, who trains and who waits, and what a server allows.

A worker needs nothing but a run's folder; the launcher serves all visitors of a server.
"""
