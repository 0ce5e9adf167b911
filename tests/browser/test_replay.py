"""What a person sees and does on the Replay page."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, press, settled, wait_for

pytestmark = pytest.mark.browser


def open_replay(page: Page, server: Server, link: str = "") -> None:
    """Open the page and wait until the player stands somewhere."""
    page.goto(f"{server.url}/replay{link}")
    expect(shown(page)).to_contain_text("Step")
    settled(page)


def shown(page: Page) -> Locator:
    """Return where the player says which step it shows."""
    return page.locator(".seqflip-replay .step")


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Training step")


def picture(page: Page) -> list[int]:
    """Return the heatmap's pixels."""
    pixels: list[int] = page.evaluate(
        """() => { const c = document.querySelector(".seqflip-replay canvas")
        return [...c.getContext("2d").getImageData(0, 0, c.width, c.height).data] }"""
    )
    return pixels


def answered(page: Page) -> str:
    """Return the answer, token by token; wrong ones say so."""
    return " ".join(page.locator(".seqflip-replay .given td").all_text_contents()).strip()


def in_url(page: Page, name: str, text: str) -> None:
    """Wait until the address says this."""
    wait_for(
        page,
        "([name, text]) => new URLSearchParams(location.search).get(name) === text",
        arg=[name, text],
    )


def test_scrubbing_shows_each_step_as_it_was(page: Page, shared_server: Server) -> None:
    open_replay(page, shared_server)
    page.evaluate("document.querySelector('.seqflip-replay').mark = 'the same node'")
    expect(shown(page)).to_have_text("Step 0")
    untrained = picture(page)
    assert "wrong" in answered(page)
    slider(page).focus()
    page.keyboard.press("End")
    expect(shown(page)).to_have_text("Step 940")
    assert answered(page) == "9 5 1 4 1 3 ⟨end⟩"
    assert picture(page) != untrained
    expect(page.locator(".seqflip-strip .told")).to_contain_text("Output 1: looks most at 9")
    expect(slider(page)).to_have_attribute("aria-valuetext", re.compile("9 5 1 4 1 3 ⟨end⟩, right"))
    in_url(page, "step", "940")
    page.keyboard.press("Home")
    expect(shown(page)).to_have_text("Step 0")
    assert picture(page) == untrained
    middle = page.locator(".seqflip-replay .chart")
    box = middle.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 30, box["y"] + 80, steps=5)
    page.mouse.up()
    expect(shown(page)).to_have_text("Step 940")
    same = page.evaluate("document.querySelector('.seqflip-replay').mark")
    assert same == "the same node", "telling the address where one is builds nothing anew"


def test_keys_play_and_go_on_and_back(page: Page, shared_server: Server) -> None:
    open_replay(page, shared_server)
    steps = [0]
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        expect(shown(page)).not_to_have_text(f"Step {steps[-1]}")
        steps.append(int(shown(page).inner_text().split()[1]))
    assert steps == sorted(steps)
    page.keyboard.press("ArrowLeft")
    expect(shown(page)).to_have_text(f"Step {steps[2]}")
    page.get_by_label("Snapshots").select_option("60 a second")
    page.get_by_role("heading", name="Replay").click()
    page.keyboard.press("Space")
    expect(shown(page)).to_have_text("Step 940")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    in_url(page, "step", "940")


@pytest.mark.thorough
def test_play_and_pause(page: Page, shared_server: Server) -> None:
    open_replay(page, shared_server)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(shown(page)).not_to_have_text("Step 0")
    page.get_by_role("button", name="Pause", exact=True).click()
    held = shown(page).inner_text()
    assert held != "Step 940"
    in_url(page, "step", held.split()[1])
    expect(shown(page)).to_have_text(held)
    page.get_by_role("button", name="One snapshot back").click()
    expect(shown(page)).not_to_have_text(held)


def test_moments_are_jumped_to_and_kept_in_the_link(
    page: Page, shared_server: Server, others_page: Page
) -> None:
    open_replay(page, shared_server)
    page.get_by_role("button", name="first right answer").click()
    assert answered(page) == "9 5 1 4 1 3 ⟨end⟩"
    step = shown(page).inner_text().split()[1]
    in_url(page, "step", step)
    page.get_by_label("Sequence", exact=True).fill("7 8 2 9")
    expect(page.locator(".seqflip-replay canvas")).to_have_attribute("width", "4")
    expect(shown(page)).to_have_text(f"Step {step}")
    page.get_by_label("True alignment").check()
    in_url(page, "truth", "yes")
    in_url(page, "source", "7 8 2 9")
    other = others_page
    open_replay(other, shared_server, page.evaluate("location.search"))
    expect(shown(other)).to_have_text(f"Step {step}")
    expect(other.get_by_label("True alignment")).to_be_checked()
    assert picture(other) == picture(page)


@pytest.mark.thorough
def test_values_are_told_on_hover(page: Page, shared_server: Server) -> None:
    open_replay(page, shared_server, "?step=940")
    box = page.locator(".seqflip-replay canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 5)
    tip = page.locator(".seqflip-replay .tip")
    expect(tip).to_have_text(re.compile(r"output 9 ← input 9: (0\.\d\d|1\.00)"))
    expect(page.get_by_role("img", name="Attention at step 940")).to_be_visible()
    expect(page.get_by_role("img", name="Loss over 940 training steps")).to_be_visible()


def test_it_plays_offline(
    page: Page, shared_server: Server, others_page: Page, tmp_path: Path
) -> None:
    open_replay(page, shared_server)
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML").click()
    file = tmp_path / "replay.html"
    download.value.save_as(file)
    offline = others_page
    offline.context.set_offline(True)
    problems: list[str] = []
    offline.on("pageerror", lambda error: problems.append(str(error)))
    offline.goto(file.as_uri())
    assert picture(offline) == picture(page)
    offline.get_by_label("Snapshots").select_option("60 a second")
    offline.get_by_role("button", name="Play", exact=True).click()
    expect(shown(offline)).to_have_text("Step 940")
    assert answered(offline) == "9 5 1 4 1 3 ⟨end⟩"
    assert problems == []


def test_nothing_scrolls_sideways_here_or_at_home(
    page: Page, shared_server: Server, others_page: Page, tmp_path: Path
) -> None:
    """The tables and the heatmap scroll in their own frame, the pages around them do not."""
    too_wide = """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
        .some(e => e && e.scrollWidth > e.clientWidth)"""
    long = "?source=" + "+".join(str(1 + 7 * i % 30) for i in range(20))
    open_replay(page, shared_server, long)
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML").click()
    assert download.value.suggested_filename.startswith("replay-reverse-1-8-15-22-29")
    file = tmp_path / "replay.html"
    download.value.save_as(file)
    others_page.goto(file.as_uri())
    expect(shown(others_page)).to_have_text("Step 0")
    for width in (390, 1280, 1920):
        for one in (page, others_page):
            one.set_viewport_size({"width": width, "height": 844})
            wait_for(one, f"() => !({too_wide})()")


@pytest.mark.thorough
def test_the_stretched_axis_says_so(page: Page, shared_server: Server) -> None:
    open_replay(page, shared_server)
    expect(page.get_by_text("each snapshot has the same room")).to_be_visible()
    jumped = page.get_by_role("button", name=re.compile("loss jumped"))
    said = re.findall(r"step (\d+)", jumped.inner_text())
    jumped.click()
    expect(shown(page)).to_have_text(f"Step {said[-1]}")


def test_a_running_run_is_followed(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?epochs=500")
    settled(page)
    press(page, "Train")
    wait_for(page, "location.search.includes('run=')")
    run = re.search(r"run=([^&]+)", page.url)
    assert run is not None
    open_replay(page, server, f"?run={run[1]}&source=1+2+3")
    newest = shown(page).inner_text()
    expect(shown(page)).not_to_have_text(newest)
    page.keyboard.press("Home")
    last = slider(page).get_attribute("max")
    expect(slider(page)).not_to_have_attribute("max", last or "")
    expect(shown(page)).to_have_text("Step 0")


@pytest.mark.thorough
def test_one_may_leave_and_come_back(page: Page, shared_server: Server) -> None:
    open_replay(page, shared_server)
    for name in ("Lengths", "Replay", "Runs"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


@pytest.mark.thorough
def test_what_cannot_be_replayed_does_not_get_into_the_link(
    page: Page, shared_server: Server
) -> None:
    open_replay(page, shared_server)
    page.get_by_label("Sequence", exact=True).fill("3 abc")
    expect(page.get_by_text("the picture is still that of the last sequence")).to_be_visible()
    in_url(page, "source", "3 1 4 1 5 9")
