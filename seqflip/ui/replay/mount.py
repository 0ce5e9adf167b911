"""The player on the page: a component that is sent all frames once, and draws in the browser."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from seqflip.ui.published import LOADER, publish
from seqflip.ui.replay.html import FOLDER, PLAYER
from seqflip.ui.replay.tab import PLAYER as KEY

_component = st.components.v2.component(
    "seqflip_replay", html=PLAYER, js=LOADER, isolate_styles=False
)


def player(
    data: dict[str, Any],
    *,
    arrival: str,
    step: int | None,
    outlined: bool,
    why: str | None,
    follows: bool,
    on_rest: Callable[[], None],
) -> None:
    """Draw the player.

    Parameters
    ----------
    data : dict
        From :func:`seqflip.ui.replay.reel.reel`.
    arrival : str
        When it changes, the player goes to ``step``; else it stays where it is.
    step : int or None
        Where to begin; None: at the start, or at the newest if it follows.
    outlined : bool
        Whether the true alignment is outlined at first.
    why : str or None
        The link to why attention moved, to which each frame adds its own; None: there is none.
    follows : bool
        Whether more snapshots are to come; who looks at the newest goes on with them.
    on_rest : callable
        Is called when the player has come to rest somewhere.
    """
    script = publish(FOLDER) + "/replay.js"
    placed = {
        "arrival": arrival,
        "step": step,
        "outlined": outlined,
        "why": why,
        "follows": follows,
    }
    _component(key=KEY, data={"script": script, **placed, **data}, on_rest_change=on_rest)
