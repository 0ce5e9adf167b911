"""The parts of the Gallery page: cases in which numbers part, models fail, and what helps."""
