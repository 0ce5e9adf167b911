"""In a course page of another site: a live run, a lesson and a heatmap, each in a frame."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import Server, settled, wait_for
from tests.browser.test_look import expect_usable

pytestmark = pytest.mark.browser

DOCS = (Path(__file__).parents[2] / "docs" / "embed.md").read_text(encoding="utf-8")
SIZES = re.findall(
    r"^\| ([^|]+) \| `([^`]+)` \| (\d+) \| (\d+) \|", DOCS.partition("## Sizes")[2], re.MULTILINE
)
MAIN_THING = {
    "Train": (
        *(
            "[data-testid=stMain] [data-testid=stButton]",
            ".st-key-answer .seqflip-answer",
            ".st-key-probe",
        ),
        *(".st-key-attention_chart .plot", ".st-key-loss_chart .plot"),
        ".st-key-accuracy_chart .plot",
    ),
    "Attend": (".st-key-attend_source", ".seqflip-positions", ".plot", ".seqflip-strip svg"),
    "Lessons": (".seqflip-path", ".st-key-lesson_text", ".cells", ".seqflip-asked .show"),
    "Lessons, with a picture": (
        *(".seqflip-path", ".st-key-lesson_text", ".choices", ".st-key-lesson_evidence .plot"),
    ),
    "Replay": (
        *(".st-key-replay_source", ".seqflip-replay .controls", ".seqflip-replay .chart"),
        ".seqflip-replay .map canvas",
    ),
    "Race": ("[data-testid=stMain] [data-testid=stButton]", ".seqflip-answer", ".plot"),
    "Lengths": ("[data-testid=stMultiSelect]", ".plot"),
    "Runs": ("[data-testid=stDataFrame]",),
}
OUT_OF_SIGHT = """selectors => selectors.filter(selector => {
    const one = document.querySelector(selector)
    const { left, top, right, bottom, width } = one?.getBoundingClientRect() ?? { width: 0 }
    return !width || left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight + 1
})"""
PLACES = """[".st-key-lesson_text", ".cells", ".after", ".st-key-lesson_answer"]
    .map(one => JSON.stringify(document.querySelector(one).getBoundingClientRect()))"""
NOTHING_KEPT = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() {
        throw new DOMException("The request was denied.", "SecurityError")
    } })"""


@pytest.fixture(scope="module")
def course() -> Iterator[Callable[[str], str]]:
    """A server of another site, whose only page is what it is given; returns its address."""
    page = ""

    class Course(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = f"<!doctype html><title>Week 3</title><h1>Week 3</h1>{page}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            """Say nothing of what is asked."""

    def show(html: str) -> str:
        nonlocal page
        page = html
        return f"http://localhost:{serving.server_port}/"

    with ThreadingHTTPServer(("127.0.0.1", 0), Course) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield show
        serving.shutdown()


def said_in(url: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return dict(parse_qsl(urlsplit(url).query))


def framed(name: str, address: str, width: int = 800, height: int = 600) -> str:
    return f'<iframe name="{name}" src="{address}" width="{width}" height="{height}"></iframe>'


def frame_of(page: Page, name: str) -> Frame:
    found = page.frame(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "keeps", [True, pytest.param(False, marks=pytest.mark.thorough)], ids=["keeps", "keeps nothing"]
)
def test_a_course_page_works_whole(
    server: Server, page: Page, course: Callable[[str], str], keeps: bool
) -> None:
    if not keeps:
        page.add_init_script(NOTHING_KEPT)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    addresses = {
        "run": "/?epochs=1000&d_model=16&embed=true",
        "lesson": "/lessons?stop=1&embed=true",
        "heatmap": "/attend?run=reverse&embed=true&embed_options=dark_theme",
    }
    url = server.url
    page.goto(course("".join(framed(name, url + at) for name, at in addresses.items())))
    run, lesson, heatmap = (frame_of(page, name) for name in addresses)

    run.get_by_role("button", name="Train Shortcut").click()
    drawn = "document.querySelector('.st-key-loss_chart .plot')?.data?.[0].x.at(-1) > 20"
    run.wait_for_function(drawn, polling=50)
    run.get_by_role("button", name="Pause Shortcut").click()
    expect(run.locator(".stMarkdownBadge")).to_contain_text("Paused")
    run.get_by_role("button", name="Stop Shortcut").click()
    expect(run.locator(".stMarkdownBadge")).to_contain_text("Stopped")
    assert {"run", "embed", "d_model"} <= said_in(run.url).keys()

    lesson.locator('[data-place="0 5"]').click()
    places = lesson.evaluate(PLACES)
    lesson.get_by_role("button", name="Show where it looks").click()
    expect(lesson.get_by_text("Your 1 cell holds")).to_be_visible()
    assert lesson.evaluate(PLACES) == places  # nothing moves when the answer comes
    lesson.get_by_role("button", name="Next stop").click()
    expect(lesson.get_by_role("heading", name="One vector is not enough")).to_be_visible()
    lesson.wait_for_url(lambda url: said_in(url) == {"stop": "2", "embed": "true"})

    heatmap.get_by_label("Sequence", exact=True).fill("9 8 7")
    expect(heatmap.get_by_role("row", name="Answer 7 8 9 ⟨end⟩")).to_be_visible()
    expect(heatmap.locator(".stApp")).to_have_css("color-scheme", "dark")
    heatmap.wait_for_url(lambda url: said_in(url).get("source") == "9 8 7")
    assert said_in(heatmap.url)["embed_options"] == "dark_theme"
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "address", "width", "height"),
    [
        pytest.param(
            *row,
            id=f"{row[0]} at {row[2]} x {row[3]}",
            marks=() if row[0] in ("Train", "Attend", "Lessons") else pytest.mark.thorough,
        )
        for row in SIZES
    ],
)
def test_the_main_thing_is_in_sight(
    shared_server: Server, page: Page, name: str, address: str, width: str, height: str
) -> None:
    page.set_viewport_size({"width": int(width), "height": int(height)})
    page.goto(f"{shared_server.url}{address}&embed=true")
    settled(page)
    wait_for(page, f"selectors => !({OUT_OF_SIGHT})(selectors).length", list(MAIN_THING[name]))
    for gone in ("stSidebar", "stHeader"):
        expect(page.get_by_test_id(gone)).to_be_hidden()


def test_everybody_can_use_it_in_a_frame(shared_server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 800, "height": 600})
    page.goto(f"{shared_server.url}/attend?embed=true")
    expect(page.locator(".plot .main-svg").first).to_be_visible()
    settled(page)
    expect_usable(page, height=600)


def test_every_kind_of_link_keeps_it(shared_server: Server, page: Page) -> None:
    kept = {"embed": "true", "embed_options": "dark_theme"}
    page.set_viewport_size({"width": 800, "height": 600})

    def arrives(title: str, **said: str) -> None:
        expect(page.get_by_role("heading", name=title, level=1)).to_be_attached()
        page.wait_for_url(lambda url: {**said, **kept}.items() <= said_in(url).items())
        settled(page)

    page.goto(f"{shared_server.url}/runs?filter=bottleneck&embed=true&embed_options=dark_theme")
    arrives("Runs", filter="bottleneck")
    table = page.locator("[data-testid=stDataFrame] canvas").first
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 90, box["y"] + 50)  # the page's script leads on
    arrives("Train", run="bottleneck")
    page.get_by_role("link", name="Replay it").click()
    arrives("Replay")
    page.reload()
    arrives("Replay")
    page.go_back()
    arrives("Train", run="bottleneck")
    wait_for(page, "Boolean(window.seqflipWords && window.seqflipKeyboard)")  # loaded anew
    page.keyboard.press("?")
    words = page.get_by_role("dialog", name="Words")
    words.get_by_label("Find a word").fill("anti-diagonal")
    words.get_by_role("link").click()  # HTML that a script makes
    arrives("Attend", run="reverse")


def test_a_link_from_a_page_to_itself_is_followed_and_keeps_it(
    shared_server: Server, page: Page
) -> None:
    page.goto(f"{shared_server.url}/lessons?embed=true")
    settled(page)
    page.get_by_role("link", name="Short path").click()
    expect(page.get_by_text("1 of 5 ·")).to_be_visible()
    assert said_in(page.url) == {"stop": "1", "path": "short", "embed": "true"}
    page.go_back()
    expect(page.get_by_text("1 of 13 ·")).to_be_visible()
    assert said_in(page.url) == {"embed": "true"}


def test_the_way_out_leads_to_the_same_view_in_a_tab_of_its_own(
    shared_server: Server, page: Page
) -> None:
    page.goto(f"{shared_server.url}/lessons?stop=2&embed=true&embed_options=light_theme")
    out = page.get_by_role("link", name="Open in SeqFlip")
    expect(out).to_have_attribute("rel", "noopener")
    settled(page)
    page.get_by_role("button", name="Next →").click()
    expect(page).to_have_url(re.compile("stop=3"))
    with page.expect_popup() as opened:
        out.click()
    assert opened.value.url == f"{shared_server.url}/lessons?stop=3"
    expect(opened.value.get_by_test_id("stSidebar")).to_be_visible()
    opened.value.close()


def test_the_copied_code_is_a_frame_of_this_view(shared_server: Server, page: Page) -> None:
    page.goto(f"{shared_server.url}/gallery?case=by-heart&present=yes")
    settled(page)
    page.evaluate("() => void (navigator.clipboard.writeText = () => Promise.reject())")
    page.get_by_role("button", name="Present").click()
    page.get_by_role("button", name="Embed").click()
    by_hand = page.get_by_label("Copy it from here")
    code = by_hand.input_value()
    page.evaluate("code => { document.body.innerHTML = code }", code)
    frame = page.locator("iframe")
    source = f"{shared_server.url}/gallery?case=by-heart&embed=true"
    expect(frame).to_have_attribute("src", source)
    expect(frame).to_have_attribute("title", "SeqFlip: Gallery")
    expect(frame).to_have_attribute("allow", "clipboard-write; fullscreen")
    expect(frame).to_have_attribute("loading", "lazy")
