"""The letters of the formulas, in the colours that they have everywhere."""

from markupsafe import Markup

Q, K, V, S, C, X, N, H = (
    Markup('<b class="{}">{}</b>').format(role, letter)
    for letter, role in zip(
        "qkvscxnh",
        ("query", "key", "value", "state", "value", "state", "state", "state"),
        strict=True,
    )
)
