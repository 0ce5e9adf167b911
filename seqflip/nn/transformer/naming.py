"""All that was recorded on the way, by name: ``layers.0.self_attn.part.look.weights``."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from seqflip.nn.arrays import FloatArray


def named_arrays(record: Any, name: str) -> Iterator[tuple[str, FloatArray]]:
    """Yield the floating arrays in a cache, and in those inside it, each with its full name."""
    if isinstance(record, np.ndarray):
        if record.dtype.kind == "f":
            yield name, record
    elif hasattr(record, "_asdict"):
        for field, value in record._asdict().items():
            yield from named_arrays(value, f"{name}.{field}")
    elif isinstance(record, list):
        for index, value in enumerate(record):
            yield from named_arrays(value, f"{name}.{index}")
