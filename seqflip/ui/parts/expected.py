"""About how long a training will take, before it begins.

A step costs something for each position of a sequence (a call of NumPy each), for each gate that
is squashed, for each multiplication, and for each score that goes through a softmax or a tanh. The
prices were fitted to measured steps of fourteen configurations, from 2 to 300 milliseconds; the
estimate was within a third of each. Another machine has other prices, so the page says "about".
"""

from seqflip.config import Config

# Seconds on one core, and what training a step costs besides.
_STEP, _POSITION, _GATE, _PRODUCT, _SCORE = 2.1e-4, 4.8e-5, 8.7e-9, 5.9e-11, 1.8e-8
_BESIDES = 1.15  # evaluations, pictures, and what is written down


def expected_seconds(config: Config) -> float:
    """Return about how many seconds the training takes on one core."""
    return config.total_steps * _step_seconds(config) * _BESIDES


def _step_seconds(config: Config) -> float:
    data, model, batch = config.data, config.model, config.training.batch_size
    sizes = data.sizes
    source = (sizes.shortest + sizes.src_length) / 2
    target = min(source, sizes.tgt_length) + 1
    work = model.architecture_for(sizes.vocab_size).work(source, target)
    one_by_one = model.input_feeding or config.training.teacher_forcing_ratio < 1
    return (
        _STEP
        + work.positions * _POSITION * (2 if one_by_one else 1)
        + batch * work.gates * _GATE
        + batch * work.products * _PRODUCT * (1.5 if one_by_one else 1)
        + batch * work.scores * _SCORE
    )
