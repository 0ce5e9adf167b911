"""Lessons: answer a question about attention, and then see what the model does."""

from seqflip.ui.lessons.show import all_stops, show_lessons
from seqflip.ui.lessons.tab import OWN, open_link
from seqflip.ui.shell.frame import within_app
from seqflip.ui.shell.history import arrived_by_link
from seqflip.ui.shell.visit import note

within_app()

stops = all_stops()
if arrived_by_link("lessons", OWN) and (complaints := open_link(stops)):
    note(" ".join(complaints))
show_lessons(stops)
