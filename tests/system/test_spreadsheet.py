import pytest

from seqflip.system.spreadsheet import as_text


@pytest.mark.parametrize("text", ["=1+1", "@sum", "+a", "-", "-1+2", "\tx"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert as_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "3", "-5", "+4.5", "a=b", "Paris"])
def test_all_else_stays(text: str) -> None:
    assert as_text(text) == text
