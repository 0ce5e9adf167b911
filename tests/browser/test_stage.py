"""What must be in sight, in its place and large enough, while a class looks on."""

import re

import pytest
from playwright.sync_api import Browser, FloatRect, Page, Playwright, expect

from tests.browser.conftest import (
    FLAGS,
    SPARING,
    Server,
    chromium_path,
    open_train,
    press,
    wait_for,
    wait_for_step,
)

pytestmark = pytest.mark.browser
PROJECTOR = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
IN_SIGHT = (
    "h1",
    "[data-testid=stButton]",
    ".st-key-progress progress",
    ".st-key-answer .seqflip-answer",
    ".st-key-attention_chart .plot",
    ".st-key-score strong",
    ".st-key-loss_chart .plot",
    ".st-key-accuracy_chart .plot",
)


def box(page: Page, selector: str) -> FloatRect:
    """Return where it stands, in one look: a feed may put another in its place any moment."""
    found: FloatRect = page.evaluate(
        """selector => {
            const place = [...document.querySelectorAll(selector)].at(-1).getBoundingClientRect()
            return { x: place.x, y: place.y, width: place.width, height: place.height }
        }""",
        selector,
    )
    return found


def test_a_whole_training_is_seen_without_scrolling(server: Server, page: Page) -> None:
    page.set_viewport_size(PROJECTOR)  # type: ignore[arg-type]
    open_train(page, f"{server.url}/?epochs=1000")
    press(page, "Train")
    wait_for_step(page, 60)
    expect(page.locator(".st-key-attention_chart .heatmaplayer image")).to_be_visible()
    for selector in IN_SIGHT:
        place = box(page, selector)
        assert place["y"] >= 0, selector
        assert place["y"] + place["height"] <= PROJECTOR["height"], selector
        assert place["x"] + place["width"] <= PROJECTOR["width"], selector
    assert box(page, ".st-key-attention_chart .plot")["height"] >= 400
    sizes = page.locator(".st-key-attention_chart .xtick text, .st-key-attention_chart .ytick text")
    drawn = sizes.evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
    assert len(drawn) >= 10
    assert min(drawn) >= 16

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    wait_for(page, "document.querySelector('.st-key-attention_chart .plot').clientWidth < 390")
    answer, picture, loss = (
        box(page, f".st-key-{key}") for key in ("answer", "attention_chart", "loss_chart")
    )
    assert answer["y"] < picture["y"] < loss["y"]
    press(page, "Stop")


@pytest.fixture
def curious(playwright: Playwright) -> Browser:
    """A browser of who does not mind motion."""
    return playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, SPARING])


def test_the_stored_training_plays_until_a_press_and_f_is_the_presentation(
    server: Server, curious: Browser
) -> None:
    page = curious.new_page(viewport=PROJECTOR, bypass_csp=True)  # type: ignore[arg-type]
    open_train(page, server.url)
    expect(page.get_by_text("3 1 4 1 5 → 5 1 4 1 3")).to_be_visible()
    expect(page.get_by_text("a stored training · step")).to_be_visible()
    wait_for_step(page, 20)
    page.mouse.click(1000, 780)
    told = page.get_by_text("a stored training · step")
    stopped = told.inner_text()
    wait_for(page, "began => performance.now() - began > 600", page.evaluate("performance.now()"))
    assert told.inner_text() == stopped

    page.keyboard.press("f")
    expect(page).to_have_url(re.compile("present=yes"))
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    points = "one => parseFloat(getComputedStyle(one).fontSize) * 72 / 96"
    for large in (".st-key-score strong", ".st-key-progress p"):
        assert page.locator(large).evaluate(points) >= 24
    page.get_by_role("button", name="Present").click()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    assert "present" not in page.url
    curious.close()
