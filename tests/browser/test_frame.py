"""In a frame of a course page, which is another site, over HTTPS."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from playwright.sync_api import BrowserContext, FrameLocator, Page, Playwright, expect

from tests.browser.conftest import FLAGS, Server, chromium_path, settled, wait_until

pytestmark = pytest.mark.browser

COURSE = "https://course.example/week-3"
MORE_FLAGS = [
    "--test-third-party-cookie-phaseout",
    "--disable-features=LocalNetworkAccessChecks",  # of a site elsewhere that frames this machine
]


@pytest.fixture(scope="module")
def secure_server(
    start_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Server:
    certificate = tmp_path_factory.mktemp("tls") / "both.pem"
    made = trustme.CA().issue_cert("127.0.0.1")
    made.private_key_and_cert_chain_pem.write_to_path(certificate)
    return start_server(certificate=certificate)


@pytest.fixture
def course(playwright: Playwright, tmp_path: Path) -> Iterator[BrowserContext]:
    """A browser that knows a course page, and blocks what other sites may not keep."""
    context = playwright.chromium.launch_persistent_context(
        tmp_path,
        executable_path=chromium_path(),
        args=[*FLAGS, *MORE_FLAGS],
        ignore_https_errors=True,
        viewport={"width": 1280, "height": 900},
    )
    yield context
    context.close()


def framed(context: BrowserContext, url: str) -> tuple[Page, FrameLocator]:
    page = context.new_page()
    html = f'<iframe src="{url}" width="1100" height="800"></iframe>'
    page.route(COURSE, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(COURSE)
    return page, page.frame_locator("iframe")


@pytest.mark.parametrize(
    "blocked",
    [False, pytest.param(True, marks=pytest.mark.thorough)],
    ids=["by the server", "by the script"],
)
def test_control_is_kept_in_a_frame_of_another_site(
    secure_server: Server, course: BrowserContext, blocked: bool
) -> None:
    if blocked:  # as by a proxy that knows no such addresses
        course.route("**/live/keys", lambda route: route.abort())
    page, frame = framed(course, f"{secure_server.url}/?embed=true&epochs=1000&d_model=16")
    frame.get_by_role("button", name="Train Shortcut").click()
    expect(frame.locator(".stMarkdownBadge")).to_contain_text("Training")
    inside = next(one for one in page.frames if one.url.startswith(secure_server.url))
    here = inside.url
    name = "seqflip_more_keys" if blocked else "seqflip_keys"
    wait_until(lambda: any(one.get("name") == name for one in course.cookies(here)))
    readable = str(inside.evaluate("document.cookie"))
    assert ("seqflip_more_keys=" in readable) is blocked
    assert "seqflip_keys=" not in readable
    _, again = framed(course, here)
    expect(again.get_by_role("button", name="Stop Shortcut")).to_be_enabled()
    again.get_by_role("button", name="Stop Shortcut").click()
    expect(again.locator(".stMarkdownBadge")).to_contain_text("Stopped")
    secure_server.end_runs()


def test_a_site_may_be_forbidden_to_frame_it(
    start_server: Callable[..., Server], course: BrowserContext
) -> None:
    server = start_server(framed_by="'none'")
    with course.expect_console_message(lambda said: "frame-ancestors" in said.text):
        _, frame = framed(course, f"{server.url}/?embed=true")
    expect(frame.get_by_role("heading", name="Train")).to_have_count(0)


def test_nothing_that_a_page_needs_is_against_its_policy(
    shared_server: Server, course: BrowserContext
) -> None:
    page = course.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    answer = page.goto(shared_server.url)
    assert answer is not None
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    for name in ("Train", "Attend", "Replay", "Race", "Lengths"):
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        title = "Watch a tiny network" if name == "Train" else name
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        expect(page.locator(".plot .main-svg, .seqflip-replay .step").first).to_be_visible()
        settled(page)
    assert [text for text in said if "Content Security Policy" in text] == []
