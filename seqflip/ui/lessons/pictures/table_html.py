"""A table of a lesson, which scrolls by itself where it is wider than its place."""

from markupsafe import Markup

TABLE = Markup(
    '<div class="seqflip-scroll seqflip-worked" tabindex="0" role="region" aria-label="Numbers">'
    "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
)
