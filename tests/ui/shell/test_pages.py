"""Pages are registered once, and nothing else names their scripts."""

import re

from seqflip.ui.shell.pages import PAGES, SCRIPTS


def test_every_script_is_a_registered_page() -> None:
    assert {script.stem for script in SCRIPTS.glob("*.py")} == set(PAGES)


def test_every_page_begins_within_the_app_and_says_what_it_is() -> None:
    for page in PAGES.values():
        script = (SCRIPTS.parent / page.script).read_text(encoding="utf-8")
        assert script.startswith(f'"""{page.title}: ')
        assert "within_app()" in script


def test_no_other_module_names_a_script() -> None:
    package = SCRIPTS.parent / "seqflip"
    named = re.compile(r'"pages/|pages\.\w+\.py"')
    found = [file.name for file in package.rglob("*.py") if named.search(file.read_text("utf-8"))]
    assert found == []
