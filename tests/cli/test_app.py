"""``seqflip app`` and what a notebook server is told of it."""

import os
from pathlib import Path

import pytest

from seqflip.cli.app import command
from seqflip.cli.jupyter import server
from seqflip.cli.main import main
from seqflip.system.home import HOME, copy_app


def test_it_listens_to_this_computer_alone_unless_told_otherwise() -> None:
    run = command("127.0.0.1", 8501, "/below/this/", headless=True)
    assert run[:2] == ["streamlit", "run"]
    assert run[2:] == [
        "--server.address=127.0.0.1",
        "--server.port=8501",
        "--server.baseUrlPath=below/this",
        "--server.headless=true",
    ]


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "８５"])
def test_a_port_that_is_none_is_told(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["app", "--port", port])
    assert ended.value.code == 2
    assert "--port: must be a whole number from 1 to 65535" in capsys.readouterr().err


def test_what_runs_is_a_copy_that_has_all_that_streamlit_looks_for(tmp_path: Path) -> None:
    environment = copy_app(tmp_path)
    assert environment == {"SEQFLIP_APP": str(tmp_path)}
    assert (tmp_path / ".streamlit" / "config.toml").read_bytes() == (
        HOME / ".streamlit" / "config.toml"
    ).read_bytes()
    pages = {page.name for page in (HOME / "pages").glob("*.py")}
    assert {page.name for page in (tmp_path / "pages").iterdir()} == pages
    assert os.listdir(tmp_path / "static") == ["icon.svg"]


def test_a_notebook_server_is_told_port_and_path() -> None:
    told = server()
    assert "{port}" in told["command"]
    assert "{base_url}" in told["command"]
    assert told["absolute_url"]
