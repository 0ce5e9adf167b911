"""The letters of the formulas, in the colours that they have everywhere."""

from markupsafe import Markup

Q, K, V, S, C = (
    Markup('<b class="{}">{}</b>').format(role, letter)
    for letter, role in zip("qkvsc", ("query", "key", "value", "state", "value"), strict=True)
)
