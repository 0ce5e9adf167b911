"""The command line as its users meet it."""

import contextlib
import json
import os
import pty
import re
import resource
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seqflip import main
from seqflip.runs.lock import RunLock
from seqflip.runs.run import Run
from seqflip.runs.store import RunStore
from tests.processes import ENVIRONMENT, finish, start, write_config

REQUIRED = {
    *("train_loss", "train_accuracy", "test_loss", "test_accuracy", "test_sequence_accuracy"),
    *("test_alignment", "seconds", "steps", "parameters"),
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEQFLIP_RUNS", raising=False)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path, "epochs: 2")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


class TestTraining:
    def test_it_trains_shows_progress_and_writes_the_metrics(
        self, config: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--config", str(config), "--output", "results.json"]) == 0
        metrics = json.loads(Path("results.json").read_text(encoding="utf-8"))
        assert metrics.keys() >= REQUIRED
        assert all(not isinstance(value, dict | list) for value in metrics.values())
        assert metrics["steps"] == 42
        output, errors = capsys.readouterr()
        assert errors == ""
        assert output.startswith("training ")
        assert "Completed 42 steps" in output
        assert "held-out data: exact match" in output

    def test_nothing_is_left_behind_that_nobody_asked_for(self, config: Path) -> None:
        assert main(["--config", str(config), "--quiet"]) == 0
        assert [path.name for path in Path().iterdir()] == ["config.yaml"]

    def test_it_trains_without_any_argument(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--set", "training.max_steps=3"]) == 0
        assert "for 3 steps" in capsys.readouterr().out

    def test_pairs_of_ones_own_are_learned_and_what_was_left_out_is_told(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Path("src.txt").write_text(
            "".join(f"a{i % 4} b{i}\n" for i in range(12)) + "\n", encoding="utf-8"
        )
        Path("tgt.txt").write_text(
            "".join(f"b{i} a{i % 4}\n" for i in range(12)) + "alone\n", encoding="utf-8"
        )
        asked = ["data.task=pairs", "data.path=src.txt", "data.n_train=11", "data.n_test=1"]
        asked += ["training.batch_size=4", "training.max_steps=2"]
        settings = [part for one in asked for part in ("--set", one)]
        assert main([*settings, "--run-dir", "run"]) == 0
        errors = capsys.readouterr().err
        assert "src.txt: line 13 was left out: the source is empty" in errors
        assert "src.txt: the targets were read from tgt.txt, line by line" in errors
        kept = Path("run/pairs.tsv").read_text(encoding="utf-8").splitlines()
        assert kept[0] == "a0 b0\tb0 a0"
        assert main(["--resume", "run"]) == 0

    def test_quiet_is_quiet(self, config: Path, capfd: pytest.CaptureFixture[str]) -> None:
        assert main(["--config", str(config), "--quiet"]) == 0
        assert capfd.readouterr() == ("", "")

    def test_settings_can_be_changed(self, config: Path) -> None:
        settings = ["--set", "training.max_steps=5", "--set", "training.seed=3"]
        assert main(["--config", str(config), *settings, "--quiet", "--output", "r.json"]) == 0
        assert json.loads(Path("r.json").read_text(encoding="utf-8"))["steps"] == 5

    def test_the_run_is_kept_where_it_was_asked_for(self, config: Path) -> None:
        arguments = [
            "--config",
            str(config),
            "--run-dir",
            "runs/mine",
            "--output",
            "runs/mine/r.json",
        ]
        assert main([*arguments, "--quiet"]) == 0
        run = RunStore(Path("runs")).get("mine")
        assert run.status().state == "finished"
        assert run.weights() is not None
        assert json.loads(Path("runs/mine/r.json").read_text(encoding="utf-8")) == run.metrics()

    def test_the_same_seed_gives_the_same_weights(self, config: Path) -> None:
        for name in ("a", "b"):
            assert main(["--config", str(config), "--run-dir", name, "--quiet"]) == 0
        other = ["--set", "training.seed=1", "--run-dir", "c", "--quiet"]
        assert main(["--config", str(config), *other]) == 0
        weights = [Run(Path(name)).weights_path.read_bytes() for name in "abc"]
        assert weights[0] == weights[1]
        assert weights[0] != weights[2]

    def test_divergence_is_no_success(
        self, config: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = [
            "training.learning_rate=1000",
            "training.optimizer=sgd",
            "training.clip_norm=null",
        ]
        arguments = [argument for setting in settings for argument in ("--set", setting)]
        assert (
            main(["--config", str(config), *arguments, "--run-dir", "run", "--output", "r.json"])
            == 1
        )
        assert "Diverged at step" in capsys.readouterr().err
        metrics = json.loads(Path("r.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
        assert metrics["reason"] == "diverged"
        assert main(["--resume", "run"]) == 1

    def test_the_log_file_is_told_what_the_terminal_is_told(self, config: Path) -> None:
        settings = ["--set", "logging.file=train.log", "--set", "logging.level=debug"]
        assert main(["--config", str(config), *settings, "--quiet"]) == 0
        log = Path("train.log").read_text(encoding="utf-8")
        assert re.match(r"\d{4}-\d\d-\d\d .* INFO training ", log)
        assert "DEBUG Evaluated(step=17" in log
        assert "INFO held-out data: exact match" in log

    def test_a_higher_level_says_less(
        self, config: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--config", str(config), "--set", "logging.level=warning"]) == 0
        assert capsys.readouterr() == ("", "")

    def test_results_can_go_to_a_pipe(self, config: Path) -> None:
        done = finish("--config", config, "--quiet", "--output", "/dev/stdout")
        assert json.loads(done.stdout).keys() >= REQUIRED

    def test_nobody_needs_to_read_what_it_says(self, config: Path) -> None:
        process = start("--config", config, "--output", "r.json", stderr=subprocess.STDOUT)
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 0
        assert Path("r.json").exists()

    @pytest.mark.parametrize(
        "what",
        [
            "checkpoint.npz",
            pytest.param("snapshots.bin", marks=pytest.mark.thorough),
            pytest.param("standard output", marks=pytest.mark.thorough),
        ],
    )
    def test_a_full_disk_is_said_in_one_sentence(self, config: Path, what: str) -> None:
        limit = (resource.RLIMIT_FSIZE, (30_000, 30_000))
        options: dict[str, Any] = {"preexec_fn": lambda: resource.setrlimit(*limit)}
        if what == "standard output":
            options = {"stdout": open("/dev/full", "w", encoding="utf-8")}  # noqa: SIM115 - closed below
        kept = "logging.snapshots=60" if what == "snapshots.bin" else "logging.snapshots=0"
        process = start("--config", config, "--run-dir", "run", "--set", kept, **options)
        _, errors = process.communicate(timeout=60)
        if what == "standard output":
            options["stdout"].close()
        assert process.returncode == 1
        assert re.fullmatch(
            rf"seqflip: .*{what}: (File too large|No space left on device)\n", errors
        )
        assert not list(Path("run").glob(".*"))
        assert finish("--resume", "run").returncode == 0


class TestTerminal:
    @pytest.mark.parametrize("size", [(24, 80), pytest.param((0, 0), marks=pytest.mark.thorough)])
    def test_a_terminal_gets_a_bar(self, config: Path, size: tuple[int, int]) -> None:
        arguments = ("--config", config, "--set", "training.epochs=4")
        screen = b"".join(on_a_terminal(*arguments, size=size))
        text = re.sub(rb"\x1b\[[0-9;]*[A-Za-z]", b"", screen).decode()
        bars = [line.strip() for line in text.split("\r") if line.strip().endswith("|")]
        assert len(bars) >= 3
        numbers = r"loss \d\.\d{4}  accuracy [\d.]+%  [\d,]+ tokens/s  \d\d:\d\d left \|.+\|"
        assert all(re.fullmatch(rf"epoch \d+/4  {numbers}", bar) for bar in bars[1:])
        assert re.fullmatch(r"epoch 4/4 .* 00:00 left \|█+\|", bars[-1])
        assert "held-out data: exact match" in text


def on_a_terminal(*arguments: object, size: tuple[int, int]) -> Iterator[bytes]:
    """Run the command line on a terminal of its own, and yield what appears there."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, size)
    command = [sys.executable, "-m", "seqflip", *map(str, arguments)]
    pipes = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    process = subprocess.Popen(command, env={**ENVIRONMENT, "TERM": "xterm"}, **pipes)  # type: ignore[call-overload]
    os.close(theirs)
    while select.select([ours], [], [], 60)[0]:
        data = b""
        with contextlib.suppress(OSError):  # Linux's way to say that the other end is closed
            data = os.read(ours, 65536)
        if not data:
            break
        yield data
    assert process.wait(10) == 0
    os.close(ours)


class TestInterruption:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_run_that_nobody_asked_to_keep_is_kept_all_the_same(
        self, config: Path, number: signal.Signals
    ) -> None:
        arguments = ("--config", config, "--set", "training.epochs=1000", "--output", "my results")
        process = start(*arguments)
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 128 + number
        (run,) = RunStore(Path("runs")).runs()
        command = f"python -m seqflip --resume runs/{run.id} --output 'my results'"
        assert errors == f"seqflip: {run.status().message} Resume with: {command}\n"
        assert re.match(r"Interrupted at step \d+; it can go on from there\.", run.status().message)
        assert not Path("my results").exists()

    def test_the_second_ctrl_c_ends_it_at_once(self, config: Path) -> None:
        process = start("--config", config, "--run-dir", "run", "--set", "training.epochs=1000")
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(20):
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 130
        assert Run(Path("run")).status().state == "interrupted"


class TestResume:
    def test_a_finished_run_stays_as_it_is(
        self, config: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main(["--config", str(config), "--run-dir", "run", "--quiet"])
        before = contents(Path("run"))
        assert main(["--resume", "run", "--output", "r.json"]) == 0
        assert contents(Path("run")) == before
        assert "run has ended already, at step 42" in capsys.readouterr().out
        assert json.loads(Path("r.json").read_text(encoding="utf-8")) == Run(Path("run")).metrics()

    def test_a_run_that_is_being_trained_is_left_alone(
        self, config: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        process = start("--config", config, "--run-dir", "run", "--set", "training.epochs=1000")
        assert process.stdout is not None
        process.stdout.readline()
        try:
            assert main(["--resume", "run"]) == 2
        finally:
            process.kill()
            process.communicate()
        assert "run: another process is training this run" in capsys.readouterr().err
        with RunLock(Path("run")):
            pass

    def test_a_changed_configuration_is_another_run(
        self, config: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        process = start("--config", config, "--run-dir", "run", "--set", "training.epochs=1000")
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        process.communicate()
        (Path("run") / "config.yaml").write_text("training: {epochs: 3}\n", encoding="utf-8")
        assert main(["--resume", "run"]) == 2
        assert "config.yaml is not what this run began with" in capsys.readouterr().err


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A folder with what should not be trained."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").touch()
    (tmp_path / "file").touch()
    (tmp_path / "broken.yaml").write_text("data: [", encoding="utf-8")
    (tmp_path / "empty.yaml").touch()
    (tmp_path / "bomb.yaml").write_text("a: &a [x]\nb: [*a, *a]\n", encoding="utf-8")
    for name, damage in (("damaged", b"PK\x03\x04 half a zip"), ("foreign", b"")):
        main(["--run-dir", name, "--quiet", "--set", "training.max_steps=1"])
        checkpoint = tmp_path / name / "checkpoint.npz"
        checkpoint.write_bytes(damage or (tmp_path / name / "weights.npz").read_bytes())
        (tmp_path / name / "status.json").unlink()
    return tmp_path


BAD_INPUT: list[tuple[str, str]] = [
    ("--config missing.yaml", "missing.yaml: there is no such file"),
    ("--config full", "full: this is a directory, not a YAML file"),
    ("--config broken.yaml", "broken.yaml: line 1 is not valid YAML"),
    ("--config empty.yaml", "empty.yaml: there are no settings"),
    ("--config bomb.yaml", "bomb.yaml: line 1 uses a YAML anchor or alias"),
    ("--set training.epoch=3", "training.epoch is not a setting; did you mean training.epochs?"),
    ("--set training.epochs=many", "training.epochs must be a whole number from 1"),
    ("--set training.epochs=-3", "training.epochs must be a whole number from 1"),
    ("--set training.epochs", "'training.epochs' is not of the form section.key=value"),
    ("--set model.d_model=33", "model.d_model must be even when model.bidirectional is true"),
    ("--set model.d_model=10000000", "model.d_model must be smaller than 10,000,000"),
    ("--set data.n_train=10000000000", "data.n_train must be smaller than 10,000,000,000"),
    ("--set data.vocab_size=3 --set data.src_length=4", "but there are only 16 of 4 tokens"),
    (
        "--output missing/r.json",
        "missing/r.json: the results cannot be written there: No such file",
    ),
    ("--output full", "full: the results cannot be written there: Is a directory"),
    ("--set logging.file=missing/x.log", "missing/x.log: the log cannot be written there"),
    ("--run-dir full", "full: this folder is not empty; go on with --resume or choose another"),
    ("--run-dir file", "file: this folder cannot be made"),
    ("--run-dir file/run", "file/run: this folder cannot be made (Not a directory)"),
    ("--resume missing", "missing: there is no run in this folder"),
    ("--resume full", "full: there is no run in this folder"),
    ("--resume damaged", "damaged/checkpoint.npz: not a whole .npz file of plain arrays"),
    ("--resume foreign", "foreign/checkpoint.npz: not a checkpoint of SeqFlip"),
    ("--resume foreign --set training.epochs=3", "--set cannot be used with --resume"),
    ("--resume foreign --run-dir run", "--run-dir cannot be used with --resume"),
    ("--resume foreign --config c.yaml", "argument --config: not allowed with argument --resume"),
    ("--conf x", "unrecognized arguments: --conf x; see --help"),
    ("--config", "argument --config: expected one argument; see --help"),
    ("train", "unrecognized arguments: train; see --help"),
]


@pytest.mark.parametrize(("arguments", "sentence"), BAD_INPUT)
def test_bad_input_ends_with_2_and_one_sentence(
    bad: Path, capsys: pytest.CaptureFixture[str], arguments: str, sentence: str
) -> None:
    before = contents(bad)
    capsys.readouterr()
    try:
        code = main(arguments.split())
    except SystemExit as exit_:
        code = int(exit_.code or 0)
    output, errors = capsys.readouterr()
    assert code == 2
    assert output == ""
    assert errors.startswith("seqflip: ")
    assert sentence in errors
    assert errors.count("\n") == 1
    after = contents(bad)
    for lock in ("damaged/lock", "foreign/lock"):
        before.pop(lock, None)
        after.pop(lock, None)
    assert after == before


def test_a_process_says_the_same(tmp_path: Path) -> None:
    done = finish("--config", "missing.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "seqflip: missing.yaml: there is no such file\n"


def test_help_explains_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    for option in ("--config", "--output", "--run-dir", "--resume", "--set", "--quiet"):
        assert option in text
