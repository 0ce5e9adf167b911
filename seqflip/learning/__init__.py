"""How a network learns: the loop, the events that it yields, and how good it has become.

The loop knows no file and no screen; whoever iterates over it saves or draws.
"""
