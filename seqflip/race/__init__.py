"""Variants of one configuration, trained side by side on the same data, step for step."""

from seqflip.race.config import FEWEST, MOST, SHARED, RaceConfig, load_race
from seqflip.race.folder import Race, create_race
from seqflip.race.lockstep import lockstep
from seqflip.race.record import Record
from seqflip.race.results import Round, results, round_of
from seqflip.race.session import RaceSession

__all__ = [
    "FEWEST",
    "MOST",
    "SHARED",
    "Race",
    "RaceConfig",
    "RaceSession",
    "Record",
    "Round",
    "create_race",
    "load_race",
    "lockstep",
    "results",
    "round_of",
]
