"""A class: a lecturer, and three students, on a phone, at a desk and in a course page's frame."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import (
    BrowserContext,
    FrameLocator,
    Locator,
    Page,
    Playwright,
    expect,
)

from tests.browser.conftest import FLAGS, SPARING, Server, chromium_path, settled, wait_for
from tests.browser.test_look import expect_no_violations, too_wide

pytestmark = pytest.mark.browser

DRAWN_ANEW = """() => {
    const [place, room] = [document.querySelector('.seqflip-class'), window.seqflipClass]
    room.move(place, { colours: room.colours })
}"""  # as with every run of the page
COURSE = "http://course.example/week-3"


class Lecturer:
    """Whoever opens a class on Attend."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        page.goto(f"{server.url}/attend?run=reverse")
        settled(page)
        page.get_by_role("button", name="Class", exact=True).click()
        page.get_by_role("button", name="Open a class").click()
        self.link = page.locator(".seqflip-class dialog code").inner_text()
        expect(page.get_by_alt_text("QR code")).to_be_visible()

    def ask(self, how: str, **fields: str) -> None:
        self.page.get_by_text(how).click()
        for label, text in fields.items():
            self.page.get_by_label(label.replace("_", " ")).fill(text)
        self.page.get_by_role("button", name="Ask").locator("visible=true").click()

    def close_dialog(self) -> None:
        self.page.get_by_role("button", name="Close").click()

    def open_dialog(self) -> None:
        self.page.get_by_role("button", name="Class …").click()


@pytest.fixture
def lecturer(page: Page, server: Server) -> Iterator[Lecturer]:
    found = Lecturer(page, server)
    yield found
    page.evaluate("sessionStorage.clear()")


@pytest.fixture
def at_a_desk(others_page: Page) -> Page:
    return others_page


@pytest.fixture(scope="module")
def thirds(playwright: Playwright) -> Iterator[BrowserContext]:
    """A third person's browser."""
    checks = "--disable-features=LocalNetworkAccessChecks"  # of a site that frames this machine
    browser = playwright.chromium.launch(
        executable_path=chromium_path(), args=[*FLAGS, SPARING, checks]
    )
    yield browser.new_context(bypass_csp=True)
    browser.close()


@pytest.fixture
def on_a_phone(thirds: BrowserContext) -> Iterator[Page]:
    phone = thirds.new_page()
    phone.set_viewport_size({"width": 390, "height": 844})
    yield phone
    phone.close()


@pytest.fixture
def framed(thirds: BrowserContext) -> Iterator[Callable[[str], FrameLocator]]:
    """Open a link in a frame of a course page, which is another site."""
    course = thirds.new_page()

    def frame(link: str) -> FrameLocator:
        html = f'<iframe src="{link}&embed=true" width="800" height="600"></iframe>'
        course.route(COURSE, lambda route: route.fulfill(body=html, content_type="text/html"))
        course.goto(COURSE)
        return course.frame_locator("iframe")

    yield frame
    course.close()


def heading(where: Page | FrameLocator, title: str) -> Locator:
    return where.get_by_role("heading", name=title, level=1)


def test_three_answer_and_follow_without_a_page_being_loaded_anew(
    lecturer: Lecturer,
    at_a_desk: Page,
    on_a_phone: Page,
    framed: Callable[[str], FrameLocator],
) -> None:
    page, frame = lecturer.page, framed(lecturer.link)
    for student in (at_a_desk, on_a_phone):
        student.goto(lecturer.link)
        student.wait_for_url(re.compile("/attend"))
        settled(student)
        student.evaluate("window.stays = true")
    expect(page.get_by_text("3 present")).to_be_visible()
    expect_no_violations(page)

    lecturer.ask("Let them choose", Question="Where?", Answers_to_choose="<img src=x> / *last")
    frame.get_by_role("button", name="last").click()
    at_a_desk.get_by_role("button", name="<img src=x>").click()
    at_a_desk.get_by_role("button", name="last").click()  # on second thoughts
    expect(page.get_by_role("listitem").filter(has_text="last 2")).to_be_visible()
    expect(page.get_by_text("<img src=x> 0")).to_be_visible()
    page.get_by_role("button", name="Show all the answers").click()
    expect(at_a_desk.get_by_text("Right.")).to_be_visible()
    expect(on_a_phone.get_by_text("It is: last")).to_be_visible()
    expect(on_a_phone.get_by_text("last 2 ✓")).to_be_visible()

    lecturer.ask("Let them paint", A_sequence_for_reverse="7 2 oops")
    expect(page.get_by_text("is not in the vocabulary")).to_be_visible()
    page.get_by_label("A sequence for reverse").fill("7 2 9")
    page.get_by_role("button", name="Ask").locator("visible=true").click()
    for place in ("0 2", "1 1"):
        on_a_phone.locator(f'[data-place="{place}"]').click()
    name = on_a_phone.get_by_label("Your name")
    name.fill("Zoë <b>")
    on_a_phone.evaluate(DRAWN_ANEW)
    expect(name).to_be_focused()
    on_a_phone.get_by_role("button", name="Send it to the class").click()
    at_a_desk.locator('[data-place="0 0"]').click()
    at_a_desk.get_by_role("button", name="Send it to the class").click()
    mean = page.get_by_role("region", name="The class: mean of 2")
    expect(mean.get_by_role("row").nth(1).get_by_role("cell")).to_have_text([".50", "", ".50"])
    expect(on_a_phone.get_by_role("region", name="The class")).to_have_count(0)
    page.get_by_role("button", name="Show all the answers").click()
    expect(page.get_by_text("Close: Zoë <b>")).to_be_visible()
    expect(page.get_by_role("region", name="The model’s attention")).to_be_visible()
    score = re.compile(r"Your 2 cells hold \d+ % of its attention")
    expect(on_a_phone.get_by_text(score)).to_be_visible()
    expect(on_a_phone.get_by_role("region", name="The class: mean of 2")).to_be_visible()
    assert too_wide(on_a_phone) == []
    expect_no_violations(on_a_phone)
    page.get_by_role("button", name="Show it on Attend").click()
    on_a_phone.wait_for_url(re.compile(r"source=7\+2\+9"))

    page.locator(".st-key-attend_source input").fill("7 2 9 4")
    for student in (at_a_desk, on_a_phone):
        wait_for(
            student, "document.querySelector('.st-key-attend_source input').value == '7 2 9 4'"
        )
    expect(frame.locator(".st-key-attend_source input")).to_have_value("7 2 9 4")

    on_a_phone.get_by_role("button", name="On my own").click()
    page.get_by_role("link", name="Runs").first.click()
    at_a_desk.wait_for_url(re.compile("/runs"))
    expect(heading(frame, "Runs")).to_be_attached()
    expect(on_a_phone.get_by_text("You look around on your own.")).to_be_visible()
    assert "/attend" in on_a_phone.url
    on_a_phone.get_by_role("button", name="Follow again").click()
    on_a_phone.wait_for_url(re.compile("/runs"))
    assert all(student.evaluate("window.stays") for student in (at_a_desk, on_a_phone))
    assert too_wide(on_a_phone) == []

    lecturer.open_dialog()
    page.get_by_role("button", name="End the class").click()
    for where in (at_a_desk, on_a_phone, frame):
        expect(
            where.get_by_text("there is no class with this code, or it has ended.")
        ).to_be_visible()


def test_a_lesson_brings_its_question(lecturer: Lecturer, at_a_desk: Page) -> None:
    page = lecturer.page
    at_a_desk.goto(lecturer.link)
    at_a_desk.wait_for_url(re.compile("/attend"))
    lecturer.close_dialog()
    page.get_by_role("link", name="Lessons").first.click()
    at_a_desk.wait_for_url(re.compile("/lessons"))
    expect(at_a_desk.get_by_text("Your class is asked what this page asks.")).to_be_visible()
    at_a_desk.locator('[data-place="0 5"]').click()
    at_a_desk.get_by_role("button", name="Send it to the class").click()
    answer = at_a_desk.get_by_text("It learned to look at the token that comes next")
    expect(at_a_desk.get_by_text("Your class has your answer")).to_be_visible()
    expect(answer).to_be_hidden()
    expect(page.get_by_text("Answered: 1 of 1 in your class.")).to_be_visible()
    page.reload()  # the question is asked on, and what was answered is kept
    expect(page.get_by_text("Answered: 1 of 1 in your class.")).to_be_visible()
    page.locator('[data-place="1 4"]').click()
    page.get_by_role("button", name="Show where it looks").click()
    expect(answer).to_be_visible()
    expect(at_a_desk.get_by_text("Your 1 cell holds")).to_be_visible()
    for student in (page, at_a_desk):
        expect(student.get_by_role("region", name="The class: 1 painting")).to_be_visible()

    page.get_by_role("button", name="Next stop").click()
    expect(heading(at_a_desk, "One vector is not enough")).to_be_visible()
    at_a_desk.get_by_role("button", name="4", exact=True).click()
    expect(at_a_desk.get_by_text("of sequences of length 4")).to_be_hidden()
    page.get_by_role("button", name="Show all the answers").click()
    expect(at_a_desk.get_by_text("of sequences of length 4")).to_be_visible()
    expect(at_a_desk.get_by_text("4 1 ✓")).to_be_visible()


@pytest.mark.thorough
def test_where_sessions_are_not_kept_a_class_is_joined_still(
    lecturer: Lecturer, framed: Callable[[str], FrameLocator], thirds: BrowserContext
) -> None:
    thirds.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('forbidden') }})"
    )
    frame = framed(lecturer.link)
    expect(frame.get_by_text("You follow the class.")).to_be_visible()
    expect(lecturer.page.get_by_text("1 present")).to_be_visible()
