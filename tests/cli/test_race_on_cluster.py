"""`python -m seqflip race --cluster`: the same as without, on more than one machine."""

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme

from seqflip import main
from seqflip.config.files import dump_config
from tests.cluster import LocalCluster
from tests.processes import ENVIRONMENT, finish, start, until
from tests.race.small import small_race

pytestmark = pytest.mark.xdist_group("cluster")
MEASURED = ("seconds", "steps_per_second")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def race() -> str:
    Path("race.yaml").write_text(dump_config(small_race(seeds=2)), encoding="utf-8")
    return "race.yaml"


def found(path: str) -> Any:
    """Return what a race has written, but for what a clock decided."""

    def unmeasured(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: unmeasured(one) for name, one in value.items() if name not in MEASURED}
        return [unmeasured(one) for one in value] if isinstance(value, list) else value

    return unmeasured(json.loads(Path(path).read_text(encoding="utf-8")))


def test_it_gives_the_same_results_also_where_a_worker_is_killed(
    race: str, cluster: LocalCluster
) -> None:
    arguments = ["race", race, "--set", "training.epochs=12", "--output"]
    cluster.ensure(2)
    cluster.end_lanes()
    environment = ENVIRONMENT | {"SEQFLIP_CLUSTER": cluster.address}
    process = start(*arguments, "there.json", "--cluster", env=environment)
    until(lambda: len(cluster.lanes()) == 2)
    lane, worker = next(iter(cluster.lanes().items()))
    cluster.kill_worker(worker)
    until(lambda: lane not in cluster.lanes())
    assert main([*arguments, "here.json", "--quiet"]) == 0
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert "steps/s" in output
    assert found("there.json") == found("here.json")


def test_ctrl_c_ends_it_here_and_there(race: str, cluster: LocalCluster) -> None:
    endless = ["race", race, "--set", "training.epochs=100000", "--output", "race.json"]
    cluster.ensure(2)
    cluster.end_lanes()
    process = start(*endless, "--cluster", cluster.address)
    until(lambda: len(cluster.lanes()) == 2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors == "seqflip: interrupted; nothing was written\n"
    assert sorted(path.name for path in Path().iterdir()) == ["race.yaml"]
    until(lambda: not cluster.lanes())


@pytest.mark.thorough
def test_certificates_are_those_of_dasks_configuration(race: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
        tmp_path / "own.pem"
    )
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    settings = {f"{tls}{who}__CERT": str(tmp_path / "own.pem") for who in ("SCHEDULER", "WORKER")}
    settings |= {f"{tls}CLIENT__CERT": str(tmp_path / "own.pem")}
    settings |= {f"{tls}CA_FILE": str(tmp_path / "ca.pem")}
    secure = LocalCluster(tmp_path, 1, protocol="tls", settings=settings)
    command = ["race", race, "--seeds", "1", "--cluster", secure.address]
    try:
        trusted = ENVIRONMENT | settings
        until(lambda: finish(*command, "--quiet", env=trusted).returncode == 0)
        refused = finish(*command)
    finally:
        secure.close()
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == f"seqflip: the cluster at {secure.address} does not answer\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--cluster", "here"], "--cluster must be an address such as tcp://192.168.1.5:8786"),
        (["--cluster", "tcp://host"], "--cluster must be an address"),
        (["--cluster", "tcp://127.0.0.1:1"], "the cluster at tcp://127.0.0.1:1 does not answer"),
        (["--cluster"], "SEQFLIP_CLUSTER must be an address such as"),
        (
            ["--set", "training.learning_rate=-1", "--cluster", "tcp://127.0.0.1:1"],
            "training.learning_rate must be",
        ),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    race: str,
    arguments: list[str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("SEQFLIP_CLUSTER", raising=False)
    assert main(["race", race, "--output", "race.json", *arguments]) == 2
    output, errors = capsys.readouterr()
    assert (output, errors.count("\n")) == ("", 1)
    assert errors.startswith("seqflip: ")
    assert sentence in errors


def test_what_to_install_is_said(race: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["race", race, "--cluster", "tcp://127.0.0.1:1"]) == 2
    assert capsys.readouterr().err == (
        "seqflip: a cluster needs the package distributed: pip install -r "
        "requirements-cluster.txt, or pip install 'seqflip[cluster]'\n"
    )
