"""What a server allows."""

import os
import sys
from pathlib import Path

import pytest

from seqflip.config.config import Config
from seqflip.config.files import override
from seqflip.config.section import ConfigError
from seqflip.server.limits import LimitsError, ServerLimits


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in list(os.environ):
        if variable.startswith("SEQFLIP_"):
            monkeypatch.delenv(variable)


def test_the_defaults_suit_a_laptop() -> None:
    settings = ServerLimits.from_environment()
    assert settings == ServerLimits()
    assert settings.problems(Config()) == {}
    assert settings.worker_count >= 1


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_RUNS", "/tmp/x")
    monkeypatch.setenv("SEQFLIP_WORKERS", "3")
    monkeypatch.setenv("SEQFLIP_GRACE_SECONDS", " 5 ")
    monkeypatch.setenv("SEQFLIP_MAX_LENGTH", "")
    settings = ServerLimits.from_environment()
    assert settings.max_length == ServerLimits().max_length
    assert settings.runs == Path("/tmp/x")
    assert (settings.worker_count, settings.grace_seconds) == (3, 5)


@pytest.mark.parametrize("value", ["many", "-1", "1.5"])
def test_an_invalid_variable_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_WORKERS", value)
    with pytest.raises(LimitsError, match="SEQFLIP_WORKERS must be a whole number of at least 0"):
        ServerLimits.from_environment()


@pytest.mark.parametrize("address", ["tcp://10.0.0.5:8786", "tls://scheduler.example:1"])
def test_a_cluster_is_an_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ServerLimits.from_environment().cluster == "none"
    monkeypatch.setenv("SEQFLIP_CLUSTER", address)
    assert ServerLimits.from_environment().cluster == address


@pytest.mark.parametrize(
    "address",
    [
        "here",
        "tcp://",
        "tcp://host",
        "tcp://host:",
        "tcp://host:0",
        "tcp://host:65536",
        "tcp://:1",
        "tcp://a b:1",
        "tcp://a:b@host:1",
        "tcp://host:8786/path",
        "http://host:8786",
    ],
)
def test_what_is_no_address_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_CLUSTER", address)
    with pytest.raises(LimitsError, match="SEQFLIP_CLUSTER must be an address such as tcp://"):
        ServerLimits.from_environment()


def test_without_what_a_cluster_needs_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQFLIP_CLUSTER", "tcp://host:8786")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(LimitsError, match="a cluster needs the package distributed: pip install"):
        ServerLimits.from_environment()


@pytest.mark.parametrize(
    ("bound", "change", "key"),
    [
        ({"max_length": 9}, [], "data.src_length"),
        ({"max_length": 19}, ["data.tgt_length=20"], "data.tgt_length"),
        ({"max_vocab_size": 20}, [], "data.vocab_size"),
        ({"max_examples": 4499}, [], "data.n_train"),
        ({"max_epochs": 9}, [], "training.epochs"),
        ({"max_steps": 629}, [], "training.epochs"),
        ({"max_parameters": 10_000}, [], "model.d_model"),
        ({"max_memory_megabytes": 1}, [], "training.batch_size"),
        ({}, ["logging.file=x.log"], "logging.file"),
    ],
)
def test_what_is_too_large_is_said_where_it_is_set(
    bound: dict[str, int], change: list[str], key: str
) -> None:
    settings, config = ServerLimits(**bound), override(Config(), change)  # type: ignore[arg-type]
    problems = settings.problems(config)
    assert list(problems) == [key]
    assert "server" in problems[key] or "command line" in problems[key]
    with pytest.raises(ConfigError) as caught:
        settings.check(config)
    assert (caught.value.key, str(caught.value)) == (key, problems[key])


def test_a_bound_on_steps_counts_those_that_are_made() -> None:
    assert (
        ServerLimits(max_steps=629).problems(override(Config(), ["training.max_steps=100"])) == {}
    )


def test_a_file_of_pairs_is_for_the_command_line(tmp_path: Path) -> None:
    config = override(
        Config(), ["data.task=pairs", "data.path=/etc/passwd", "data.n_train=500", "data.n_test=9"]
    )
    assert "data.task" in ServerLimits().problems(config)
