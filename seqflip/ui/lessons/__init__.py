"""Lessons: files that ask before they answer, with what the models compute as evidence."""
