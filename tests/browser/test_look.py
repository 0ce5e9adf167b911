"""Everybody can use it: screen readers, keyboards, small screens, light and dark."""

import contextlib
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, wait_for, wait_until
from tests.browser.contrast import low_contrast

pytestmark = pytest.mark.browser

PAGES = {
    "Train": "/",
    "a finished run": "/?run=reverse",
    "Attend": "/attend",
    "Replay": "/replay?step=204&truth=yes",
    "Race": "/race",
    "Lengths": "/lengths?max=16&count=50",
    "Runs": "/runs?chosen=reverse+bottleneck",
}
MORE = {
    "Train, with what is wrong": "/?d_model=33&batch_size=99999",
    "Train, with pairs of one's own": "/?pairs=own",
}


@pytest.fixture
def visit(page: Page, shared_server: Server) -> Callable[[str], Page]:
    def visit(path: str) -> Page:
        page.goto(shared_server.url + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".plot .main-svg, .seqflip-replay .step").first).to_be_visible()
        settled(page)
        return page

    return visit


@pytest.mark.parametrize(
    "path",
    [
        *(pytest.param(path, id=name) for name, path in PAGES.items()),
        *(pytest.param(path, id=name, marks=pytest.mark.thorough) for name, path in MORE.items()),
    ],
)
def test_everybody_can_use_it(visit: Callable[[str], Page], path: str) -> None:
    expect_usable(visit(path), height=844)


def expect_usable(page: Page, height: int) -> None:
    """Look at a page in both colours, and on a small screen of this height."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
        expect_no_violations(page)
        wait_until(lambda: low_contrast(page) == [])
    page.set_viewport_size({"width": 390, "height": height})
    wait_until(lambda: too_wide(page) == [])


def expect_no_violations(page: Page, within: str | None = None) -> None:
    """Wait until axe finds nothing serious, as colours change little by little.

    ``within`` is a selector of the part that is looked at.
    """
    found: list[str] = []

    def finds_nothing() -> bool:
        found[:] = serious_violations(page, within)
        return not found

    with contextlib.suppress(AssertionError):
        wait_until(finds_nothing)
    assert found == []


def serious_violations(page: Page, within: str | None = None) -> list[str]:
    """Return what axe finds serious."""
    return [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
        for one in Axe().run(page, within).response["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def too_wide(page: Page) -> list[str]:
    """Return what a small screen cuts off; tables and charts may scroll in their own frame."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("[data-testid=stMainBlockContainer] *")]
            .filter(e => !e.closest("[data-testid=stDataFrame], .plot"))
            .filter(e => !e.closest(".seqflip-scroll > *, .seqflip-replay .answer > *"))
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.clientWidth)
            .map(e => e.outerHTML.slice(0, 100))"""
    )
    return found


@pytest.mark.thorough
def test_every_chart_has_a_text_alternative(visit: Callable[[str], Page]) -> None:
    page = visit("/?run=reverse")
    for name in ("Loss over", "Accuracy and alignment over", "Attention weights of the answer"):
        expect(page.get_by_role("img", name=name)).to_be_visible()


@pytest.mark.thorough
def test_dark_and_light_differ_in_the_charts_too(visit: Callable[[str], Page]) -> None:
    page = visit("/?run=reverse")
    colour = "document.querySelector('.st-key-loss_chart .plot').data[0].line.color"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    wait_for(page, f"light => {colour} !== light", arg=light)
