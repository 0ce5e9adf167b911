"""The run folder, file by file, and all runs of a computer.

One process writes a run's folder while it trains; any number of others read it.
"""
