"""Variants of one configuration, trained side by side on the same data, step for step."""
