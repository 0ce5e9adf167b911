"""A replay to take home: one HTML file that plays without a server and without a network."""

import json
import re
from typing import Any

from markupsafe import Markup

from seqflip.ui.as_typed import all_in_html, in_text
from seqflip.ui.replay.html import FOLDER, PLAYER

_SCRIPTS = ("svg", "curve", "heads", "heatmap", "answer", "chronicle", "keys", "player")
_IMPORT = re.compile(r'^import .* from "\./.*"\n', re.MULTILINE)
_STYLE = """
:root {
  color-scheme: light dark;
  --st-text-color: light-dark(#22252d, #e8e6e1);
  --st-background-color: light-dark(#fdfcfa, #15171c);
  --st-border-color: light-dark(#dcd6cb, #3a3f4b); --st-heading-color: var(--st-text-color);
  --st-heading-font: Georgia, serif;
}
body {
  margin: 2rem auto; max-width: 72rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif;
  color: var(--st-text-color); background: var(--st-background-color);
}
h1 { font: 600 1.6rem/1.2 Georgia, serif; margin: 0 0 1rem; overflow-wrap: anywhere; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
footer { margin-top: 2rem; font-size: 0.85rem; opacity: 0.85; }
"""

_PAGE = Markup(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style></head><body>
<h1><bdi>{name}</bdi>: {source}</h1>
{player}
<footer>Each picture is what the model computed with its weights after that step. Attention weights
show where the model looks; they are not by themselves an explanation. Made with SeqFlip.</footer>
<script type="application/json" id="data">{data}</script>
<script type="module">{script}</script>
</body></html>
"""
).format


def as_html(data: dict[str, Any], name: str) -> str:
    """Return the page.

    Parameters
    ----------
    data : dict
        From :func:`seqflip.ui.replay.reel.reel`.
    name : str
        Of the run.
    """
    placed = {"arrival": "", "step": None, "outlined": False, "why": None, "follows": False}
    told = json.dumps({**data, **placed}).replace("<", "\\u003c")
    return _PAGE(
        title=f"{name}: {in_text(data['source'])}",
        style=Markup(_STYLE + _file("replay.css")),
        name=name,
        source=all_in_html(data["source"]),
        player=Markup(PLAYER),
        data=Markup(told),
        script=Markup(_script()),
    )


def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _script() -> str:
    """Return the player's modules as one: no two of them give the same name to different things."""
    modules = (_file(f"{name}.js") for name in _SCRIPTS)
    joined = "\n".join(_IMPORT.sub("", text).replace("\nexport ", "\n") for text in modules)
    return (
        f'{joined}\nconst player = new Player(document.querySelector(".seqflip-replay"))\n'
        'player.take(JSON.parse(document.getElementById("data").textContent))\n'
    )
