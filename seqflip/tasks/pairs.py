"""The task of a user's own file."""

from seqflip.tasks.task import TASKS, Task


@TASKS.register
class Pairs(Task):
    """Whatever a user's file says."""

    name, label = "pairs", ""
    look_for = "Each row shows which inputs an output looked at."
    reads_file = True
    any_source = False
