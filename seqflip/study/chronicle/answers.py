"""When whole answers come right."""

from seqflip.runs.thinning import Line
from seqflip.study.chronicle.chapter import Chapter
from seqflip.study.chronicle.curves import first
from seqflip.study.chronicle.numbers import percent

HALF, MOSTLY = 0.5, 0.95  # of the held-out sequences


def whole_answers(exact: Line) -> list[Chapter]:
    """Tell when whole answers come right."""
    if not len(exact.step):
        return []
    step, value = exact.step.tolist(), exact.value.tolist()
    half, mostly = first(exact, HALF), first(exact, MOSTLY)
    best = int(exact.value.argmax())
    if value[best] == 0:
        text = "No held-out sequence is answered right from end to end."
        return [Chapter("whole", step[0], step[-1], text)]
    if half is None:
        text = (
            f"Few whole answers come right: {percent(value[best])} of the held-out sequences at "
            f"best, at step {step[best]:,}."
        )
        return [Chapter("whole", step[best], step[best], text)]
    text = f"Whole answers come right: half of the held-out sequences by step {step[half]:,}"
    if mostly is None:
        text = f"{text}, and at best {percent(value[best])}, at step {step[best]:,}."
        return [Chapter("whole", step[half], max(step[best], step[half]), text)]
    if mostly == half:
        text = f"Whole answers come right: {percent(value[half])} of the held-out sequences "
        text = f"{text}by step {step[half]:,}."
    else:
        text = f"{text}, {percent(MOSTLY)} by step {step[mostly]:,}."
    return [Chapter("whole", step[half], step[mostly], text)]
