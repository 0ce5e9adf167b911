"""Presets are called by titles, and say about how long they take."""

from seqflip.ui.parts.presets import presets, races


def test_every_preset_and_race_has_a_title_that_is_no_file_name() -> None:
    for preset in (*presets().values(), *races().values()):
        assert preset.title != preset.name
        assert preset.label.startswith(f"{preset.title} · ")


def test_what_takes_minutes_says_so() -> None:
    assert presets()["notebook"].label.endswith(" min")
    assert presets()["reverse"].label.endswith(" s")
