import tomllib
from pathlib import Path

import pytest

from seqflip.system.spreadsheet import as_text

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("text", ["=1+1", "@sum", "+a", "-", "-1+2", "\tx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert as_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "3", "-5", "+4.5", "a=b", "Paris"])
def test_all_else_stays(text: str) -> None:
    assert as_text(text) == text


def test_no_table_of_a_page_is_saved_past_it() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["client"]["disableDataExport"]
