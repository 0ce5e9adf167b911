"""Lessons in a browser: one by keyboard, one by touch with a link; answers survive a reload."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import FLAGS, SPARING, Server, chromium_path, settled, wait_until
from tests.browser.contrast import low_contrast
from tests.browser.test_look import expect_no_violations, too_wide

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(playwright: Playwright) -> Iterator[Page]:
    """A small screen that is touched, of somebody who was never here."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, SPARING])
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, bypass_csp=True
    )
    yield context.new_page()
    browser.close()


SCORE = re.compile(r"Your 2 cells hold \d+ % of its attention; as many at random would hold 5 %")


def test_a_lesson_by_keyboard_and_a_reload(page: Page, shared_server: Server) -> None:
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda it: sent.append(str(it))))
    page.goto(f"{shared_server.url}/lessons")
    cells = page.get_by_role("gridcell")
    expect(cells.first).to_be_visible()
    settled(page)
    answer = page.get_by_text("It learned to look at the token that comes next")
    expect(answer).to_be_hidden()
    cells.first.focus()
    for key in (*["ArrowRight"] * 5, "Space", "ArrowDown", "ArrowLeft", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("gridcell", name="output 5, input 5, painted")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text=SCORE)).to_be_visible()
    expect(answer).to_be_visible()
    assert sent
    assert not any("0 5" in frame for frame in sent)  # what was painted stays in the browser
    expect_no_violations(page)
    wait_until(lambda: low_contrast(page) == [])

    page.keyboard.press("ArrowRight")  # the focus is on what goes on
    expect(page.get_by_role("heading", level=1, name="One vector is not enough")).to_be_visible()
    expect(page).to_have_url(re.compile("stop=2"))
    first = page.get_by_role("button", name="4", exact=True)
    expect(first).to_be_visible()
    expect(page.get_by_text("of sequences of length 4")).to_be_hidden()
    first.press("Enter")
    expect(page.get_by_text("Right.", exact=True)).to_be_visible()
    expect(page.get_by_text("of sequences of length 4")).to_be_visible()

    page.goto(f"{shared_server.url}/lessons")
    expect(page.get_by_role("status").filter(has_text=SCORE)).to_be_visible()
    expect(page.get_by_role("link", name="One vector is not enough, answered")).to_be_visible()
    page.get_by_role("button", name="Go on at stop 2").click()
    expect(page.get_by_text("Right.", exact=True)).to_be_visible()


def test_a_lesson_by_touch_from_a_link(phone: Page, shared_server: Server) -> None:
    page = phone
    page.goto(f"{shared_server.url}/lessons?stop=4&path=short")
    cell = page.locator('[data-place="0 0"]')
    expect(cell).to_be_visible()
    settled(page)
    cell.tap()
    expect(cell).to_have_attribute("aria-selected", "true")
    assert too_wide(page) == []
    expect_no_violations(page)
    page.get_by_role("button", name="Show where it looks").tap()
    expect(page.get_by_role("status").filter(has_text="Your 1 cell holds")).to_be_visible()
    expect(page.get_by_text("“chat” looks at input 3")).to_be_visible()
    assert too_wide(page) == []
    page.get_by_role("button", name="Next stop").tap()
    expect(page.get_by_role("heading", level=1, name="Beyond the trained length")).to_be_visible()
    expect(page).to_have_url(re.compile(r"stop=5&path=short"))
