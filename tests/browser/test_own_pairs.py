"""Somebody's own pairs, from the box and from a file to the heatmap."""

import re
from pathlib import Path

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
PAIRS = "\n".join(f"{a} {b} {c},{c} {b} {a}" for a in "abcd" for b in "efgh" for c in "ijkl")


def test_pairs_are_pasted_learned_and_looked_into(
    server: Server, page: Page, tmp_path: Path
) -> None:
    open_train(page, f"{server.url}/?d_model=16&d_k=8&d_v=16&epochs=60")
    page.get_by_role("radio", name="Your own pairs").click()
    box = page.get_by_role("textbox", name="Pairs")
    box.fill(PAIRS)
    box.blur()
    expect(page.get_by_text("64 pairs", exact=True)).to_be_visible()
    expect(page.locator(".seqflip-pairs tbody tr")).to_have_count(10)

    dropped = tmp_path / "more.tsv"
    dropped.write_text("\n".join(f"x{line}\ty{line}" for line in range(30)), encoding="utf-8")
    page.locator("input[type=file]").first.set_input_files(dropped)
    expect(page.get_by_text("30 pairs", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Remove")).first.click()
    expect(page.get_by_text("64 pairs", exact=True)).to_be_visible()

    settled(page)
    choose_speed(page)
    press(page, "Train")
    wait_for_step(page, 20)
    expect_state(page, "Finished")
    page.get_by_role("textbox", name="A sequence to look at").fill("a h l")
    expect(
        page.get_by_role("img", name=re.compile("^Attention weights .* to a h l"))
    ).to_be_visible()
