"""The configuration: what it accepts, how it is written, and the one sentence for each mistake."""

import pickle
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seqflip.config.config import Config
from seqflip.config.files import dump_config, load_config, override, parse_config
from seqflip.config.section import ConfigError
from seqflip.config.sections import DataConfig, LoggingConfig, ModelConfig, TrainingConfig
from seqflip.tasks import TASKS
from tests.promptness import takes_at_most

FOLDER = Path(__file__).parents[2] / "configs"
CONFIGS = sorted(set(FOLDER.glob("*.yaml")) - set(FOLDER.glob("race-*.yaml")))


@pytest.fixture(autouse=True)
def _sixteen_gigabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seqflip.config.config.memory_limit", lambda: 16 * 10**9)


# ---------------------------------------------------------------- what it accepts


def test_a_file_states_only_what_differs_from_the_defaults() -> None:
    config = parse_config("data: {task: sort}\ntraining: {epochs: 3}")

    assert config == Config(data=DataConfig(task="sort"), training=TrainingConfig(epochs=3))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1.5E-2", 0.015),
        (".5", 0.5),
        ("+1", 1.0),
        ("1_0", 10.0),
        ("0.25", 0.25),
        ("010", 10.0),
    ],
)
def test_a_number_may_be_written_in_every_usual_way(text: str, value: float) -> None:
    assert parse_config(f"training: {{learning_rate: {text}}}").training.learning_rate == value


@pytest.mark.parametrize("text", ["null", "~", "", "Null"])
def test_null_is_a_value_where_it_has_a_meaning(text: str) -> None:
    assert parse_config(f"training:\n  clip_norm: {text}").training.clip_norm is None


def test_a_section_with_all_its_lines_commented_out_is_all_defaults() -> None:
    assert parse_config("data:\n#  n_train: 5\n") == Config()


def test_a_level_may_be_written_as_the_logging_module_does() -> None:
    assert parse_config("logging: {level: WARNING}").logging.level == "warning"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(b"\xef\xbb\xbfdata: {n_test: 7}")

    assert load_config(file).data.n_test == 7


def test_lengths_that_are_left_out_follow_the_source() -> None:
    data = DataConfig(src_length=6, min_length=None)

    assert (data.sizes.shortest, data.sizes.tgt_length) == (6, 6)


def test_steps_are_counted_to_the_end_or_to_the_limit() -> None:
    data = DataConfig(n_train=130)

    assert Config(data=data, training=TrainingConfig(epochs=2)).total_steps == 6
    assert Config(data=data, training=TrainingConfig(epochs=2, max_steps=5)).total_steps == 5
    assert Config(data=data, training=TrainingConfig(epochs=2, max_steps=7)).total_steps == 6


def test_a_path_in_a_file_is_relative_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("data: {task: pairs, path: mine/pairs.csv}", encoding="utf-8")

    assert load_config(file).data.path == str(tmp_path / "mine/pairs.csv")


def test_an_absolute_path_in_a_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("data: {task: pairs, path: /data/pairs.csv}", encoding="utf-8")

    assert load_config(file).data.path == "/data/pairs.csv"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Config().data.n_train = 5  # type: ignore[misc]


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.stem)
def test_the_bundled_files_say_what_differs_and_no_more(file: Path) -> None:
    said = yaml.safe_load(file.read_text(encoding="utf-8"))

    assert said == yaml.safe_load(dump_config(load_config(file)))


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.stem)
def test_the_bundled_files_open_with_two_sentences(file: Path) -> None:
    comment = [
        line[2:] for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("# ")
    ]

    assert len(re.findall(r"\.( |$)", " ".join(comment))) == 2


# ---------------------------------------------------------------- writing it


def test_what_is_written_is_only_what_differs() -> None:
    config = Config(data=DataConfig(n_train=100, min_length=None), model=ModelConfig(cell="lstm"))

    assert (
        dump_config(config) == "data:\n  n_train: 100\n  min_length: null\nmodel:\n  cell: lstm\n"
    )


def test_the_defaults_are_written_as_nothing() -> None:
    assert dump_config(Config()) == "{}\n"
    assert parse_config(dump_config(Config())) == Config()


# Texts that some reader of YAML takes for something else.
look_alikes = st.sampled_from(
    ["1e-3", "nan", "010", "1_000", "true", "no", "~", "2020-01-01", "9" * 400]
)
configs = st.builds(
    Config,
    data=st.builds(
        DataConfig,
        task=st.sampled_from(["reverse", "copy"]),
        n_train=st.integers(64, 3000),
        n_test=st.integers(1, 500),
        src_length=st.integers(6, 20),
        tgt_length=st.none() | st.integers(1, 30),
        min_length=st.none() | st.integers(1, 6),
        vocab_size=st.integers(6, 100),
        random_seed=st.integers(0, 2**63 - 1),
    ),
    model=st.builds(
        ModelConfig,
        d_model=st.integers(1, 64).map(lambda half: 2 * half),
        cell=st.sampled_from(["rnn", "gru", "lstm"]),
        bidirectional=st.booleans(),
        dropout=st.floats(0, 1, exclude_max=True),
    ),
    training=st.builds(
        TrainingConfig,
        learning_rate=st.floats(0, 1000, exclude_min=True),
        clip_norm=st.none() | st.floats(0, exclude_min=True, allow_infinity=False),
        evaluate_every=st.none() | st.integers(1),
        teacher_forcing_ratio=st.floats(0, 1),
    ),
    logging=st.builds(LoggingConfig, file=st.none() | st.text(min_size=1) | look_alikes),
)


@pytest.mark.parametrize("file", ["\x85", "a\u2028b", "\u2029", "a\nb", "\r"])
def test_a_line_break_in_a_text_comes_back(file: str) -> None:
    config = Config(logging=LoggingConfig(file=file))
    assert parse_config(dump_config(config)) == config


@given(configs)
def test_what_is_written_reads_back_the_same(config: Config) -> None:
    assert parse_config(dump_config(config)) == config


# ---------------------------------------------------------------- changing it


def test_settings_are_changed_by_their_names() -> None:
    changed = override(
        Config(), ["training.learning_rate=1e-4", "data.min_length=", " model.cell = rnn"]
    )

    assert changed.training.learning_rate == 1e-4
    assert changed.data.min_length is None
    assert changed.model.cell == "rnn"
    assert changed.model.d_model == Config().model.d_model


def test_the_order_of_changes_does_not_matter() -> None:
    changed = override(Config(), ["data.min_length=15", "data.src_length=20"])

    assert (changed.data.min_length, changed.data.src_length) == (15, 20)


@pytest.mark.parametrize(
    ("setting", "key", "message"),
    [
        (
            "training.epochs",
            "",
            "'training.epochs' is not of the form section.key=value, as training.epochs=3 is",
        ),
        (
            "epochs=3",
            "",
            "'epochs=3' is not of the form section.key=value, as training.epochs=3 is",
        ),
        (
            "trainin.epochs=3",
            "trainin.epochs",
            "trainin.epochs is not a setting; did you mean training.epochs?",
        ),
        (
            "training.epoch=3",
            "training.epoch",
            "training.epoch is not a setting; did you mean training.epochs?",
        ),
        (
            "training.epochs=0",
            "training.epochs",
            "training.epochs must be a whole number from 1 to 1,000,000, not 0",
        ),
        (
            "training.epochs=three",
            "training.epochs",
            "training.epochs must be a whole number from 1 to 1,000,000, not 'three'",
        ),
        (
            "training.epochs=[1",
            "training.epochs",
            "training.epochs cannot be read: line 1 is not valid YAML: while parsing a flow "
            "sequence expected ',' or ']', but got '<stream end>'",
        ),
    ],
)
def test_a_change_that_cannot_be(setting: str, key: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        override(Config(), [setting])

    assert (caught.value.key, str(caught.value)) == (key, message)


# ---------------------------------------------------------------- values that cannot be

WHOLE = "a whole number of at least 1"
RATE = "a number above 0, at most 1,000"

BAD_VALUES = [
    # unknown names
    ("data: {n_trian: 5}", "data.n_trian is not a setting; did you mean data.n_train?"),
    ("model: {epochs: 3}", "model.epochs is not a setting; did you mean training.epochs?"),
    ("epochs: 3", "epochs is not a setting; did you mean training.epochs?"),
    ("modle: {d_k: 3}", "modle is not a setting; did you mean model?"),
    ("epoch: 3", "epoch is not a setting; did you mean training.epochs?"),
    ("'': 1", "'' is not a setting; there are data, model, training and logging"),
    ("zzz: 1", "zzz is not a setting; there are data, model, training and logging"),
    (
        "logging: {zzz: 1}",
        "logging.zzz is not a setting; logging has level, file, snapshots, snapshot_megabytes",
    ),
    (
        "logging: {1: 1}",
        "logging.1 is not a setting; logging has level, file, snapshots, snapshot_megabytes",
    ),
    # wrong types
    ("data: 3", "data must be a mapping of settings, not 3"),
    ("data: [1]", "data must be a mapping of settings, not a list"),
    ("data: {n_test: true}", f"data.n_test must be {WHOLE}, not true"),
    ("data: {n_test: 5.0}", f"data.n_test must be {WHOLE}, not 5.0"),
    ("data: {n_test: 1e3}", f"data.n_test must be {WHOLE}, not 1000.0"),
    ("data: {n_test: '5'}", f"data.n_test must be {WHOLE}, not '5'"),
    ("data: {n_test: five}", f"data.n_test must be {WHOLE}, not 'five'"),
    ("data: {n_test: [5]}", f"data.n_test must be {WHOLE}, not a list"),
    ("data: {n_test: {a: 5}}", f"data.n_test must be {WHOLE}, not a mapping"),
    ("data: {n_test: null}", f"data.n_test must be {WHOLE}, not null"),
    ("data: {n_test: 2020-01-01}", f"data.n_test must be {WHOLE}, not '2020-01-01'"),
    ("data: {task: 3}", f"data.task must be one of {', '.join(TASKS)}, not 3"),
    ("data: {path: 3}", "data.path must be the path of a file of pairs, or null, not 3"),
    ("model: {bidirectional: 1}", "model.bidirectional must be true or false, not 1"),
    ("model: {bidirectional: no}", "model.bidirectional must be true or false, not 'no'"),
    ("training: {learning_rate: '1e-3'}", f"training.learning_rate must be {RATE}, not '1e-3'"),
    ("training: {learning_rate: true}", f"training.learning_rate must be {RATE}, not true"),
    ("logging: {level: 3}", "logging.level must be one of debug, info, warning, error, not 3"),
    # outside the range
    ("data: {n_test: 0}", f"data.n_test must be {WHOLE}, not 0"),
    ("data: {n_train: -5}", f"data.n_train must be {WHOLE}, not -5"),
    ("data: {src_length: 0}", f"data.src_length must be {WHOLE}, not 0"),
    (
        "data: {tgt_length: 0}",
        f"data.tgt_length must be {WHOLE}, or null (as long as the source), not 0",
    ),
    (
        "data: {min_length: 0}",
        f"data.min_length must be {WHOLE}, or null (all are src_length long), not 0",
    ),
    ("data: {vocab_size: 1}", "data.vocab_size must be a whole number of at least 2, not 1"),
    (
        "data: {random_seed: -1}",
        "data.random_seed must be a whole number from 0 to 9,223,372,036,854,775,807, not -1",
    ),
    ("data: {path: ''}", "data.path must be the path of a file of pairs, or null, not ''"),
    ("model: {d_k: 0}", f"model.d_k must be {WHOLE}, not 0"),
    ("model: {layers: 17}", "model.layers must be a whole number from 1 to 16, not 17"),
    ("model: {cell: lstn}", "model.cell must be one of rnn, gru, lstm, feedforward, not 'lstn'"),
    ("model: {cell: LSTM}", "model.cell must be one of rnn, gru, lstm, feedforward, not 'LSTM'"),
    ("model: {dropout: 1}", "model.dropout must be a number from 0 up to, not including, 1, not 1"),
    (
        "model: {dropout: -0.1}",
        "model.dropout must be a number from 0 up to, not including, 1, not -0.1",
    ),
    ("training: {learning_rate: 0}", f"training.learning_rate must be {RATE}, not 0"),
    ("training: {learning_rate: 1e4}", f"training.learning_rate must be {RATE}, not 10000.0"),
    ("training: {learning_rate: .nan}", f"training.learning_rate must be {RATE}, not nan"),
    ("training: {learning_rate: -.inf}", f"training.learning_rate must be {RATE}, not -inf"),
    ("training: {learning_rate: 1e999}", f"training.learning_rate must be {RATE}, not inf"),
    (
        "training: {clip_norm: .inf}",
        "training.clip_norm must be a number above 0, or null (no clipping), not inf",
    ),
    (
        "training: {teacher_forcing_ratio: 1.5}",
        "training.teacher_forcing_ratio must be a number from 0 to 1, not 1.5",
    ),
    (
        "training: {patience: 0}",
        f"training.patience must be {WHOLE}, or null (never stop early), not 0",
    ),
    (
        "training: {epochs: 10000000}",
        "training.epochs must be a whole number from 1 to 1,000,000, not 10,000,000",
    ),
    # values that do not go together
    ("data: {min_length: 20}", "data.min_length must be at most data.src_length, 10, not 20"),
    (
        "data: {task: sort, tgt_length: 5}",
        "data.tgt_length must be data.src_length, 10, or null for task sort, not 5",
    ),
    (
        "data: {task: rotate, tgt_length: 11}",
        "data.tgt_length must be data.src_length, 10, or null for task rotate, not 11",
    ),
    (
        "data: {task: rotate, rotate_by: 10}",
        "data.rotate_by must be less than data.src_length, 10, not 10",
    ),
    (
        "data: {rotate_by: 3}",
        "data.rotate_by is 3 but task reverse does not rotate; "
        "leave it out or set data.task to rotate",
    ),
    (
        "data: {path: my.csv}",
        "data.path is 'my.csv' but task reverse reads no file; "
        "leave it out or set data.task to pairs",
    ),
    ("data: {task: pairs}", "data.path must be the path of a file of pairs for task pairs"),
    (
        "data: {task: pairs, path: my.csv, vocab_size: 4}",
        "data.vocab_size is 4, but with task pairs the file decides it; leave it out",
    ),
    (
        "data: {vocab_size: 3, min_length: 1, src_length: 5}",
        "data.n_train and data.n_test ask for 4,500 distinct sequences, but there are only 62 "
        "of 1 to 5 tokens out of 2 symbols",
    ),
    (
        "data: {vocab_size: 2, min_length: null, src_length: 1}",
        "data.n_train and data.n_test ask for 4,500 distinct sequences, but there are only 1 "
        "of 1 token out of 1 symbol",
    ),
    (
        "model: {d_model: 33}",
        "model.d_model must be even when model.bidirectional is true (each direction is half as "
        "wide), not 33",
    ),
    (
        "model: {attention: none, input_feeding: true}",
        "model.input_feeding must be false when model.attention is none, as it feeds what was "
        "attended to",
    ),
    (
        "training: {batch_size: 5000}",
        "training.batch_size must be at most data.n_train, 4,000, not 5,000",
    ),
    (
        "training: {epochs: 1, warmup_steps: 63}",
        "training.warmup_steps must be less than the 63 steps of the whole training, not 63",
    ),
]

TOO_LARGE = [
    ("data.n_train", "100,000,000,000", "data: {n_train: 100_000_000_000}"),
    ("data.n_test", "100,000,000,000", "data: {n_test: 100_000_000_000}"),
    ("data.src_length", "1,000,000", "data: {src_length: 1_000_000}"),
    ("data.tgt_length", "100,000,000", "data: {tgt_length: 100_000_000}"),
    ("data.vocab_size", "1,000,000,000", "data: {vocab_size: 1_000_000_000}"),
    ("model.d_model", "1,000,000", "model: {d_model: 1_000_000}"),
    ("model.d_v", "a number of 30 digits", "model: {d_v: 123456789012345678901234567890}"),
    (
        "training.batch_size",
        "10,000,000",
        "{data: {n_train: 10_000_000}, training: {batch_size: 10_000_000}}",
    ),
]


@pytest.mark.parametrize(("text", "message"), BAD_VALUES, ids=[text for text, _ in BAD_VALUES])
def test_a_value_that_cannot_be(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "my.yaml")

    assert str(caught.value) == f"my.yaml: {message}"
    assert caught.value.message == message
    assert caught.value.key == message.split()[0].strip("'")  # it begins with what is to blame


@pytest.mark.parametrize(("key", "value", "text"), TOO_LARGE, ids=[key for key, _, _ in TOO_LARGE])
def test_a_value_too_large_for_the_memory(key: str, value: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "my.yaml")

    assert caught.value.key == key
    assert re.fullmatch(
        f"my.yaml: {key} must be smaller than {value}, as this configuration takes "
        r"(about [0-9.]+ [GTP]B|more than 1,000 PB) of memory and there is about 16\.0 GB",
        str(caught.value),
    )


def test_of_several_mistakes_the_first_is_told() -> None:
    with pytest.raises(ConfigError, match=r"^configuration: data\.n_test must"):
        parse_config("training: {epochs: 0}\ndata: {n_test: 0, vocab_size: 0}")


def test_a_long_value_is_shortened() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(f"model: {{cell: {'x' * 5000}}}")

    assert len(str(caught.value)) < 150


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: DataConfig(min_length=30), "data.min_length"),
        (lambda: DataConfig(n_train=10**5000), "data.n_train"),
        (lambda: ModelConfig(d_model=5), "model.d_model"),
        (lambda: Config(data=DataConfig(n_train=5)), "training.batch_size"),
        (lambda: Config(**{"data": {"n_test": "5"}}), "data.n_test"),
        (lambda: Config(**{"data": None}), "data"),
    ],
)
def test_in_python_the_errors_are_the_same(make: Any, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()

    assert caught.value.key == key


def test_an_error_survives_its_way_between_processes() -> None:
    error = ConfigError("data.task", "data.task must be another", "my.yaml")

    copy = pickle.loads(pickle.dumps(error))

    assert (copy.key, copy.message, str(copy)) == (error.key, error.message, str(error))


# ---------------------------------------------------------------- files that cannot be read

BAD_TEXTS = [
    ("", "there are no settings; begin with data, model, training and logging"),
    ("# nothing yet\n", "there are no settings; begin with data, model, training and logging"),
    ("reverse", "this is not a mapping of data, model, training and logging"),
    ("- data", "this is not a mapping of data, model, training and logging"),
    (
        "data:\n  n_test: ]",
        "line 2 is not valid YAML: while parsing a block node expected the node content, "
        "but found ']'",
    ),
    (
        "data:\n\tn_test: 1",
        "line 2 is not valid YAML: while scanning for the next token found character '\\t' "
        "that cannot start any token",
    ),
    ("data: {}\ndata: {}", "line 2 gives data a second time; say it once"),
    ("data:\n  n_test: 1\n  n_test: 2", "line 3 gives n_test a second time; say it once"),
    ("data: &all {n_test: 1}", "line 1 uses a YAML anchor or alias (& or *); write the value out"),
    ("data:\n  *all", "line 2 uses a YAML anchor or alias (& or *); write the value out"),
    (
        "data: !!python/object/apply:os.system ['true']",
        "line 1 uses the YAML tag tag:yaml.org,2002:python/object/apply:os.system; "
        "write the plain value",
    ),
    ("? [a]\n: 1", "line 1 has a list or a mapping as a key; a key is a name"),
    ("data: {}\n---\ndata: {}", "line 2 begins a second YAML document; one is allowed"),
    ("[" * 5000, "line 1 is nested more than 8 levels deep"),
    ("data:\n  n_test: " + "9" * 5000, "line 2 has a number of 5,000 digits"),
    (
        "data:\n  n_test: \x01",
        "line 2 holds the unprintable character U+0001; YAML is plain text",
    ),
    (
        "data:\n" + "".join(f"  k{i}: 1\n" for i in range(8_000)),
        "line 1000 goes beyond the 2,000 keys and values allowed",
    ),
    ("#" * 100_001, "this is longer than the 100,000 bytes a configuration may have"),
]


@pytest.mark.parametrize(("text", "message"), BAD_TEXTS, ids=[text[:30] for text, _ in BAD_TEXTS])
def test_text_that_is_no_configuration(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "my.yaml")

    assert str(caught.value) == f"my.yaml: {message}"
    assert caught.value.key == ""


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"k{i}: {i}" for i in range(10_000))[:99_999],
        f"data: {{n_train: {'9' * 90_000}.x}}",  # nearly a number
        f"data: {{n_train: {'9_' * 45_000}x}}",
        "[" * 99_999,
        "# \n" * 33_333,
        f'"{chr(10) * 99_990}"',
    ],
    ids=["keys", "digits", "groups", "brackets", "comments", "lines"],
)
def test_what_is_refused_is_refused_at_once(text: str) -> None:
    def refused() -> None:
        with pytest.raises(ConfigError):
            parse_config(text)

    assert takes_at_most(1, refused)


def test_an_alias_bomb_is_refused_before_it_goes_off() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )

    with pytest.raises(ConfigError, match="line 1 uses a YAML anchor"):
        parse_config(bomb)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    _assert_refused(tmp_path / "none.yaml", "there is no such file")


def test_a_directory(tmp_path: Path) -> None:
    _assert_refused(tmp_path, "this is a directory, not a YAML file")


def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    _assert_refused(Path("secret.yaml"), "the file cannot be read: Permission denied")


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    _assert_refused(tmp_path / "file" / "x.yaml", "the file cannot be read: Not a directory")


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes("# gut\n# größer".encode("latin-1"))

    _assert_refused(file, "line 2 is not UTF-8 text")


@pytest.mark.parametrize("content", [b"#" * 200_000, b"\xff" * 200_000])
def test_a_file_that_is_too_long(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "long.yaml"
    file.write_bytes(content)

    _assert_refused(file, "this is longer than the 100,000 bytes a configuration may have")


def test_an_endless_file() -> None:
    _assert_refused(
        Path("/dev/zero"), "this is longer than the 100,000 bytes a configuration may have"
    )


def _assert_refused(file: Path, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(file)

    assert str(caught.value) == f"{file}: {message}"


def test_steps_are_counted_as_training_counts_them() -> None:
    ten = ["data.n_train=100", "training.batch_size=64", "training.epochs=5"]
    assert override(Config(), ten).total_steps == 10
    assert override(Config(), [*ten, "training.max_steps=7"]).total_steps == 7
