"""The model before its first step: a picture at once, the very one a run will begin with."""

from pathlib import Path
from typing import Any

import streamlit as st

from seqflip.config.config import Config
from seqflip.config.files import dump_config
from seqflip.config.sections import DataConfig
from seqflip.data.tasks import Dataset
from seqflip.learning.training import TrainingState
from seqflip.runs.held_out import first_held_out
from seqflip.runs.live import LivePicture
from seqflip.runs.run import Run
from seqflip.system.blas import one_blas_thread

_LARGEST = 1_000_000  # parameters; making more takes longer than anybody waits for a picture


def untrained_picture(config: Config, probe: str) -> dict[str, Any] | None:
    """Return what an untrained model does, as `runs.live` describes it; None if it is large."""
    if config.size().parameters > _LARGEST:
        return None
    return _picture(dump_config(config), probe, config)


@st.cache_data(max_entries=100, show_spinner=False)
def _picture(text: str, probe: str, _config: Config) -> dict[str, Any]:
    with one_blas_thread():
        dataset = _shown(_config.data.model_dump_json(), _config.data)
        network = TrainingState.begin(_config, dataset).network
        live = LivePicture(Run(Path("untrained")), _config, dataset, network)
        live.show(probe)
        return live.picture(0)


@st.cache_resource(max_entries=8, show_spinner=False)
def _shown(text: str, _data: DataConfig) -> Dataset:
    """Draw each once, whatever is typed and whatever the model is."""
    return first_held_out(_data)
