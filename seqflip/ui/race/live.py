"""All that changes while a race is on: what a feed renews, by key."""

from collections.abc import Mapping
from typing import Any, Final

from seqflip.race.config import RaceConfig
from seqflip.race.folder import Race
from seqflip.runs.status import Status
from seqflip.ui.charts.live import Having, nothing_yet
from seqflip.ui.race.curves import CHART, chart
from seqflip.ui.race.head import standing
from seqflip.ui.race.table import outcome_table

STANDING: Final = "race_standing"
TABLE: Final = "race_table"


def number_parts(
    config: RaceConfig,
    race: Race | None,
    status: Status,
    measure: str,
    having: Having = nothing_yet,
) -> dict[str, Mapping[str, Any]]:
    """Return how far the race is, its curves, and its table."""
    found = race.results() if race is not None else None
    return {
        STANDING: {"html": standing(race, status, found)},
        CHART: chart(race, config, found, measure, having),
        TABLE: {"html": outcome_table(config, found)},
    }
