"""What a person sees and does on the Attend page."""

import json
import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Download, Page, expect

from tests.browser.conftest import ROOT, Server, choose_speed, press, settled, wait_for, wait_until

pytestmark = pytest.mark.browser

MAP = "[...document.querySelectorAll('.plot')].find(p => p.data?.[0].type === 'heatmap')"
NOT_OURS = {"aria-allowed-role"}  # Streamlit's own markup


def open_attend(page: Page, server: Server, link: str = "") -> None:
    """Open the page and wait until its heatmap is drawn."""
    page.goto(f"{server.url}/attend{link}")
    expect(page.get_by_role("heading", name="Attend", level=1)).to_be_visible()
    wait_for(page, f"{MAP}?.querySelector('.main-svg') !== undefined")
    settled(page)


def type_in(page: Page, text: str) -> None:
    page.get_by_label("Sequence", exact=True).fill(text)


def wait_for_size(page: Page, rows: int, columns: int) -> None:
    """Wait until the heatmap has so many outputs and inputs."""
    wait_for(
        page,
        f"([rows, columns]) => {{ const z = {MAP}?.data[0].z; "
        "return z?.length === rows && z[0].length === columns }",
        arg=[rows, columns],
    )


def click_cell(page: Page, row: int, column: int) -> None:
    """Click the middle of a cell; -1 stands for the labels beside it."""
    box = page.evaluate(
        f"() => {{ const p = {MAP}, a = p.querySelector('.nsewdrag').getBoundingClientRect(); "
        "return [a.x, a.y, a.width / p.data[0].z[0].length, a.height / p.data[0].z.length] }"
    )
    page.mouse.click(box[0] + (column + 0.5) * box[2], box[1] + (row + 0.5) * box[3])


def opened_output(page: Page, text: str) -> None:
    """Wait until this output is the one that is opened step by step."""
    expect(page.get_by_role("heading", name=re.compile("^Output"))).to_have_text(text)


def chosen_row(page: Page) -> str:
    """Return the chosen line of the table of scores."""
    return page.locator(".seqflip-numbers").first.locator("tr.chosen th").inner_text()


def in_url(page: Page, name: str, text: str) -> None:
    """Wait until the address says this."""
    wait_for(
        page,
        "([name, text]) => new URLSearchParams(location.search).get(name) === text",
        arg=[name, text],
    )


@pytest.mark.thorough
def test_a_first_visitor_sees_an_example(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server)
    expect(page.get_by_label("Sequence", exact=True)).to_have_value("3 1 4 1 5 9")
    wait_for_size(page, 7, 6)
    opened_output(page, "Output 1 of 7: 9")


def test_the_picture_follows_typing_in_place(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server)
    page.evaluate(f"() => {{ {MAP}.mark = 'the same node' }}")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "live/attend" in one.url else None)
    before = page.evaluate("history.length")
    box = page.get_by_label("Sequence", exact=True)
    box.fill("")
    box.press_sequentially("7 7 2 9 30 1 4 8 22 5 5 1", delay=15)
    wait_for_size(page, 12, 12)
    expect(box).to_have_value("7 7 2 9 30 1 4 8 22 5 5 1")
    expect(box).to_be_focused()
    assert page.evaluate(f"() => {MAP}.mark") == "the same node"
    in_url(page, "source", "7 7 2 9 30 1 4 8 22 5 5 1")
    assert page.evaluate("history.length") == before
    assert len(asked) > 12


@pytest.mark.thorough
def test_where_nothing_can_be_asked_the_picture_still_follows_typing(
    page: Page, shared_server: Server
) -> None:
    page.route("**/live/**", lambda route: route.fulfill(status=404, body="What?"))
    open_attend(page, shared_server)
    box = page.get_by_label("Sequence", exact=True)
    for text, columns in (("7 7 2 9", 4), ("7 7 2 9 3", 5), ("7 7 2 9 3 4 5 1", 8)):
        box.fill(text)
        wait_for(page, f"n => {MAP}.data[0].z[0].length === n", arg=columns)


@pytest.mark.thorough
def test_what_does_not_fit_is_told_at_the_box(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server)
    type_in(page, "3 1 99")
    note = page.locator(".seqflip-notes .problem")
    expect(note).to_contain_text("Token 3, '99', is not in the vocabulary; valid are 1 to 30")
    wait_for_size(page, 7, 6)
    type_in(page, "3 1")
    expect(note).to_have_count(0)
    expect(page.locator(".seqflip-notes")).to_contain_text("shorter than the shortest")
    wait_for(page, f"{MAP}.data[0].z[0].length === 2")


def test_a_click_on_a_cell_opens_it(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server)
    click_cell(page, 2, 3)
    opened_output(page, "Output 3 of 7: 1")
    in_url(page, "column", "4")
    assert chosen_row(page) == "1₂"
    expect(page.locator(".worked")).to_contain_text(
        re.compile(r"1₁ ← 1₂q · k = .* → softmax = 0\.\d")
    )
    page.locator(".worked").get_by_role("button").click()
    expect(page.locator(".worked .agreement rect")).to_have_count(2 * 16)
    strip = page.locator(".seqflip-strip")
    expect(strip.locator(".told")).to_contain_text("Output 3: looks most at 1₂")
    strip.get_by_role("button", name="Output after").click()
    expect(strip.locator(".told")).to_contain_text("Output 4: looks most at 4")
    expect(page.locator(".worked")).to_contain_text("4 ← 4")
    opened_output(page, "Output 4 of 7: 4")
    strip.locator("text.now").first.click()
    strip.locator("rect.likely").first.click()
    expect(page.get_by_role("heading", name="Prediction")).to_be_in_viewport()
    page.get_by_role("heading", name="Attend", level=1).scroll_into_view_if_needed()
    click_cell(page, 4, -1)
    opened_output(page, "Output 5 of 7: 1")
    click_cell(page, -1, 0)
    in_url(page, "column", "1")
    opened_output(page, "Output 5 of 7: 1")


@pytest.mark.thorough
def test_arrow_keys_move_about(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server)
    page.get_by_role("application").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    opened_output(page, "Output 2 of 7: 5")
    in_url(page, "column", "5")
    expect(page.locator(".chosen[aria-live]")).to_contain_text("output 5, input 5")
    page.keyboard.press("PageDown")
    page.keyboard.press("Home")
    opened_output(page, "Output 7 of 7: ⟨end⟩")
    in_url(page, "column", "1")


@pytest.mark.thorough
def test_the_numbers_are_there_on_wish(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server)
    page.get_by_text("All numbers").click()
    terms = page.get_by_role("region", name="Every term")
    expect(terms.locator("tbody tr")).to_have_count(16)
    expect(page.get_by_role("region", name="Every value").locator("tbody tr")).to_have_count(32)
    page.get_by_test_id("stPopover").nth(3).get_by_role("button").click()
    expect(page.get_by_text("in seqflip/nn/reference.py, line").first).to_be_visible()
    page.get_by_text("As it runs").click()
    expect(page.get_by_text("dot_products(query, key").first).to_be_visible()
    expect(page.get_by_text("in seqflip/nn/attention.py, line").first).to_be_visible()


def test_before_and_after_are_seen_without_scrolling(page: Page, shared_server: Server) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    open_attend(page, shared_server, "?row=2&column=1&panel=surgery&edits=force-1@2")
    expect(page.get_by_role("application")).to_have_count(2)
    drawn = "[...document.querySelectorAll('.plot .nsewdrag')]"
    wait_for(page, f"{drawn}.length === 2")
    assert max(page.evaluate(f"{drawn}.map(e => e.getBoundingClientRect().bottom)")) <= 800


@pytest.mark.thorough
def test_a_heatmap_grows_with_its_place(page: Page, shared_server: Server) -> None:
    width = f"{MAP}.querySelector('.nsewdrag').getBoundingClientRect().width"
    page.set_viewport_size({"width": 1280, "height": 800})
    open_attend(page, shared_server)
    before = page.evaluate(width)
    page.set_viewport_size({"width": 1920, "height": 1080})
    wait_for(page, f"before => {width} > 1.3 * before", arg=before)


ODD = ["<unk>", "<b>", "&lt;", "<br>", "$a$", ":material/home:", "=1+1", "[l](http://x)", "end"]


@pytest.fixture
def odd(shared_server: Server) -> str:
    """Return the id of a run whose tokens would be read as more than text, if they could be."""
    folder = shared_server.runs / "odd"
    if not folder.exists():
        shutil.copytree(ROOT / "examples" / "reverse", folder)
        path = folder / "vocabulary.json"
        vocabulary = json.loads(path.read_text(encoding="utf-8"))
        vocabulary["tokens"][1 : 1 + len(ODD)] = ODD
        path.write_text(json.dumps(vocabulary), encoding="utf-8")
    return folder.name


def test_words_are_shown_as_they_were_typed(page: Page, shared_server: Server, odd: str) -> None:
    link = urlencode({"run": odd, "source": " ".join(ODD[:5]), "row": 5, "column": 1})
    open_attend(page, shared_server, f"?{link}")
    opened_output(page, "Output 5 of 6: <unk>")
    for axis, tokens in (("x", ODD[:5]), ("y", [*ODD[4::-1], "⟨end⟩"])):
        assert page.locator(f".plot .{axis}tick text").all_text_contents() == tokens
    click_cell(page, 0, 4)
    opened_output(page, "Output 1 of 6: $a$")
    expect(page.locator(".plot .hoverlayer")).to_contain_text("output $a$ ← input $a$")
    click_cell(page, 3, 1)
    expect(page.locator(".plot .hoverlayer")).to_contain_text("output <b> ← input <b>")
    page.get_by_role("radio", name="Surgery").click()
    page.get_by_role("button", name="Forbid", exact=True).click()
    undo = page.get_by_role("button", name="forbid input 2 (<b>) to every output")
    expect(undo).to_be_visible()
    page.get_by_role("radio", name="Beam search").click()
    expect(page.get_by_role("region", name="Hypotheses")).to_contain_text("⟨end⟩")
    for token in ("<unk>", "<br>", "$a$"):
        drawn = page.locator(".plot .scatterlayer text").filter(has_text=token)
        expect(drawn.first).to_be_visible()


@pytest.mark.thorough
def test_leaving_a_live_page_with_a_slow_browser_loses_no_choice(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.url}/?epochs=500")
    settled(page)
    choose_speed(page, "20 steps/s")
    press(page, "Train")
    wait_for(page, "location.search.includes('run=')")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    for _ in range(3):
        page.get_by_role("link", name="Attend", exact=True).click()
        expect(page.get_by_role("radio", name="Step by step")).to_be_checked()
        in_url(page, "row", "1")
        assert "None" not in page.evaluate("location.search")
        page.get_by_role("link", name="Train", exact=True).click()
        expect(page.get_by_role("heading", name="Train", level=1)).to_be_visible()


def test_surgery_shows_what_changed_beside_the_original(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server, "?row=2&column=1")
    page.get_by_role("radio", name="Surgery").click()
    page.get_by_role("button", name="Force", exact=True).click()
    expect(page.get_by_role("button", name="force output 2 (5) on input 1 (3)")).to_be_visible()
    expect(page.locator(".seqflip-positions mark").first).to_be_visible()
    expect(page.get_by_role("application")).to_have_count(2)
    expect(page.get_by_text(re.compile("changed: what it sees is used"))).to_be_visible()
    in_url(page, "edits", "force-1@2")
    changed = "[...document.querySelectorAll('.plot')].at(-1).data?.[0].z[1]"
    wait_for(page, f"String({changed}) === '1,0,0,0,0,0'")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".seqflip-positions mark")).to_have_count(0)
    wait_for(page, "!location.search.includes('edits')")


def test_a_head_is_followed_through_its_block_and_switched_off(
    page: Page, shared_server: Server
) -> None:
    open_attend(page, shared_server, "?run=transformer&row=2")
    heads = page.get_by_role("group", name="Heads").get_by_role("button")
    expect(heads).to_have_count(8)
    expect(page.get_by_text("is the mean over the 4 heads of block 2")).to_be_visible()
    heads.nth(5).press("Enter")
    in_url(page, "through", "cross-2-2")
    expect(heads.nth(5)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", name="Scores and weights")).to_be_visible()
    page.get_by_text("Feed-forward", exact=True).click()
    expect(page.get_by_text(re.compile("of 128 hidden numbers are above 0"))).to_be_visible()
    page.get_by_role("heading", name="Attend", level=1).scroll_into_view_if_needed()
    click_cell(page, 3, 2)
    in_url(page, "row", "4")
    page.get_by_role("radio", name="Surgery").click()
    page.get_by_role("button", name="Switch off head 2 of layer 2").click()
    in_url(page, "edits", "off-cross-2-2")
    expect(page.get_by_text(re.compile("Confidence .* before, .* now"))).to_be_visible()
    page.get_by_role("radio", name="Inputs at each other").click()
    in_url(page, "through", "encoder-2-2")
    off = page.get_by_role("button", name="Switch off head 2 of layer 2", exact=True)
    expect(off).to_be_enabled()


@pytest.mark.thorough
def test_beam_search_draws_its_tree(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server)
    page.get_by_role("radio", name="Beam search").click()
    expect(page.get_by_role("img", name=re.compile("beam search of width 3"))).to_be_visible()
    expect(page.get_by_text("Its best answer is that of greedy decoding.")).to_be_visible()
    expect(page.get_by_role("region", name="Hypotheses").locator("tbody tr")).to_have_count(3)
    page.get_by_role("slider", name="Width").press("ArrowRight")
    expect(page.get_by_role("region", name="Hypotheses").locator("tbody tr")).to_have_count(4)
    in_url(page, "beam", "4")


@pytest.mark.thorough
def test_a_model_without_attention_says_what_there_is_instead(
    page: Page, shared_server: Server
) -> None:
    page.goto(f"{shared_server.url}/attend?run=bottleneck")
    expect(page.get_by_role("heading", name="Instead of attention")).to_be_visible()
    expect(page.get_by_text("encoder's last state: 32 numbers")).to_be_visible()


@pytest.mark.thorough
def test_a_copied_link_shows_the_same_to_somebody_else(
    page: Page, shared_server: Server, others_page: Page
) -> None:
    open_attend(page, shared_server)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    type_in(page, "9 8 7 6 5")
    wait_for_size(page, 6, 5)
    click_cell(page, 3, 1)
    opened_output(page, "Output 4 of 6: 8")
    page.get_by_role("radio", name="Surgery").click()
    page.get_by_role("button", name="Forbid", exact=True).click()
    in_url(page, "edits", "forbid-2")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    other = others_page
    other.goto(link)
    expect(other.get_by_role("button", name="forbid input 2 (8) to every output")).to_be_visible()
    wait_for(other, f"{MAP}?.data[0].z.length === 6")
    expect(other.get_by_label("Sequence", exact=True)).to_have_value("9 8 7 6 5")
    tables = [one.locator(".seqflip-positions").inner_text() for one in (page, other)]
    assert tables[0] == tables[1]


@pytest.mark.thorough
def test_a_link_is_good_for_the_first_visitor_of_a_server(
    page: Page, start_server: Callable[..., Server]
) -> None:
    open_attend(page, start_server(), "?source=2+4+6+8")
    wait_for_size(page, 5, 4)
    expect(page.get_by_role("link", name="Train")).to_be_visible()
    expect(page.get_by_role("link", name="app")).to_have_count(0)


@pytest.mark.thorough
def test_the_page_is_as_one_left_it(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server)
    type_in(page, "2 4 6 8")
    wait_for_size(page, 5, 4)
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    page.get_by_role("link", name="Attend").click()
    expect(page.get_by_label("Sequence", exact=True)).to_have_value("2 4 6 8")
    wait_for_size(page, 5, 4)
    page.reload()
    wait_for_size(page, 5, 4)


def saved(page: Page, name: str) -> Download:
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return download.value


@pytest.mark.thorough
def test_downloads(page: Page, shared_server: Server, tmp_path: Path, others_page: Page) -> None:
    open_attend(page, shared_server, "?panel=home&row=3")
    table = saved(page, "CSV")
    assert table.suggested_filename == "attention-reverse-3-1-4-1-5-9.csv"
    lines = Path(table.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 7 * 6
    numbers = json.loads(Path(saved(page, "JSON").path()).read_text(encoding="utf-8"))
    shown = page.evaluate(f"() => {MAP}.data[0].z")
    assert [[round(x, 2) for x in row] for row in numbers["weights"]] == shown
    png, svg = saved(page, "Save as PNG"), saved(page, "Save as SVG")
    assert Path(png.path()).read_bytes().startswith(b"\x89PNG")
    assert "<svg" in Path(svg.path()).read_text(encoding="utf-8")
    assert svg.suggested_filename == "attention-reverse-3-1-4-1-5-9.svg"

    file = tmp_path / "attention.html"
    saved(page, "HTML").save_as(file)
    offline = others_page
    offline.context.set_offline(True)
    problems: list[str] = []
    offline.on("pageerror", lambda error: problems.append(str(error)))
    offline.goto(file.as_uri())
    expect(offline.locator("#detail caption")).to_contain_text("Output 3")
    offline.get_by_role("application").press("ArrowDown")
    expect(offline.locator("#detail caption")).to_contain_text("Output 4")
    offline.set_viewport_size({"width": 390, "height": 844})
    wait_for(offline, "document.documentElement.scrollWidth <= innerWidth")
    assert problems == []


@pytest.mark.thorough
def test_a_running_model_is_followed(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/?epochs=500")
    settled(page)
    press(page, "Train")
    wait_for(page, "location.search.includes('run=')")
    run = re.search(r"run=([^&]+)", page.url)
    assert run is not None
    open_attend(page, server, f"?run={run[1]}&source=1+2+3")
    told = page.get_by_text(re.compile("is still being trained: these are its weights after step"))
    expect(told).to_be_visible()
    first = told.inner_text()
    expect(told).not_to_have_text(first)


def test_the_keyboard_alone_suffices(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server)
    page.get_by_label("Sequence", exact=True).focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("5 6 7 8")
    wait_for_size(page, 5, 4)
    tab_to(page, "Step by step")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Force", exact=True)).to_be_visible()
    tab_to(page, "heatmap")
    page.keyboard.press("ArrowDown")
    in_url(page, "row", "2")
    tab_to(page, "Force", backwards=True)
    page.keyboard.press("Enter")
    in_url(page, "edits", "force-4@2")


def tab_to(page: Page, what: str, *, backwards: bool = False) -> None:
    """Press Tab until the focus is on something with this name."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        name = page.evaluate(
            "() => { const e = document.activeElement; return [e.innerText, "
            "e.getAttribute('aria-roledescription'), e.getAttribute('aria-label')].join(' ') }"
        )
        if what in name:
            return
    raise AssertionError(f"no {what} can be reached with Tab")


def test_heatmaps_of_all_sizes_are_legible(page: Page, shared_server: Server) -> None:
    open_attend(page, shared_server)
    for size in (4, 12, 24, 64):
        type_in(page, " ".join(str(1 + 7 * i % 30) for i in range(size)))
        wait_for(page, f"{MAP}.data[0].z[0].length === {size}")
        settled(page)
        assert_legible(page, size)


def assert_legible(page: Page, size: int) -> None:
    for axis in ("x", "y"):
        boxes = page.evaluate(
            f"axis => [...{MAP}.querySelectorAll(`.${{axis}}tick text`)].map(text => "
            "{ const b = text.getBoundingClientRect(); "
            "return axis === 'x' ? [b.left, b.right] : [b.top, b.bottom] })",
            axis,
        )
        assert len(boxes) >= min(size, 6)
        for (_, end), (start, _) in pairwise(boxes):
            assert start >= end - 2, "labels overlap"
    width = page.evaluate(f"() => {MAP}.querySelector('.nsewdrag').getBoundingClientRect().width")
    assert width >= 200


@pytest.mark.thorough
def test_each_panel_is_for_everybody_and_for_a_small_screen(
    page: Page, shared_server: Server
) -> None:
    open_attend(page, shared_server, "?numbers=yes&edits=force-1@2&row=2")
    for panel in ("Step by step", "Why it moves", "Surgery", "Beam search", "Take home"):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.get_by_role("radio", name=panel).click()
        expect(page.get_by_role("radio", name=panel)).to_be_checked()
        settled(page)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
            wait_until(lambda: serious_violations(page) == [])
        page.set_viewport_size({"width": 390, "height": 844})
        wait_until(lambda: cut_off(page) == [])


def serious_violations(page: Page) -> list[str]:
    return [
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical") or one["id"] == "heading-order"
        if one["id"] not in NOT_OURS
    ]


def cut_off(page: Page) -> list[str]:
    wide: list[str] = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMainBlockContainer] *')]"
        ".filter(e => !e.closest('.seqflip-scroll, .plot, pre'))"
        ".filter(e => e.getBoundingClientRect().right > 391 && e.clientWidth)"
        ".map(e => e.outerHTML.slice(0, 100))"
    )
    return wide
