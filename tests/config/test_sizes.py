"""How large a configuration is, told before anything is made."""

import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqflip.config.config import Config, check_memory
from seqflip.config.counting import count_of_length, count_sequences
from seqflip.config.section import ConfigError
from seqflip.config.sections import DataConfig, ModelConfig
from seqflip.config.sizes import largest_cause
from seqflip.data.tasks import make_dataset
from seqflip.model import Seq2SeqAttentionModel
from seqflip.system.memory import memory_limit, readable_bytes

MODELS: list[dict[str, Any]] = [
    {},
    {"cell": "rnn"},
    {"cell": "lstm", "layers": 2},
    {"bidirectional": False, "layers": 3},
    {"attention": "dot", "d_k": 7, "d_v": 9},
    {"attention": "additive", "d_k": 40},
    {"attention": "none"},
    {"input_feeding": True, "d_v": 20, "layers": 2},
    {"attention": "shift", "source_marks": True},
    {"attention": "location"},
    {"cell": "feedforward"},
    {"attention": "location_dot", "cell": "rnn"},
]


def build(config: Config) -> Seq2SeqAttentionModel:
    data = config.data
    return Seq2SeqAttentionModel.from_config(
        config.model, data.vocab_size, data.src_length, data.sizes.tgt_length, seed=0
    )


@pytest.mark.parametrize("settings", MODELS, ids=str)
def test_parameters_are_counted_exactly(settings: dict[str, Any]) -> None:
    config = Config(model=ModelConfig(**settings))

    assert config.size().parameters == build(config).parameter_count


@pytest.mark.parametrize("settings", [*MODELS, {"d_model": 128}], ids=str)
def test_memory_is_estimated_within_a_factor_of_two(settings: dict[str, Any]) -> None:
    config = Config(data=DataConfig(n_test=10, src_length=20), model=ModelConfig(**settings))
    dataset = make_dataset(config.data)
    model = build(config)
    x_src, x_tgt = dataset.x_src_train[:64], dataset.x_tgt_train[:64]

    tracemalloc.start()
    try:
        model.loss_and_gradients(x_src, x_tgt)
        _, used = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert used / 2 < config.size().batch_bytes < used * 2


def test_the_sizes_of_a_file_take_the_place_of_the_settings() -> None:
    config = Config(data=DataConfig(task="pairs", path="pairs.csv"))

    assert (
        config.size(vocab_size=50, src_length=7, tgt_length=9).parameters
        == Config(data=DataConfig(vocab_size=50)).size().parameters
    )


def test_a_file_with_too_many_words_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqflip.config.config.memory_limit", lambda: 10**9)
    config = Config(data=DataConfig(task="pairs", path="pairs.csv"))

    check_memory(config, vocab_size=100, src_length=10, tgt_length=10)
    with pytest.raises(ConfigError) as caught:
        check_memory(config, vocab_size=100_000, src_length=50, tgt_length=50)

    assert caught.value.key.split(".")[0] in ("model", "training")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("data.n_train", 10**9),
        ("data.vocab_size", 10**7),
        ("data.src_length", 10**5),
        ("model.d_model", 10**5),
        ("model.d_k", 10**6),
    ],
)
def test_what_takes_the_most_is_to_blame(key: str, value: int) -> None:
    section, name = key.split(".")
    config = Config()
    sections = {part: getattr(config, part) for part in ("data", "model", "training")}
    sections[section] = sections[section].model_copy(update={name: value})

    assert largest_cause(**sections) == key


@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 4), st.integers(1, 10**5))
def test_sequences_are_counted_up_to_what_is_enough(
    symbols: int, shortest: int, more: int, enough: int
) -> None:
    there_are = sum(symbols**length for length in range(shortest, shortest + more + 1))

    assert count_sequences(symbols, shortest, shortest + more, enough) == min(there_are, enough)


def test_counting_never_takes_long() -> None:
    assert count_sequences(1, 1, 10**12, 10**15) == 10**12
    assert count_sequences(50, 10**12, 10**15, 20_000) == 20_000
    assert count_of_length(50, 10**12, 20_000) == 20_000


def test_a_container_may_have_less_memory_than_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small").write_text("123456\n", encoding="utf-8")
    (tmp_path / "unlimited").write_text("max\n", encoding="utf-8")
    monkeypatch.setattr(
        "seqflip.system.memory._CGROUP_LIMITS",
        [str(tmp_path / name) for name in ("unlimited", "small", "none")],
    )

    assert memory_limit() == 123456


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "about 0 bytes"),
        (999, "about 999 bytes"),
        (3_200, "about 3.2 kB"),
        (25_000_000_000, "about 25.0 GB"),
        (10**17, "about 100.0 PB"),
        (10**18, "more than 1,000 PB"),
        (1 << 20_000, "more than 1,000 PB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bytes_are_written_as_people_say_them(size: int, text: str) -> None:
    assert readable_bytes(size) == text
