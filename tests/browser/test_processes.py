"""What becomes of a run when people leave, when others wait, and when processes die."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from seqflip.runs.run import Run
from tests.browser.conftest import (
    ROOT,
    Server,
    choose_speed,
    expect_state,
    open_train,
    press,
    slow_down,
    step_drawn,
    step_shown,
    wait_for_step,
    wait_until,
)

pytestmark = pytest.mark.browser

LONG = "/?epochs=1000&d_model=16&d_k=8&d_v=16"


@pytest.mark.thorough
def test_a_killed_worker_shows_as_interrupted_and_resumes(server: Server, page: Page) -> None:
    open_train(page, server.url + LONG)
    press(page, "Train")
    wait_for_step(page, 50)
    wait_until(lambda: any(server.runs.glob("*/checkpoint.npz")))
    server.end_runs()
    expect_state(page, "Interrupted")
    expect(page.get_by_text("Interrupted:")).to_be_visible()
    held = step_drawn(page)
    press(page, "Resume")
    expect_state(page, "Training")
    wait_for_step(page, held + 50)
    press(page, "Stop")


@pytest.mark.thorough
def test_no_process_outlives_a_killed_server_and_its_runs_can_be_resumed(
    start_server: Callable[..., Server], page: Page
) -> None:
    first = start_server()
    open_train(page, first.url + LONG)
    choose_speed(page, "20 steps/s")
    press(page, "Train")
    wait_for_step(page, 20)
    run = page.url.partition("run=")[2].partition("&")[0]
    assert first.workers()
    first.kill()
    wait_until(lambda: not first.workers())

    second = start_server(first.runs)
    page.goto(f"{second.url}/?run={run}")
    expect_state(page, "Interrupted")
    expect(page.get_by_label("Width (d_model)", exact=True)).to_have_value("16")
    held = step_shown(page)
    press(page, "Resume")
    wait_for_step(page, held + 5)
    press(page, "Stop")
    expect_state(page, "Stopped")


@pytest.mark.thorough
def test_a_server_that_ends_in_good_order_pauses_what_trains(
    start_server: Callable[..., Server], page: Page
) -> None:
    server = start_server()
    open_train(page, server.url + LONG)
    press(page, "Train")
    wait_for_step(page, 20)
    run = Run(server.runs / page.url.partition("run=")[2].partition("&")[0])
    server.stop()
    status = run.status()
    assert status.state == "paused"
    assert status.message.startswith("Paused, as the server was shut down,")


@pytest.mark.thorough
def test_whoever_finds_no_free_worker_waits_and_can_cancel(
    start_server: Callable[..., Server], me: BrowserContext
) -> None:
    server = start_server(workers=1)
    first = me.new_page()
    open_train(first, server.url + LONG)
    slow_down(first)
    press(first, "Train")
    wait_for_step(first, 2)
    second, third = me.new_page(), me.new_page()
    for tab in (second, third):
        tab.bring_to_front()
        open_train(tab, server.url + LONG)
        slow_down(tab)
        press(tab, "Train")
        expect_state(tab, "Waiting")
    expect(third.get_by_text("waiting for a free worker · 1 before it")).to_be_visible()
    second.bring_to_front()
    press(second, "Cancel")
    expect(second.get_by_text("ready", exact=True)).to_be_visible()
    expect(third.get_by_text("waiting for a free worker · next")).to_be_visible()
    first.bring_to_front()
    press(first, "Stop")
    wait_for_step(third, 2)
    third.bring_to_front()
    press(third, "Stop")
    for tab in (first, second, third):
        tab.close()


@pytest.mark.thorough
def test_a_run_that_nobody_watches_is_paused_and_can_be_resumed(
    start_server: Callable[..., Server], me: BrowserContext
) -> None:
    server = start_server(grace_seconds=1)
    page = me.new_page()
    open_train(page, server.url + LONG)
    choose_speed(page, "20 steps/s")
    press(page, "Train")
    wait_for_step(page, 5)
    address = page.url
    page.close()
    wait_until(lambda: not server.training())

    again = me.new_page()
    again.goto(address)
    expect_state(again, "Paused")
    expect(again.get_by_text(re.compile("nobody"))).to_be_visible()
    held = step_shown(again)
    press(again, "Resume")
    wait_for_step(again, held + 5)
    press(again, "Stop")
    again.close()


def test_a_training_of_the_command_line_is_seen_live(server: Server, page: Page) -> None:
    command = [sys.executable, "-m", "seqflip", "--quiet"]
    command += ["--set", "training.epochs=1000", "--set", "model.d_model=16"]
    process = subprocess.Popen(
        [*command, "--run-dir", str(server.runs / "by-hand")],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: (server.runs / "by-hand" / "steps.bin").exists())
        page.goto(f"{server.url}/?run=by-hand")
        expect_state(page, "Training")
        wait_for_step(page, 100)
        expect(page.get_by_text("You are watching")).to_be_visible()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    expect_state(page, "Interrupted")
