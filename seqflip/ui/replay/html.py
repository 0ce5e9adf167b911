"""The player's elements, the same on the page and in what is taken home."""

from pathlib import Path

FOLDER = Path(__file__).parent / "player"


def _icon(path: str, name: str = "") -> str:
    return f'<svg class="{name}" viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg>'


def _sample(kind: str, text: str) -> str:
    line = f'<svg viewBox="0 0 24 4" aria-hidden="true"><path class="{kind}" d="M0 2H24"/></svg>'
    return f'<span data-of="{kind}">{line}{text}</span>'


_SPEEDS = "".join(
    f'<option value="{n}"{" selected" if n == 5 else ""}>{n} a second</option>'
    for n in (1, 2, 5, 15, 30, 60)
)

_BACK = _icon("M12 2v12L4 8zM2 2h2v12H2z")
_ON = _icon("M4 2v12l8-6zM12 2h2v12h-2z")
_PLAY = _icon("M3 1v14l11-7z", "starts") + _icon("M3 1h4v14H3zM9 1h4v14H9z", "holds")
_WHY = "Opens Attend at this step, at the output whose attention moves most from here on"
_AXIS = "each snapshot has the same room: early steps are drawn wide"
_LEGEND = (
    _sample("training", "training loss")
    + _sample("held-out", "held-out loss")
    + _sample("alignment", "alignment, this sequence")
)

PLAYER = f"""
<section class="seqflip-replay" aria-label="Replay">
  <div class="controls">
    <button type="button" class="back" aria-label="One snapshot back"
      title="One snapshot back (left arrow)">{_BACK}</button>
    <button type="button" class="play" title="Play or pause (space)" data-playing="false">
      {_PLAY}<span>Play</span></button>
    <button type="button" class="on" aria-label="One snapshot on"
      title="One snapshot on (right arrow)">{_ON}</button>
    <label>Snapshots <select class="speed">{_SPEEDS}</select></label>
    <a class="why" hidden title="{_WHY}">Why did it move here?</a>
    <p class="step"></p>
  </div>
  <div class="story">
  <div class="curve">
    <div class="legend">{_LEGEND}<span>{_AXIS}</span></div>
    <svg class="chart" role="img"></svg>
    <input type="range" min="0" step="1" aria-label="Training step">
  </div>
  <div class="moments" role="group" aria-label="Moments"></div>
  <details class="chronicle"><summary>What happened, in order</summary>
    <ol></ol><p class="order"></p></details>
  </div>
  <div class="panes">
    <div>
      <div class="figure">
        <div class="top"><p class="title">Attention</p>
          <label class="truth"><input type="checkbox"> True alignment</label></div>
        <div class="map"><canvas role="img"></canvas><svg aria-hidden="true"></svg>
          <div class="scale" aria-hidden="true"><span>1</span><span>0.5</span><span>0</span></div>
          <div class="tip" hidden></div></div>
        <div class="heads" role="group" aria-label="Heads" hidden></div>
      </div>
      <p class="instead">This model has no attention, so there is no heatmap: all that its decoder
        knows of the sequence is the encoder’s last state. The answer shows how far that goes.</p>
    </div>
    <div>
      <div class="top"><p class="title">Answer</p></div>
      <div class="answer" tabindex="0" role="region" aria-label="The answer"></div>
      <dl class="facts">
        <div><dt>Tokens right</dt><dd class="fact-right"></dd></div>
        <div><dt>Confidence</dt><dd class="fact-sure"></dd></div>
        <div><dt>Alignment</dt><dd class="fact-alignment"></dd>
          <dd class="against by-chance" title="Looking at all inputs alike"></dd></div>
        <div><dt>Loss</dt><dd class="fact-loss"></dd>
          <dd class="against by-guessing" title="Giving all tokens the same probability"></dd></div>
      </dl>
      <p class="against product"></p>
    </div>
  </div>
  <p class="told hidden" role="status"></p>
</section>
"""
