"""What a person sees and does on the Race page."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from seqflip.race.folder import Race
from tests.browser.conftest import (
    Server,
    button,
    choose_speed,
    expect_state,
    press,
    settled,
    wait_for,
    wait_until,
)

pytestmark = pytest.mark.browser

CHART = "document.querySelector('.st-key-race_chart .plot')"

SMALL = "d_model=16 d_k=8 d_v=16"


def link(epochs: int, **more: str) -> str:
    """Return a link to a race of attention against none."""
    variants = {"v1": f"{SMALL} epochs={epochs}", "v2": f"attention=none {SMALL} epochs={epochs}"}
    return f"/race?{urlencode({'story': 'race-attention'} | variants | more)}"


def open_race(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Race", level=1)).to_be_visible()
    expect(page.locator(".st-key-race_chart .main-svg").first).to_be_visible()
    settled(page)


def wait_for_looks(page: Page, at_least: int) -> None:
    """Wait until both curves show so many looks at held-out data."""
    wait_for(
        page,
        f"""n => [0, 1].every(i => ({CHART}?.data?.[i]?.x.length ?? 0) >= n)
            && {CHART}.data[1].name !== 'events'""",
        arg=at_least,
    )


def looks(page: Page) -> list[int]:
    found: list[int] = page.evaluate(f"{CHART}.data.slice(0, 2).map(line => line.x.length)")
    return found


def shown_race(server: Server, page: Page) -> Race:
    found = re.search(r"race=([\w-]+)", page.url)
    assert found is not None
    return Race(server.runs / found[1])


def test_the_first_visit_shows_a_race_that_is_over(server: Server, page: Page) -> None:
    open_race(page, f"{server.url}/race")
    expect_state(page, "Finished")
    expect(page.get_by_text(re.compile("With attention: 99 % exact match after"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("without attention .* never"))).to_be_visible()
    for card in ("race_said_0", "race_said_1", "race_heat_0"):  # on a projector, without scrolling
        place = page.locator(f".st-key-{card}").bounding_box()
        assert place is not None
        assert place["y"] + place["height"] <= 800, card
    page.get_by_role("textbox", name="A sequence for all to answer").fill("3 1 4 1 5")
    heatmap = page.get_by_role("img", name=re.compile("^Attention weights of with .* to 3 1 4 1 5"))
    expect(heatmap).to_be_visible()
    expect(page).to_have_url(re.compile(r"sequence=3\+1\+4\+1\+5"))

    page.get_by_test_id("stMain").get_by_role("link", name="Attend").first.click()
    expect(page.get_by_role("heading", name="Attend", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("run=race-attention-1"))
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("with attention"))


def test_both_curves_grow_until_it_says_what_happened_of_all_seeds(
    server: Server, page: Page
) -> None:
    open_race(page, server.url + link(1, seeds="3"))
    press(page, "Train")
    wait_for_looks(page, 2)
    expect_state(page, "Finished")
    expect(page.get_by_text("seed 3 of 3 · step 94 of 94")).to_be_visible()
    expect(
        page.get_by_text(re.compile("attention none.* exact match after 94 steps"))
    ).to_be_visible()
    row = page.get_by_role("row", name=re.compile("^attention none"))
    expect(row).to_contain_text("None (bottleneck)")
    expect(row).to_contain_text("never")
    expect(row).to_contain_text(re.compile(r"\[.*–.*\]"))
    expect(page.get_by_text("Without attention there are no weights to show")).to_be_visible()
    bands = f"{CHART}.data.filter(line => line.fill === 'tonexty')"
    wait_for(page, f"{bands}.length === 2")
    expect(page.locator(".st-key-race_chart .legend").get_by_role("button")).to_have_count(2)


@pytest.mark.thorough
def test_buttons_act_on_all_and_everybody_sees_the_same(
    server: Server, page: Page, others_page: Page
) -> None:
    open_race(page, server.url + link(1000))
    choose_speed(page, "20 steps/s")
    page.get_by_role("heading", name="Race", level=1).click()
    page.keyboard.press("t")
    wait_for_looks(page, 2)
    press(page, "Pause")
    expect_state(page, "Paused")
    race = shown_race(server, page)
    held = race.status().step
    assert [run.status().step for run in race.lanes()] == [held, held]

    press(page, "Step")
    expect(page.get_by_text(f"step {held + 1:,} of 94,000")).to_be_visible()
    wait_until(lambda: [run.status().step for run in race.lanes()] == [held + 1] * 2)

    other = others_page
    open_race(other, page.url)
    expect(other.get_by_text("You are watching")).to_be_visible()
    expect(button(other, "Resume")).to_have_count(0)
    wait_until(lambda: looks(other) == looks(page))

    before = looks(page)[0]
    press(page, "Resume")
    for tab in (page, other):
        wait_for_looks(tab, before + 2)
    page.reload()
    wait_for_looks(page, before + 2)
    press(page, "Stop")
    for tab in (page, other):
        expect_state(tab, "Stopped")
    assert {run.status().state for run in race.lanes()} == {"stopped"}


@pytest.mark.thorough
def test_a_lane_is_controlled_with_its_race(server: Server, page: Page) -> None:
    open_race(page, server.url + link(1000))
    choose_speed(page, "20 steps/s")
    press(page, "Train")
    wait_for_looks(page, 1)
    race = shown_race(server, page)
    page.goto(f"{server.url}/?run={race.lanes()[0].id}")
    to_race = page.get_by_role("link", name="To its race")
    expect(to_race).to_be_visible()
    expect(button(page, "Pause")).to_have_count(0)
    to_race.click()
    expect(page.get_by_role("heading", name="Race", level=1)).to_be_visible()
    expect(button(page, "Pause")).to_be_visible()
    assert f"race={race.id}" in page.url
