"""What a person sees and does on the Train page."""

import re
import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import (
    Server,
    button,
    choose_speed,
    expect_state,
    open_train,
    press,
    settled,
    slow_down,
    step_drawn,
    step_shown,
    wait_for,
    wait_for_step,
    wait_until,
)

pytestmark = pytest.mark.browser

LOSS = "document.querySelector('.st-key-loss_chart .plot')"
LONG = "/?epochs=1000&d_model=16&d_k=8&d_v=16"
"""A training that lasts until it is stopped."""


def stop(page: Page) -> None:
    press(page, "Stop")
    expect_state(page, "Stopped")


def test_it_opens_ready_and_paused(server: Server, page: Page) -> None:
    open_train(page, server.url)
    expect(page.get_by_text("16,223 parameters · 6,000 examples · 940 steps")).to_be_visible()
    expect(page.get_by_text("ready", exact=True)).to_be_visible()
    expect(button(page, "Train")).to_be_enabled()
    expect(button(page, "Pause")).to_have_count(0)
    assert step_drawn(page) == 0
    assert page.url == f"{server.url}/"


def test_one_press_trains_live_until_it_says_what_happened(server: Server, page: Page) -> None:
    open_train(page, f"{server.url}/?epochs=3&src_length=6&vocab_size=11")
    choose_speed(page)
    press(page, "Train")
    wait_for_step(page, 1)
    expect(page).to_have_url(re.compile(r"run=\d{8}-\d{6}-reverse-"))
    expect(
        page.get_by_role("img", name=re.compile("^Attention weights of the answer"))
    ).to_be_visible()
    expect(page.locator(".seqflip-answers tbody tr")).to_have_count(8)

    expect_state(page, "Finished")
    expect(page.get_by_text("Completed 282 steps")).to_be_visible()
    expect(page.locator(".seqflip-figures .held-out td").nth(2)).to_have_text(re.compile(r"\d %"))
    wait_for_step(page, 282)
    expect(button(page, "Train")).to_be_enabled()


def test_pause_step_resume_stop_and_reset(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    press(page, "Train")
    wait_for_step(page, 5)
    expect(
        page.get_by_text(re.compile(r"epoch \d+ of 1000 · step .* tokens/s · .* left"))
    ).to_be_visible()

    press(page, "Pause")
    expect_state(page, "Paused")
    wait_until(lambda: step_drawn(page) == step_shown(page))
    held = step_shown(page)

    press(page, "Step")
    expect(page.get_by_text(f"step {held + 1:,} of")).to_be_visible()
    wait_until(lambda: step_drawn(page) == held + 1)
    expect_state(page, "Paused")

    press(page, "Resume")
    wait_for_step(page, held + 10)
    stop(page)
    expect(page.get_by_text(re.compile("Stopped at step"))).to_be_visible()

    press(page, "Reset")
    expect(page.get_by_text("ready", exact=True)).to_be_visible()
    wait_until(lambda: step_drawn(page) == 0)
    assert "run=" not in page.url


@pytest.mark.thorough
def test_the_first_step_may_be_a_single_one(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    press(page, "Step")
    expect(page.get_by_text("step 1 of")).to_be_visible()
    expect_state(page, "Paused")
    assert step_drawn(page) == 1
    stop(page)


def test_the_keyboard_suffices_and_typing_is_only_typing(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    page.keyboard.press("t")
    wait_for_step(page, 5)
    page.get_by_role("textbox", name="A sequence to look at").fill("3 5 p x n 7")
    page.keyboard.press("p")
    page.keyboard.press("Escape")
    expect_state(page, "Training")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("p")
    expect_state(page, "Paused")
    settled(page)  # a press counts for what the page shows
    page.keyboard.press("p")
    expect_state(page, "Training")
    settled(page)
    page.keyboard.press("x")
    expect_state(page, "Stopped")
    settled(page)
    page.keyboard.press("n")
    expect(page.get_by_text("ready", exact=True)).to_be_visible()


@pytest.mark.thorough
def test_a_double_click_starts_one_run(server: Server, page: Page) -> None:
    open_train(page, f"{server.url}{LONG}&seed=4711")
    button(page, "Train").dblclick()
    wait_for_step(page, 3)
    settled(page)
    made = [
        run
        for run in server.runs.glob("*/config.yaml")
        if "4711" in run.read_text(encoding="utf-8")
    ]
    assert len(made) == 1
    stop(page)


@pytest.mark.thorough
def test_zoom_hover_and_the_chart_itself_survive_updates(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    press(page, "Train")
    wait_for_step(page, 30)
    expect(page.locator(".plot .plot-container")).to_have_count(3)
    page.evaluate("document.querySelectorAll('.plot').forEach((plot, i) => (plot.mine = i + 1))")
    area = page.locator(".st-key-loss_chart .plot").bounding_box()
    assert area is not None
    left, top = area["x"] + 80, area["y"] + 50
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + 100, top + 70, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="Reset zoom")).to_be_visible()
    ranges = f"['xaxis', 'yaxis'].map(axis => {LOSS}.layout[axis].range)"
    seen = f"JSON.stringify({ranges})"
    zoomed = page.evaluate(seen)
    page.mouse.move(left + 40, top + 60)
    label = page.locator(".st-key-loss_chart .hovertext").first
    expect(label).to_be_visible()

    before = step_drawn(page)
    wait_for_step(page, before + 50)
    assert page.evaluate(seen) == zoomed
    expect(label).to_be_visible()

    press(page, "Pause")
    expect_state(page, "Paused")
    press(page, "Resume")
    wait_for_step(page, step_drawn(page) + 20)
    assert page.evaluate("[...document.querySelectorAll('.plot')].map(plot => plot.mine)") == [
        1,
        2,
        3,
    ]
    assert page.evaluate(seen) == zoomed

    page.get_by_role("button", name="Reset zoom").click()
    wait_until(lambda: page.evaluate(seen) != zoomed)
    toggle = page.get_by_role("button", name="Log scale")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    wait_for_step(page, step_drawn(page) + 20)
    assert page.evaluate(f"{LOSS}.layout.yaxis.type") == "log"
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "false")
    stop(page)


@pytest.mark.thorough
def test_what_happens_on_the_way_is_marked_in_the_charts(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    press(page, "Train")
    wait_for_step(page, 60)
    rate = page.get_by_label("Learning rate", exact=True)
    rate.fill("-1")
    rate.press("Enter")
    expect(page.get_by_text("“Learning rate” must be a number above 0")).to_be_visible()
    rate.fill("0.002")
    rate.press("Enter")
    told = f"{LOSS}.data.at(-1).hovertext"
    wait_for(page, f"{told}.includes('learning rate changed to 0.002')")
    press(page, "Pause")
    wait_for(page, f"{told}.includes('paused')")
    wait_for(page, f"{told}.some(text => text.startsWith('best model'))")
    press(page, "Stop")


@pytest.mark.thorough
def test_the_attention_of_a_typed_sequence_is_drawn(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    press(page, "Train")
    probe = page.get_by_role("textbox", name="A sequence to look at")
    probe.fill("7 7 3 12")
    heatmap = page.get_by_role("img", name=re.compile("^Attention weights .* to 7 7 3 12"))
    expect(heatmap).to_be_visible()
    drawn = "document.querySelector('.st-key-attention_chart .plot').data[0]"
    inputs = f"{drawn}.customdata[0].map(([output, input]) => input).join()"
    wait_for(page, f"{inputs} === '7₁,7₂,3,12'")
    assert page.evaluate(f"[{drawn}.zmin, {drawn}.zmax]") == [0, 1]
    probe.fill("7 pear 3")
    expect(page.get_by_text(re.compile("pear"))).to_be_visible()
    expect(page.locator(".st-key-attention_chart .plot")).to_be_visible()
    stop(page)


@pytest.mark.thorough
def test_without_attention_the_page_says_what_there_is_instead(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG + "&attention=none")
    press(page, "Train")
    expect(page.get_by_text("Without attention there are no weights to show")).to_be_visible()
    stop(page)


@pytest.mark.thorough
def test_it_can_be_slowed_down_for_a_class(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    slow_down(page)
    press(page, "Train")
    wait_for_step(page, 2)
    start, first = time.monotonic(), step_drawn(page)
    wait_for_step(page, first + 4)
    assert time.monotonic() - start > 0.9 * 3 / 5
    stop(page)


def test_a_refresh_in_the_middle_shows_the_same_run_and_keeps_control(
    server: Server, page: Page
) -> None:
    open_train(page, server.url + LONG)
    choose_speed(page, "20 steps/s")
    press(page, "Train")
    wait_for_step(page, 10)
    shown = step_drawn(page)
    page.reload()
    wait_for_step(page, shown)
    wait_for_step(page, step_drawn(page) + 20)
    stop(page)


def test_two_tabs_and_another_person_see_the_same_run(
    server: Server, me: BrowserContext, page: Page, others_page: Page
) -> None:
    first = page
    open_train(first, server.url + LONG)
    slow_down(first)
    press(first, "Train")
    wait_for_step(first, 3)

    second = me.new_page()
    second.goto(first.url)
    wait_for_step(second, 3)
    other = others_page
    other.goto(first.url)
    wait_for_step(other, 3)
    expect(other.get_by_text("You are watching")).to_be_visible()
    expect(button(other, "Pause")).to_have_count(0)

    press(second, "Pause")
    for tab in (first, second, other):
        expect_state(tab, "Paused")
    assert len({step_shown(tab) for tab in (first, second, other)}) == 1
    first.bring_to_front()
    stop(first)
    expect_state(other, "Stopped")
    second.close()


def test_while_it_trains_nothing_is_drawn_anew(server: Server, page: Page) -> None:
    drawn: list[object] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda message: drawn.append(message)),
    )
    open_train(page, server.url + LONG)
    press(page, "Train")
    wait_for_step(page, 20)
    settled(page)
    drawn.clear()
    wait_for_step(page, step_drawn(page) + 100)
    assert not drawn
    stop(page)
    assert drawn


@pytest.mark.thorough
def test_where_nothing_can_be_asked_the_page_is_drawn_anew(server: Server, page: Page) -> None:
    page.route("**/live/**", lambda route: route.fulfill(status=404, body="What?"))
    open_train(page, f"{server.url}/?epochs=3")
    choose_speed(page)
    press(page, "Train")
    expect_state(page, "Finished")
    wait_for_step(page, 282)


@pytest.mark.thorough
def test_an_answer_that_never_comes_is_not_waited_for(server: Server, page: Page) -> None:
    page.route("**/live/**", lambda route: None, times=1)
    open_train(page, server.url + LONG)
    press(page, "Train")
    wait_for_step(page, 50)
    stop(page)


@pytest.mark.thorough
def test_only_what_was_drawn_for_a_run_is_renewed_by_it(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    press(page, "Train")
    wait_for_step(page, 5)
    page.evaluate(
        """async run => {
            const scripts = performance.getEntriesByType('resource').map(entry => entry.name)
            const { renewedByFeed } = await import(scripts.find(name => name.endsWith('/feed.js')))
            const part = { node: document.body, had: {}, show: data => (window.shown = data) }
            window.follow = run => renewedByFeed('numbers', part, `live/run/${run}`)
            window.follow('another')
        }"""
    )
    wait_for_step(page, step_drawn(page) + 50)
    assert page.evaluate("window.shown") is None
    page.evaluate("window.follow(new URL(location).searchParams.get('run'))")
    wait_for(page, "window.shown?.html.includes('step')")
    stop(page)


@pytest.mark.thorough
def test_other_colours_bring_no_old_points_back(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    press(page, "Train")
    wait_for_step(page, 50)
    page.route("**/live/**", lambda route: None)
    seen = step_drawn(page)
    colour = f"{LOSS}.data[0].line.color"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    wait_for(page, f"{colour} !== {light!r}")
    assert step_drawn(page) >= seen
    page.unroute("**/live/**")
    wait_for_step(page, seen + 50)
    stop(page)


@pytest.mark.thorough
def test_other_colours_do_no_harm_where_there_is_no_heatmap(server: Server, page: Page) -> None:
    errors: list[object] = []
    page.on("pageerror", lambda error: errors.append(error))
    open_train(page, f"{server.url}/?run=bottleneck")
    colour = f"{LOSS}.data[0].line.color"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    wait_for(page, f"{colour} !== {light!r}")
    assert not errors


@pytest.mark.thorough
def test_going_back_shows_what_was_there(server: Server, page: Page) -> None:
    open_train(page, server.url)
    vocabulary = page.get_by_label("Vocabulary", exact=True)
    vocabulary.fill("41")
    vocabulary.press("Enter")
    expect(page).to_have_url(re.compile("vocab_size=41"))
    page.go_back()
    expect(vocabulary).to_have_value("31")
    page.go_forward()
    expect(vocabulary).to_have_value("41")


@pytest.mark.thorough
def test_going_back_over_other_pages_keeps_the_run(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    slow_down(page)
    press(page, "Train")
    wait_for_step(page, 1)
    run = page.url.partition("run=")[2]
    page.get_by_role("link", name="Runs").click()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    page.get_by_role("link", name="Train").click()
    expect(page).to_have_url(re.compile(f"run={run}"))  # after an address that says nothing
    expect_state(page, "Training")
    page.go_back()
    if page.url == f"{server.url}/":  # it may have been written into the history by itself, or not
        settled(page)
        expect_state(page, "Training")
        page.go_back()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
