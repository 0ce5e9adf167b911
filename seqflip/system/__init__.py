"""What the computer offers: whole files, plain arrays in files, memory, threads and pace.

No word of learning here.
"""
