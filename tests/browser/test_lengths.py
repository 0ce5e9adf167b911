"""What a person sees and does on the Lengths page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, wait_for

pytestmark = pytest.mark.browser

CURVES = "document.querySelector('.plot')?.data?.filter(one => one.mode === 'lines+markers')"


def open_lengths(page: Page, server: Server, link: str = "") -> None:
    """Open the page, and wait until all is tried and drawn."""
    page.goto(f"{server.url}/lengths{link}")
    expect(page.get_by_text(re.compile("all tried"))).to_be_visible()
    settled(page)


def wait_for_points(page: Page, *lengths: int) -> None:
    """Wait until each curve has so many points."""
    wait_for(
        page,
        f"wanted => JSON.stringify({CURVES}?.map(one => one.x.length)) === wanted",
        arg=str(list(lengths)).replace(" ", ""),
    )


def click_point(page: Page, curve: int, length: int) -> None:
    """Click a point of a curve."""
    x, y = page.evaluate(
        f"""([curve, length]) => {{
            const plot = document.querySelector('.plot'), one = {CURVES}[curve]
            const box = plot.querySelector('.nsewdrag').getBoundingClientRect()
            const {{ xaxis, yaxis }} = plot._fullLayout
            const value = one.y[one.x.indexOf(length)]
            return [box.x + xaxis.d2p(length), box.y + yaxis.d2p(value)]
        }}""",
        [curve, length],
    )
    page.mouse.move(x, y)
    expect(page.locator(".hoverlayer .hovertext")).to_contain_text(f"length {length}")
    page.mouse.click(x, y)


def rows(page: Page) -> int:
    return page.locator(".seqflip-answers tbody tr").count()


@pytest.mark.thorough
def test_a_first_visitor_sees_with_and_without_attention_on_one_picture(
    page: Page, shared_server: Server
) -> None:
    open_lengths(page, shared_server)
    wait_for_points(page, 36, 36, 36)
    finding = page.locator(".seqflip-finding")
    expect(finding).to_contain_text("“Reverse” has at least 95 % exact match at lengths 4 to 12")
    expect(finding).to_contain_text("“Reverse, no attention”")
    expect(
        page.get_by_role("img", name=re.compile("^Exact match by length, a curve"))
    ).to_be_visible()
    page.get_by_text("Alignment", exact=True).click()
    wait_for_points(page, 36, 0, 36)
    expect(finding).to_contain_text("“Reverse, no attention” has no alignment to measure")


def test_a_click_on_a_point_lists_what_fails_and_one_of_it_opens_in_attend(
    page: Page, shared_server: Server
) -> None:
    open_lengths(page, shared_server, "?runs=reverse+bottleneck&max=16&count=50")
    wait_for_points(page, 16, 16)
    click_point(page, 1, 5)
    expect(page.get_by_text(re.compile(r"of the 50 sequences of 5 tokens"))).to_be_visible()
    wait_for(page, "location.search.includes('of=bottleneck&length=5')")
    assert rows(page) == 20
    copied = page.url

    link = page.get_by_role("link", name=re.compile("^Attend to")).nth(1)
    source = (link.get_attribute("href") or "").partition("source=")[2].partition("&")[0]
    link.click()
    expect(page.get_by_role("heading", name="Attend", level=1)).to_be_visible()
    expect(page.get_by_label("Sequence", exact=True)).to_have_value(source.replace("+", " "))
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("no attention"))

    page.goto(copied)
    expect(page.get_by_text(re.compile(r"of the 50 sequences of 5 tokens"))).to_be_visible()
    wait_for_points(page, 16, 16)


@pytest.mark.thorough
def test_a_point_is_chosen_without_a_mouse_and_the_picture_stays(
    page: Page, shared_server: Server
) -> None:
    page.set_viewport_size({"width": 1280, "height": 1600})  # a list closes when the page scrolls
    open_lengths(page, shared_server, "?runs=copy&max=14&count=50")
    wait_for_points(page, 14)
    page.evaluate("() => { document.querySelector('.plot').mark = 'the same node' }")
    length = page.get_by_role("combobox", name="Length", exact=True)
    expect(page.get_by_text(re.compile("Lengths 1 to 14, 50 sequences"))).to_be_visible()
    expect(length).to_have_value("13")
    settled(page)
    length.press("ArrowDown")
    expect(page.get_by_role("option", name="14")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("sequences of 14 tokens"))).to_be_visible()
    longest = page.get_by_role("spinbutton", name="Longest")
    longest.fill("15")
    longest.press("Enter")
    wait_for_points(page, 15)
    expect(page.get_by_text(re.compile("Lengths 1 to 15, 50 sequences"))).to_be_visible()
    assert page.evaluate("document.querySelector('.plot').mark") == "the same node"


@pytest.mark.thorough
def test_a_link_that_is_wrong_is_told_item_by_item(page: Page, shared_server: Server) -> None:
    open_lengths(page, shared_server, "?runs=reverse+nobody&max=9999&count=50&measure=taste")
    wait_for_points(page, 36)
    told = page.get_by_role("alert")
    expect(told).to_contain_text("“max” in the link is “9999”")
    expect(told).to_contain_text("“measure” in the link is “taste”")
    expect(told).to_contain_text("There is no run “nobody” with weights to test.")
    longest = page.get_by_role("spinbutton", name="Longest")
    longest.fill("15")
    longest.press("Enter")
    expect(told).to_have_count(0)
