"""Interventions as text for links, and in words for people. Both count from 1.

>>> write(Forbid(position=2, row=0))
'forbid-3@1'
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from seqflip.decoding import (
    Flatten,
    Forbid,
    Force,
    Intervention,
    Shuffle,
    Swap,
    SwitchOff,
    Temperature,
)
from seqflip.decoding.interventions import check_interventions
from seqflip.nn import KINDS, Looks
from seqflip.ui.as_typed import in_markdown

MOST = 40
_ANY = Looks(100, 100)
MOST_TOKENS = 10_000

_NAME, _NUMBER, _ROW = "temperature|forbid|force|flatten|shuffle", "[0-9.]{1,8}", "[0-9]{1,4}"
_HEAD = "([0-9]{1,2})-([0-9]{1,2})"
_LOOK = re.compile(f"({_NAME})(?:-({_NUMBER}))?(?:@({_ROW}))?(?:/{_HEAD})?", re.ASCII)
_OFF = re.compile(f"off-({'|'.join(KINDS)})-{_HEAD}", re.ASCII)
_SWAP = re.compile(r"swap-([0-9]{1,4})-([0-9]{1,4})", re.ASCII)


def write(edit: Intervention) -> str:
    """Return an intervention as a link has it."""
    if isinstance(edit, Swap):
        return f"swap-{edit.first + 1}-{edit.second + 1}"
    if isinstance(edit, SwitchOff):
        return f"off-{edit.kind}-{edit.layer + 1}-{edit.head + 1}"
    name = type(edit).__name__.lower()
    if isinstance(edit, Temperature):
        name += f"-{edit.value:g}"
    elif isinstance(edit, Forbid | Force):
        name += f"-{edit.position + 1}"
    elif isinstance(edit, Shuffle):
        name += f"-{edit.seed}"
    if edit.row is not None:
        name += f"@{edit.row + 1}"
    if edit.layer is not None and edit.head is not None:
        name += f"/{edit.layer + 1}-{edit.head + 1}"
    return name


def read(text: str) -> Intervention:
    """Return the intervention that a link speaks of.

    Raises
    ------
    ValueError
        If it is none.
    """
    try:
        if found := _SWAP.fullmatch(text):
            return Swap(int(found[1]) - 1, int(found[2]) - 1)
        if found := _OFF.fullmatch(text):
            return SwitchOff(int(found[2]) - 1, int(found[3]) - 1, found[1])
        if found := _LOOK.fullmatch(text):
            look = _look(found[1], found[2], None if found[3] is None else int(found[3]) - 1)
            if found[4] is not None:
                look = replace(look, layer=int(found[4]) - 1, head=int(found[5]) - 1)
            return look
    except ValueError:
        pass
    raise ValueError(f"“{text[:40]}” is no intervention")


def _look(
    name: str, number: str | None, row: int | None
) -> Temperature | Forbid | Force | Flatten | Shuffle:
    if (number is None) != (name == "flatten"):
        raise ValueError(name)
    if number is None:
        return Flatten(row)
    if name == "temperature":
        return Temperature(float(number), row)
    if name == "shuffle":
        return Shuffle(int(number), row)
    position = int(number) - 1
    return Forbid(position, row) if name == "forbid" else Force(position, row)


def describe(edit: Intervention, inputs: Sequence[str], outputs: Sequence[str]) -> str:
    """Say an intervention in words, as Markdown; the tokens are those of the picture."""

    def place(position: int) -> str:
        return f"input {position + 1} ({in_markdown(inputs[position])})"

    if isinstance(edit, Swap):
        return f"swap {place(edit.first)} and {place(edit.second)}"
    if isinstance(edit, SwitchOff):
        return f"switch off head {edit.head + 1} of layer {edit.layer + 1}, {KINDS[edit.kind]}"
    if edit.row is None:
        where = "every output"
    else:
        token = f" ({in_markdown(outputs[edit.row])})" if edit.row < len(outputs) else ""
        where = f"output {edit.row + 1}{token}"
    if edit.layer is not None and edit.head is not None:
        where += f" in head {edit.head + 1} of layer {edit.layer + 1}"
    if isinstance(edit, Temperature):
        return f"temperature {edit.value:g}, {where}"
    if isinstance(edit, Forbid):
        return f"forbid {place(edit.position)} to {where}"
    if isinstance(edit, Force):
        return f"force {where} on {place(edit.position)}"
    return f"{type(edit).__name__.lower()} {where}"


def added(edits: Sequence[Intervention], new: Intervention) -> tuple[Intervention, ...]:
    """Return the interventions with one more; it takes the place of what it would contradict."""
    kept = [edit for edit in edits if not _gives_way(edit, new)]
    return (*kept, new)[-MOST:]


def _gives_way(old: Intervention, new: Intervention) -> bool:
    """Whether ``old`` says something else about the same thing."""
    if isinstance(old, Temperature) and isinstance(new, Temperature):
        return True
    whole_row = Force | Flatten | Shuffle
    if isinstance(old, whole_row) and isinstance(new, whole_row):
        return (old.row, old.layer, old.head) == (new.row, new.layer, new.head)
    return old == new or not _fit_together(old, new)


def _fit_together(*edits: Intervention) -> bool:
    try:
        check_interventions(edits, source_len=MOST_TOKENS, looks=_ANY)
    except ValueError:
        return False
    return True
