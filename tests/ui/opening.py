"""A page of the app, opened by a link, without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "app.py"


def open_page(page: str, **link: str) -> AppTest:
    """Open a page as a link with these parameters does; nothing may go wrong."""
    app = AppTest.from_file(APP, default_timeout=60)
    for name, text in link.items():
        app.query_params[name] = text
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app
