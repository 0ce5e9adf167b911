"""Words of the field: underlined, opened at a press, and listed by a key."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, wait_for
from tests.browser.test_look import expect_no_violations, too_wide

pytestmark = pytest.mark.browser

HIGHLIGHT = "CSS.highlights.get('seqflip-words')"
FIRST = f"[...{HIGHLIGHT}].find((one) => one.toString().toLowerCase() === word)"


def test_a_press_on_a_word_opens_its_definition(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/attend?run=reverse")
    settled(page)
    wait_for(page, f"(word) => {HIGHLIGHT}?.size > 5 && {FIRST}", arg="entropy")
    box = page.evaluate(
        f"(word) => {{ const one = {FIRST}; one.startContainer.parentElement.scrollIntoView();"
        " const { x, y, width, height } = one.getBoundingClientRect();"
        " return [x + width / 2, y + height / 2] }",
        "entropy",
    )
    page.mouse.click(*box)
    definition = page.get_by_role("dialog", name="entropy")
    expect(definition).to_contain_text("How widely a row of weights is spread, in bits.")
    expect(definition).to_contain_text("H = −Σⱼ αⱼ log₂ αⱼ")
    expect(definition.get_by_role("link")).to_have_attribute("href", re.compile("/attend\\?run="))
    expect_no_violations(page, within=".seqflip-word")
    page.keyboard.press("Escape")
    expect(definition).to_be_hidden()

    page.keyboard.press("?")
    words = page.get_by_role("dialog", name="Words")
    expect(words.get_by_role("searchbox", name="Find a word")).to_be_focused()
    expect(words.get_by_role("heading", level=3)).to_have_text(["On this page", "All others"])
    page.keyboard.type("GRU")
    expect(words.get_by_role("group")).to_have_count(1)
    expect(words).to_contain_text("A recurrent cell with two gates.")
    page.keyboard.press("Enter")
    expect(words.locator("summary:focus")).to_have_text("GRU")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    expect_no_violations(page, within=".seqflip-words")
    assert too_wide(page) == []
    page.keyboard.press("Escape")
    expect(words).to_be_hidden()
