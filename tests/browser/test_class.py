"""A class: a lecturer, and a student on a phone who follows, answers, leaves and comes back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Server, settled

pytestmark = pytest.mark.browser


def test_a_class_follows_answers_and_looks_around(
    server: Server, page: Page, person: Callable[[], BrowserContext]
) -> None:
    page.goto(f"{server.url}/attend?run=reverse")
    settled(page)
    page.get_by_role("button", name="Class", exact=True).click()
    page.get_by_role("button", name="Open a class").click()
    link = page.locator(".seqflip-class dialog code").inner_text()

    student = person().new_page()
    student.set_viewport_size({"width": 390, "height": 844})
    student.goto(link)
    student.wait_for_url(re.compile("/attend"))
    follow = student.get_by_text("You follow the class.")
    expect(follow).to_be_visible()
    expect(page.get_by_text("1 present")).to_be_visible()

    page.get_by_label("Question").fill("Where does it look?")
    page.get_by_label("Answers to choose").fill("<img src=x> / *last")
    page.get_by_role("button", name="Ask").click()
    student.get_by_role("button", name="last").click()
    expect(page.get_by_role("listitem").filter(has_text="last 1")).to_be_visible()
    expect(page.get_by_text("<img src=x> 0")).to_be_visible()
    page.get_by_role("button", name="Show all the answers").click()
    expect(student.get_by_text("last 1 ✓")).to_be_visible()

    student.get_by_role("button", name="On my own").click()
    page.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Runs").first.click()
    page.wait_for_url(re.compile("/runs"))
    expect(student.get_by_text("You look around on your own.")).to_be_visible()
    student.get_by_role("button", name="Follow again").click()
    student.wait_for_url(re.compile("/runs"))

    page.get_by_role("button", name="Class …").click()
    page.get_by_role("button", name="End the class").click()
    expect(
        student.get_by_text("there is no class with this code, or it has ended.")
    ).to_be_visible()
