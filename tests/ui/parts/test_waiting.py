"""What those are told who wait for a place."""

from types import SimpleNamespace

import pytest

from seqflip.ui.parts import waiting as module
from seqflip.ui.parts.waiting import waiting


@pytest.mark.parametrize(
    ("place", "longest", "said"),
    [
        (1, 30.0, ["next", "at most about 30 s"]),
        (3, 600.0, ["2 before it", "at most about 10 min 0 s"]),
        (2, None, ["1 before it", "until others of its owner have ended"]),
        (None, None, ["next"]),  # it does not wait any more, for nobody
    ],
)
def test_no_more_is_promised_than_the_launcher_knows(
    place: int | None, longest: float | None, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher = SimpleNamespace(
        place=lambda run: place, longest_wait=lambda run: longest, trouble=lambda: None
    )
    monkeypatch.setattr(module, "server", lambda: SimpleNamespace(launcher=launcher))
    assert waiting("a-run") == said


def test_a_cluster_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = SimpleNamespace(
        place=lambda run: 1, longest_wait=lambda run: None, trouble=lambda: "it does not answer"
    )
    monkeypatch.setattr(module, "server", lambda: SimpleNamespace(launcher=launcher))
    assert waiting("a-run") == ["it does not answer"]
