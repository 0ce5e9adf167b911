"""``--set data.pairs=FILE``: the user's own pairs, all of them, whatever there are."""

from collections.abc import Sequence
from typing import Final

from seqflip.config import Config, ConfigError, override
from seqflip.data import read_pairs

_KEY: Final = "data.pairs="
_HELD_OUT: Final = 10  # one in so many


def spelled_out(config: Config, settings: Sequence[str]) -> list[str]:
    """Return settings in which ``data.pairs=FILE`` is spelled out.

    It is short for the task, the path, and as many training and held-out sequences as the file has
    (one in ten is held out), unless one of these numbers is set as well; no batch is larger.

    Raises
    ------
    ConfigError
        If the file cannot be read, or has one pair alone.
    """
    path = next((one[len(_KEY) :] for one in reversed(settings) if one.startswith(_KEY)), None)
    if path is None:
        return list(settings)
    others = [one for one in settings if not one.startswith(_KEY)]
    spelled = [*others, "data.task=pairs", f"data.path={path}"]
    if any(one.startswith(("data.n_train=", "data.n_test=")) for one in others):
        return spelled
    data = override(Config(), [one for one in spelled if one.startswith("data.")]).data
    try:
        total = len(read_pairs(str(data.path), **data.reading).sources)
    except ValueError as error:
        raise ConfigError("data.path", str(error)) from None
    if total < 2:
        raise ConfigError("data.path", f"{path} has one pair alone; at least two can be learned")
    held_out = max(1, total // _HELD_OUT)
    spelled += [f"data.n_train={total - held_out}", f"data.n_test={held_out}"]
    of_model = [one for one in others if not one.startswith("data.")]
    batch_size = override(config, of_model).training.batch_size
    return [*spelled, f"training.batch_size={min(batch_size, total - held_out)}"]
