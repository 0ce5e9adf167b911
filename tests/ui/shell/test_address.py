"""What an address says of the browser is declared once, and kept."""

import re
from pathlib import Path

from seqflip.ui.shell.address import OF_A_FRAME, OF_THE_BROWSER, of_the_browser

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs" / "embed.md").read_text(encoding="utf-8")


def test_what_a_page_says_of_itself_is_not_the_browsers() -> None:
    params = {"run": "reverse", "present": "yes", "embedded": "yes"}
    assert of_the_browser(params) == {"present": "yes"}


def test_no_other_file_lists_them() -> None:
    lists = [
        path.name
        for path in (ROOT / "seqflip").rglob("*")
        if path.suffix in (".py", ".js")
        and "embed_options" in path.read_text(encoding="utf-8").replace("embed_options=", "")
    ]
    assert lists == ["address.py"]


def test_the_docs_name_each_parameter_of_a_frame() -> None:
    table = DOCS.partition("## Parameters")[2].partition("## Sizes")[0]
    named = set(re.findall(r"^\| `(\w+)=\w+` \|", table, re.MULTILINE))
    assert named == set(OF_A_FRAME) <= set(OF_THE_BROWSER)


def test_a_copied_frame_is_as_high_as_every_page_needs() -> None:
    table = DOCS.partition("## Sizes")[2]
    needed = re.findall(r"^\| [^|]+\| `[^`]+` \| \d+ \| (\d+) \|", table, re.MULTILINE)
    script = (ROOT / "seqflip" / "ui" / "shell" / "share.js").read_text(encoding="utf-8")
    copied = re.search(r"const HEIGHT = (\d+)", script)
    assert copied is not None
    assert len(needed) >= 8
    assert int(copied[1]) >= max(map(int, needed))
