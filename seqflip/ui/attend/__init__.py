"""The parts of the Attend page: a sequence, its answer, where the model looked, and why."""
