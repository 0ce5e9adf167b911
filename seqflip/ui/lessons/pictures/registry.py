"""A kind of picture, and how a lesson names one."""

from typing import Any, ClassVar

from seqflip.nn.registry import Registry
from seqflip.ui.lessons.models import Shown
from seqflip.ui.lessons.reading import At, Part, Written

HEIGHT = 270  # of a chart, in pixels


class Picture(Part):
    """Something to look at, computed from a model or from the numbers that a file gives."""

    name: ClassVar[str]
    label: ClassVar[str]
    of_model: ClassVar[bool] = False

    def show(self, key: str, shown: Shown | None) -> None:
        """Draw it; raises ValueProblem, ValueError or RunError if it cannot be computed."""
        raise NotImplementedError


PICTURES: Registry[type[Picture]] = Registry()


def read_picture(file: Written, raw: Any, at: At, *, with_model: bool) -> Picture | None:
    """Return the picture that stands at a place of the front matter, if any does."""
    if raw is None:
        return None
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if not isinstance(kind, str) or kind not in PICTURES:
        told = f"a picture has a “kind”: one of {', '.join(PICTURES)}"
        raise file.error((*at, "kind"), told)
    if PICTURES[kind].of_model and not with_model:
        told = f"a picture of kind {kind} needs “run” and “sequence” in the front matter"
        raise file.error(at, told)
    rest = {name: value for name, value in raw.items() if name != "kind"}
    return file.read(PICTURES[kind], rest, at)
