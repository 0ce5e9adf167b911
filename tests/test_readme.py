"""What the README promises is so."""

import re
from pathlib import Path

import pytest

from seqflip.server.limits import ServerLimits

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def requirements(name: str = "requirements.txt") -> list[str]:
    """The lines of a file, without what a package brings for some systems only."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.sub(r"\[\w+\]|^#.*", "", text, flags=re.MULTILINE).split()


def test_the_table_of_settings_is_complete_and_has_the_defaults() -> None:
    found = re.findall(r"^\| `SEQFLIP_(\w+)` \| `?([^|`]+?)`? \|", README, re.MULTILINE)
    defaults = {
        name.upper(): str(field.default) for name, field in ServerLimits.model_fields.items()
    }
    assert dict(found) == defaults


def test_every_dependency_is_named_with_its_reason() -> None:
    lines = [*requirements(), *requirements("requirements-cluster.txt")]
    required = {line.split("==")[0] for line in lines}
    table = README.partition("## What it stands on")[2]
    named = {
        name
        for row in re.findall(r"^\| (\w[\w, -]*) \|", table, re.MULTILINE)
        for name in row.split(", ")
    }
    assert named - {"Package"} == required


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_the_python_lines_work(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(code.replace(".show()", ""), "README.md", "exec"), {})


def test_the_lock_file_holds_what_the_requirements_name() -> None:
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entry = r"^([\w.-]+==[\w.]+) \\((?:\n    --hash=sha256:[0-9a-f]{64}.*)+)"
    entries = re.findall(entry, locked, re.MULTILINE)
    assert set(requirements()) <= {name for name, _ in entries}
    assert len(entries) == len(re.findall(r"^[\w.-]+==", locked, re.MULTILINE))
