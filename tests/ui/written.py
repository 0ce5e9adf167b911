"""What a page has written in HTML."""

import json

from streamlit.testing.v1 import AppTest


def written_html(page: AppTest) -> str:
    """Return all that stands on a page in HTML of its own, but for the style sheets."""
    plain = [str(one.proto.body) for one in page.get("html")]
    told = [json.loads(one.proto.json) for one in page.get("bidi_component")]
    renewed = [str(one["html"]) for one in told if "html" in one]
    return "".join(one for one in [*plain, *renewed] if "<style" not in one)
