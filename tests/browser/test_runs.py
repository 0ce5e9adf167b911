"""What a person sees and does on the Runs page."""

import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    ROOT,
    Server,
    expect_state,
    open_train,
    press,
    settled,
    slow_down,
    wait_for_step,
    wait_until,
)

pytestmark = pytest.mark.browser

ROW = 35  # pixels


@pytest.fixture
def few_runs(start_server: Callable[..., Server], tmp_path: Path) -> Server:
    """A server with three runs of nobody's, copies of examples, and what is bundled."""
    for i, name in enumerate(("reverse", "bottleneck", "sort")):
        shutil.copytree(ROOT / "examples" / name, tmp_path / "runs" / f"{i}-{name}")
    return start_server(tmp_path / "runs")


def open_runs(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    expect(page.locator('[data-testid="stDataFrame"] canvas').first).to_be_visible()
    settled(page)


def choose(page: Page, *rows: int) -> None:
    """Tick rows of the table, which is a picture to the browser."""
    table = page.locator('[data-testid="stDataFrame"]')
    for row in rows:
        table.click(position={"x": 16, "y": ROW * (row + 1) + ROW / 2})
        settled(page)


def chosen_ids(page: Page) -> list[str]:
    """Return the ids of the chosen runs, as the URL has them."""
    return (page.evaluate("new URL(location).searchParams.get('chosen')") or "").split()


@pytest.mark.thorough
def test_a_run_can_be_opened_and_its_settings_come_with_it(few_runs: Server, page: Page) -> None:
    open_runs(page, f"{few_runs.url}/runs?chosen=1-bottleneck")
    page.get_by_role("link", name="Open").click()
    expect_state(page, "Finished")
    expect(page).to_have_url(re.compile(r"/\?.*run=1-bottleneck"))
    expect(page.get_by_role("combobox", name="Attention")).to_have_value("None (bottleneck)")


def test_no_column_is_cut_on_a_projector(few_runs: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(few_runs.url + "/runs")
    grid = page.locator("[data-testid=stDataFrame] .dvn-scroller")
    expect(grid).to_be_visible()
    wait_until(lambda: grid.evaluate("e => e.scrollWidth <= e.clientWidth"))


def test_runs_are_filtered_chosen_and_compared(few_runs: Server, page: Page) -> None:
    open_runs(page, f"{few_runs.url}/runs")
    words = page.get_by_role("textbox", name="Filter")
    words.fill("finished 0- 1-")
    expect(page.get_by_text("No run has all these words")).to_be_visible()
    words.fill("reverse scaled")
    expect(page).to_have_url(re.compile("filter=reverse"))
    words.fill("")
    expect(page).not_to_have_url(re.compile("filter="))
    settled(page)
    choose(page, 0, 1)
    exact = page.get_by_role("img", name=re.compile("^Exact match over training steps of"))
    expect(exact).to_be_visible()
    wait_until(lambda: page.evaluate("document.querySelector('.plot').data?.length") == 2)
    assert len(chosen_ids(page)) == 2

    copied = page.url
    page.goto("about:blank")
    page.goto(copied)
    expect(exact).to_be_visible()
    page.get_by_role("combobox", name="Compare").click()
    page.get_by_role("option", name="Training loss").click()
    expect(page.get_by_role("img", name=re.compile("^Training loss over"))).to_be_visible()


def test_a_run_can_be_renamed_kept_and_deleted_after_a_question(
    few_runs: Server, page: Page
) -> None:
    open_runs(page, f"{few_runs.url}/runs?chosen=2-sort")
    page.get_by_role("button", name="Rename").click()
    name = page.get_by_role("textbox", name="Name")
    described = few_runs.runs / "2-sort/run.json"
    name.fill("Sorted for Friday")
    name.press("Enter")
    wait_until(lambda: "Sorted for Friday" in described.read_text(encoding="utf-8"))
    name.fill("Sorted for Monday")
    page.get_by_role("button", name="Save").click()
    wait_until(lambda: "Sorted for Monday" in described.read_text(encoding="utf-8"))
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("button", name="Let go")).to_be_visible()
    assert '"kept": true' in described.read_text(encoding="utf-8")
    settled(page)

    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Delete Sorted for Monday for good?")).to_be_visible()
    assert (few_runs.runs / "2-sort").exists()
    page.get_by_role("button", name="Delete for good").click()
    wait_until(lambda: not (few_runs.runs / "2-sort").exists())


@pytest.mark.thorough
def test_a_run_is_taken_home_and_brought_back(few_runs: Server, page: Page) -> None:
    open_runs(page, f"{few_runs.url}/runs?chosen=0-reverse")
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").get_by_role("button").first.click()
    archive = Path(download.value.path()).read_bytes()
    files = zipfile.ZipFile(io.BytesIO(archive))
    names = {Path(name).name: name for name in files.namelist()}
    assert {"config.yaml", "history.csv", "history.json", "weights.npz"} <= set(names)
    weights = np.load(io.BytesIO(files.read(names["weights.npz"])))
    assert weights["embedding.weight"].ndim == 2

    page.get_by_text("Upload a run").click()
    page.locator('input[type="file"]').set_input_files(
        {"name": "mine.zip", "mimeType": "application/zip", "buffer": archive}
    )
    expect(page.get_by_text("is among the runs now.")).to_be_visible()
    page.locator('input[type="file"]').set_input_files(
        {"name": "broken.zip", "mimeType": "application/zip", "buffer": archive[:1000]}
    )
    expect(page.get_by_text(re.compile("^broken.zip: "))).to_be_visible()


@pytest.mark.thorough
def test_a_control_link_hands_control_on(server: Server, page: Page, others_page: Page) -> None:
    open_train(page, server.url + "/?epochs=1000&d_model=16&d_k=8&d_v=16")
    slow_down(page)
    press(page, "Train")
    wait_for_step(page, 2)
    run = page.url.partition("run=")[2].partition("&")[0]
    page.get_by_role("link", name="Runs").click()
    open_runs(page, f"{server.url}/runs?chosen={run}")
    page.get_by_role("button", name="Control link").click()
    link = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").inner_text().strip()
    assert "key=" in link

    other = others_page
    other.goto(link)
    wait_for_step(other, 2)
    assert "key=" not in other.url
    press(other, "Stop")
    expect_state(other, "Stopped")
