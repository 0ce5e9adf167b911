"""One training in a run's folder until its end: recorded, held and let go as people wish.

It hands every event to the recorder, and waits at the gate between two steps.
"""
