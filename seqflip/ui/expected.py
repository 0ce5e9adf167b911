"""About how long a training will take, before it begins.

A step costs a fixed overhead for each recurrent step in time, and the matrix products' operations
at the speed one core reaches on matrices of this size. The constants were measured (`make bench`
shows how).
"""

from seqflip.config import Config
from seqflip.limits import GATES

_OVERHEAD = 30e-6  # seconds for each position of a source or target, forth and back
_OPERATIONS = 2.0e10  # a second
_BESIDES = 1.15  # evaluations, pictures, and what is written down


def total_steps(config: Config) -> int:
    """Return how many updates the training makes at most."""
    training = config.training
    steps = training.epochs * -(-config.data.n_train // training.batch_size)
    return min(steps, training.max_steps or steps)


def expected_seconds(config: Config) -> float:
    """Return about how many seconds the training takes on one core."""
    return total_steps(config) * _step_seconds(config) * _BESIDES


def _step_seconds(config: Config) -> float:
    data, model, batch = config.data, config.model, config.training.batch_size
    mean_source = (data.shortest + data.src_length) / 2
    mean_target = min(mean_source, data.target_length) + 1
    positions = (mean_source + mean_target) * model.layers
    weights = 2 * GATES[model.cell] * model.d_model**2
    products = positions * weights
    if model.attention != "none":
        products += (mean_source + mean_target) * model.d_model * (model.d_k + model.d_v)
        products += mean_source * mean_target * (model.d_k + model.d_v)
        if model.attention == "additive":
            products += 10 * mean_source * mean_target * model.d_k
    products += mean_target * data.vocab_size * (model.d_model + model.d_v)
    one_by_one = model.input_feeding or config.training.teacher_forcing_ratio < 1
    overhead = positions * _OVERHEAD * (3 if one_by_one else 1)
    return overhead + 3 * 2 * batch * products / _OPERATIONS
