"""Everybody can use it: screen readers, keyboards, small screens, light and dark."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, settled

pytestmark = pytest.mark.browser

PAGES = {
    "Train": "/",
    "Train, with what is wrong": "/?d_model=33&batch_size=99999",
    "a finished run": "/?run=reverse",
    "Runs": "/runs?chosen=reverse+bottleneck",
}
# Streamlit's own markup, which no page can change.
NOT_OURS = {"aria-allowed-role"}


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visit(browser: Browser, shared_server: Server) -> Iterator[Callable[..., Page]]:
    contexts = []

    def visit(path: str, scheme: str = "light", width: int = 1280) -> Page:
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.goto(shared_server.url + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".plot .main-svg").first).to_be_visible()
        settled(page)
        return page

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PAGES.values(), ids=list(PAGES))
def test_axe_finds_nothing_serious(visit: Callable[..., Page], path: str, scheme: str) -> None:
    found = Axe().run(visit(path, scheme)).response["violations"]
    serious = [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical") and one["id"] not in NOT_OURS
    ]
    assert serious == []


@pytest.mark.parametrize("path", PAGES.values(), ids=list(PAGES))
def test_nothing_is_cut_off_on_a_small_screen(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMainBlockContainer] *')]"
        ".filter(e => !e.closest('[data-testid=stDataFrame], .plot'))"
        ".filter(e => e.getBoundingClientRect().right > 391 && e.clientWidth)"
        ".map(e => e.outerHTML.slice(0, 100))"
    )
    assert wide == []


def test_every_chart_has_a_text_alternative(visit: Callable[..., Page]) -> None:
    page = visit("/?run=reverse")
    for name in ("Loss over", "Accuracy and alignment over", "Attention weights of the answer"):
        expect(page.get_by_role("img", name=name)).to_be_visible()


def test_dark_and_light_differ_in_the_charts_too(visit: Callable[..., Page]) -> None:
    colour = "document.querySelector('.plot').data[0].line.color"
    light, dark = (visit("/?run=reverse", scheme).evaluate(colour) for scheme in ("light", "dark"))
    assert light != dark
