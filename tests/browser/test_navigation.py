"""The ways between the pages, and back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, wait_for

pytestmark = pytest.mark.browser


def test_a_click_on_a_name_opens_the_run_and_back_leads_back(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/runs?filter=bottleneck")
    table = page.locator("[data-testid=stDataFrame] canvas").first
    expect(table).to_be_visible()
    settled(page)
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 90, box["y"] + 55)
    expect(page.get_by_role("heading", name="Train", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("run=bottleneck"))
    settled(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    expect(page.get_by_role("textbox", name="Filter")).to_have_value("bottleneck")


@pytest.mark.thorough
def test_back_from_a_failing_sequence_is_where_one_was(server: Server, page: Page) -> None:
    link = "/lengths?runs=reverse+bottleneck&max=10&count=50&of=bottleneck&length=8"
    page.goto(server.url + link)
    expect(page.get_by_text("all tried")).to_be_visible()
    settled(page)
    page.get_by_role("link", name=re.compile("^Attend to")).nth(1).click()
    expect(page.get_by_role("heading", name="Attend", level=1)).to_be_visible()
    settled(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Lengths", level=1)).to_be_visible()
    expect(page.get_by_role("combobox", name="Model", exact=True)).to_have_value(
        "Reverse, no attention"
    )
    expect(page.get_by_role("combobox", name="Length", exact=True)).to_have_value("8")


def test_in_a_frame_the_page_stays_embedded_and_its_menu_is_away(
    server: Server, page: Page
) -> None:
    page.goto(f"{server.url}/?embed=true&run=reverse")
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    settled(page)
    page.get_by_role("textbox", name="A sequence to look at").fill("3 1 4")
    expect(page).to_have_url(re.compile("sequence=3.*embed=true"))
    page.get_by_role("link", name="Replay it").click()
    expect(page.get_by_role("heading", name="Replay", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"replay\?.*embed=true"))


def test_on_a_small_screen_a_choice_in_the_menu_closes_it(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(server.url)
    expect(page.get_by_role("heading", name="Watch a tiny network")).to_be_visible()
    settled(page)
    wait_for(page, "window.seqflipMenu")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    expect(page.get_by_test_id("stSidebarNav")).not_to_be_in_viewport()
