"""Presets are called by titles, and say about how long they take."""

from seqflip.ui.parts.presets import Preset, RacePreset, presets, races


def test_every_preset_and_race_has_a_title_that_is_no_file_name() -> None:
    everything: list[Preset | RacePreset] = [*presets().values(), *races().values()]
    for preset in everything:
        assert preset.title != preset.name
        assert preset.label.startswith(f"{preset.title} · ")


def test_what_takes_minutes_says_so() -> None:
    assert presets()["notebook"].label.endswith(" min")
    assert presets()["reverse"].label.endswith(" s")
