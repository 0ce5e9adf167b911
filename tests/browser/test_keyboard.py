"""What is typed means what it says: letters as keys, where they work and how to switch them off."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    Server,
    choose_speed,
    expect_state,
    open_train,
    press,
    settled,
    wait_for_step,
)

pytestmark = pytest.mark.browser

LONG = "/?epochs=1000&d_model=16&d_k=8&d_v=16"
RUN = re.compile("run=")


@pytest.mark.thorough
def test_letters_can_be_switched_off_for_good(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    letters = page.get_by_role("checkbox", name=re.compile("^Single-letter keys"))
    letters.uncheck()
    page.reload()
    expect(letters).not_to_be_checked()
    settled(page)
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("t")
    page.get_by_role("textbox", name="A sequence to look at").fill("3 1 4")
    expect(page).to_have_url(re.compile("sequence=3"))
    assert "run=" not in page.url
    letters.check()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("t")
    expect(page).to_have_url(RUN)
    press(page, "Stop")
    expect_state(page, "Stopped")


@pytest.mark.thorough
def test_keys_work_where_a_choice_has_the_focus(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    choose_speed(page, "20 steps/s")
    expect(page.get_by_role("combobox", name="Speed")).to_be_focused()
    page.keyboard.press("t")
    wait_for_step(page, 2)
    expect(page.get_by_role("listbox")).to_have_count(0)
    press(page, "Stop")
    expect_state(page, "Stopped")


@pytest.mark.thorough
def test_a_decimal_comma_is_a_decimal_point(server: Server, page: Page) -> None:
    open_train(page, server.url)
    page.get_by_text("Training", exact=True).first.click()
    rate = page.get_by_role("spinbutton", name="Learning rate")
    rate.fill("")
    rate.press_sequentially("0,004")
    rate.press("Enter")
    expect(page).to_have_url(re.compile(r"learning_rate=0\.004"))
    expect(rate).to_have_value("0.004")
