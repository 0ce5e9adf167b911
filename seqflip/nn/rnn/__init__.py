"""The recurrent family: cells, layers over time, stacks of them, encoder and decoder.

Time comes first: ``(steps, directions, batch, hidden)``.
"""
