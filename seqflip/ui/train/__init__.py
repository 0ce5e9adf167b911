"""The Train page.

Settings and controls, the curves as they grow, and the picture of what the model does.
"""
