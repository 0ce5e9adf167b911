"""The stories to begin with: one small configuration file each, told by its first comment lines."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from seqflip.config.config import Config
from seqflip.config.files import load_config
from seqflip.race.config import RaceConfig, load_race
from seqflip.system.home import HOME
from seqflip.ui.labels import roughly
from seqflip.ui.parts.expected import expected_seconds

FOLDER = HOME / "configs"
FIRST = "reverse"

# The order in which a class meets them; files that are not named here follow.
_ORDER = (
    FIRST,
    "name",
    "copy",
    "sort",
    "rotate",
    "bottleneck",
    "steps",
    "reverse-12",
    "transformer",
    "transformer-small",
    "french",
    "numbers-in-words",
    "words-to-number",
    "dates",
    "pig-latin",
    "addition",
    "notebook",
)
FIRST_RACE = "race-attention"
_TITLES = {
    FIRST: "Reverse",
    "name": "Your name backwards",
    "copy": "Copy",
    "sort": "Sort",
    "rotate": "Rotate by three",
    "bottleneck": "No attention",
    "steps": "Steps, far beyond training",
    "reverse-12": "Reverse, length 12",
    "transformer": "Transformer",
    "transformer-small": "Smallest Transformer",
    "french": "A little English–French",
    "numbers-in-words": "Numbers in words",
    "words-to-number": "Words to a number",
    "dates": "Dates",
    "pig-latin": "Pig Latin",
    "addition": "Addition, digit by digit",
    "notebook": "Course notebook",
    "race-attention": "With or without attention",
    "race-scaling": "Scores divided by √d_k, or not",
    "race-scores": "Dot product or additive scores",
    "race-cells": "GRU, LSTM and plain RNN",
    "race-directions": "Reading in both directions, or one",
    "race-width": "How wide a query must be",
    "race-steps": "A memory of where it looked",
    "race-architectures": "GRU or Transformer",
    "race-heads": "One head or four",
    "race-positions": "With or without positions",
    "race-reach": "Positions beyond the trained length",
    "race-forcing": "Teacher forcing, always or half of the time",
}
_RACES = (
    FIRST_RACE,
    "race-scaling",
    "race-scores",
    "race-cells",
    "race-directions",
    "race-width",
    "race-steps",
)


@dataclass(frozen=True)
class Preset:
    """A configuration with a story."""

    name: str
    story: str
    config: Config

    @property
    def title(self) -> str:
        """What people call it."""
        return _TITLES.get(self.name, self.name)

    @property
    def label(self) -> str:
        """What a choice says: its title, and about how long it takes."""
        return f"{self.title} · {roughly(expected_seconds(self.config))}"


@dataclass(frozen=True)
class RacePreset:
    """A race with a story."""

    name: str
    story: str
    config: RaceConfig

    @property
    def title(self) -> str:
        """What people call it."""
        return _TITLES.get(self.name, self.name)

    @property
    def label(self) -> str:
        """What a choice says: its title, and about how long it takes."""
        seconds = self.config.seeds * sum(map(expected_seconds, self.config.lanes().values()))
        return f"{self.title} · {roughly(seconds)}"


@cache
def presets() -> dict[str, Preset]:
    """Return all presets by name."""
    files = {file.stem: file for file in sorted(FOLDER.glob("*.yaml")) if not _is_race(file)}
    names = [name for name in _ORDER if name in files]
    names += [name for name in files if name not in names]
    return {name: Preset(name, _story(files[name]), load_config(files[name])) for name in names}


@cache
def races() -> dict[str, RacePreset]:
    """Return all races by name."""
    files = {file.stem: file for file in sorted(FOLDER.glob("race-*.yaml"))}
    names = [name for name in _RACES if name in files]
    names += [name for name in files if name not in names]
    return {name: RacePreset(name, _story(files[name]), load_race(files[name])) for name in names}


def _is_race(file: Path) -> bool:
    return file.name.startswith("race-")


def _story(file: Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    story = []
    for line in lines:
        if not line.startswith("#"):
            break
        story.append(line.lstrip("# "))
    return " ".join(story)
