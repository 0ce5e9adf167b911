"""The parts of the Lengths page."""
