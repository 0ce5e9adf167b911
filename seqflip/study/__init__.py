"""What can be found out about a trained model: how long sequences may get, how it came to answer.

Everything here opens a run and computes; nothing here trains or writes a run.
"""
