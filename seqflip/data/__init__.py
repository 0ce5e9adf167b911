"""What is learned: the tasks, a user's own pairs, and how tokens are written.

A task says where every target token comes from; target and true alignment follow from it.
"""
