"""How immediate the app is: measured in a real Chromium, on the machine that also trains.

``make bench-app`` runs it, and writes docs/app.md. Browser, server and training share the cores, as
they do on the laptop in front of a class.
"""

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from seqflip.config.config import Config
from seqflip.learning.events import Evaluated, StepDone
from seqflip.runs.creation import create_run
from seqflip.runs.eventlog import EventLog
from seqflip.runs.lock import RunLock
from seqflip.runs.run import Run, RunInfo, write_status
from seqflip.runs.steplog import RECORD, StepLog
from seqflip.server.processes import WORKER_ENVIRONMENT
from tests.browser.conftest import (
    FLAGS,
    ROOT,
    Server,
    choose_speed,
    chromium_path,
    expect_state,
    open_train,
    press,
    settled,
)

LONG = "/?epochs=1000"
ROUNDS = 5
SECONDS = 6.0
PAIRS, TURNS = 3, 4
TURN_SECONDS = 4.0
KEYSTROKES, TYPING_TURNS = 200, 10
TABLE = ROOT / "docs" / "app.md"


def main() -> None:
    """Measure everything, and write the table."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        server = Server(Path(folder) / "runs", workers=1)
        try:
            rows = [
                *_live(browser, server),
                *_speed(browser, server),
                *_length(browser, server),
                *_scrubbing(browser, server),
                *_race(browser, server),
                *_lengths(browser, server),
                *_typing(browser, server),
            ]
        finally:
            browser.close()
            server.end_runs()
            server.stop()
    TABLE.write_text(_document(rows), encoding="utf-8")
    print(_table(rows))


def _live(browser: Browser, server: Server) -> Iterator[tuple[str, str, str]]:
    first, pauses, stops, updates = [], [], [], []
    for _ in range(ROUNDS):
        with _tab(browser) as page:
            open_train(page, server.url + LONG)
            choose_speed(page)
            start = time.perf_counter()
            press(page, "Train")
            page.wait_for_function(
                "document.querySelector('.st-key-loss_chart .plot')?.data?.[0].x.length",
                polling="raf",
            )
            first.append(time.perf_counter() - start)
            time.sleep(1.0)
            updates.append(_updates(page))
            run = server.runs / page.url.partition("run=")[2].partition("&")[0]
            pauses.append(_until(page, "Pause", run, "paused"))
            press(page, "Resume")
            expect_state(page, "Training")
            stops.append(_until(page, "Stop", run, "stopped"))
    yield "First training point after pressing Train", _ms(first), "≤ 1,000 ms"
    yield "Chart updates that reach the browser", _per_second(updates), "≥ 8 a second"
    yield "Pause takes effect", _ms(pauses), "≤ 150 ms"
    yield "Stop takes effect", _ms(stops), "≤ 150 ms"


def _speed(browser: Browser, server: Server) -> Iterator[tuple[str, str, str]]:
    """Compare training that somebody watches with training from the command line.

    Two processes take turns of a few seconds, while the other is stopped, as the machine's own
    speed changes from minute to minute; another pair may lie otherwise in memory.
    """
    watched, alone = [], []
    for pair in range(PAIRS):
        with _tab(browser) as page, _headless(server.runs / f"alone-{pair}") as headless:
            open_train(page, server.url + LONG)
            choose_speed(page)
            press(page, "Train")
            page.wait_for_function(
                "document.querySelector('.st-key-loss_chart .plot')?.data?.[0].x.length"
            )
            (worker,), address = server.training(), page.url
            run = Run(server.runs / address.partition("run=")[2].partition("&")[0])
            for _ in range(TURNS):
                watched.append(_pace(run, page))
                page.goto("about:blank")
                os.kill(worker, signal.SIGSTOP)
                os.kill(headless.pid, signal.SIGCONT)
                alone.append(_pace(Run(server.runs / f"alone-{pair}"), page))
                os.kill(headless.pid, signal.SIGSTOP)
                os.kill(worker, signal.SIGCONT)
                page.goto(address)
                page.wait_for_function(
                    "document.querySelector('.st-key-loss_chart .plot')?.data?.[0].x.length"
                )
                settled(page)
            press(page, "Stop")
            expect_state(page, "Stopped")
    shares = [with_app / without for with_app, without in zip(watched, alone, strict=True)]
    yield "Training without the app", f"{statistics.median(alone):.0f} steps/s", ""
    yield "Training that is watched", f"{statistics.median(watched):.0f} steps/s", ""
    name = f"Share of the speed that is kept, median of {len(shares)} turns"
    middle = ", ".join(f"{100 * one:.0f}" for one in statistics.quantiles(shares)[::2])
    kept = 100 * statistics.median(shares)
    yield name, f"{kept:.1f} % (middle half: {middle} %)", "≥ 95 %"


@contextlib.contextmanager
def _headless(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Train from the command line; what is begun is stopped until it is its turn."""
    command = [sys.executable, "-m", "seqflip", "--quiet", "--run-dir", str(folder)]
    process = subprocess.Popen(
        [*command, "--config", "configs/reverse.yaml", "--set", "training.epochs=1000"],
        cwd=ROOT,
        env=os.environ | WORKER_ENVIRONMENT,
        stderr=subprocess.DEVNULL,
    )
    try:
        steps = Run(folder).steps_path
        while not steps.exists() or not steps.stat().st_size:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGSTOP)
        yield process
    finally:
        process.kill()
        process.wait()


def _length(browser: Browser, server: Server) -> Iterator[tuple[str, str, str]]:
    """Watch runs of different lengths that all grow at the same pace."""
    for steps in (1_000, 100_000):
        with _growing_run(server.runs / f"long-{steps}", steps), _tab(browser) as page:
            sizes = _count_bytes(page)
            page.goto(f"{server.url}/?run=long-{steps}")
            page.wait_for_function(
                "document.querySelector('.st-key-loss_chart .plot')?.data?.[0].x.length > 100"
            )
            page.wait_for_timeout(2000)
            sizes.clear()
            before = _cpu_seconds(server.process.pid)
            updates = _updates(page)
            cpu = (_cpu_seconds(server.process.pid) - before) / SECONDS
        name = f"Run of {steps:,} steps"
        yield f"{name}: chart updates", _per_second([updates]), "the same"
        yield f"{name}: sent to the browser", f"{sum(sizes) / SECONDS / 1000:.0f} kB/s", "the same"
        yield f"{name}: the server's processor time", f"{100 * cpu:.0f} %", "the same"


def _typing(browser: Browser, server: Server) -> Iterator[tuple[str, str, str]]:
    """Take away the last token of a sequence and type it again, and wait for the heatmap.

    In turns, as the server answers itself, and as it goes where only Streamlit is let through.
    """
    asked: list[float] = []
    drawn_anew: list[float] = []
    with _tab(browser) as direct, _tab(browser) as blocked:
        blocked.route("**/live/**", lambda route: route.abort())
        for page in (direct, blocked):
            page.goto(f"{server.url}/attend?run=reverse&source=3+1+4+1+5+9")
            page.wait_for_function("document.querySelector('.plot')?.data?.[0].z.length")
            settled(page)
            page.get_by_role("textbox", name="Sequence").click()
            page.keyboard.press("End")
            _typed(page, "Backspace", 1.0)  # from now on it is known that nothing can be asked
            _typed(page, "9", 1.0)
        for _ in range(TYPING_TURNS):
            for key in ("Backspace", "9") * (KEYSTROKES // TYPING_TURNS // 2):
                asked.append(_typed(direct, key, 0.15))
            for key in ("Backspace", "9") * 2:
                drawn_anew.append(_typed(blocked, key, 1.0))
    late = statistics.quantiles(asked, n=20)[-1]
    told = f"{_ms(asked)}, 95th percentile {1000 * late:.0f} ms"
    yield "Attend: a typed token on the screen", told, "≤ 60 ms, 95 % ≤ 120 ms"
    yield "The same through a run of the page", _ms(drawn_anew), ""


def _typed(page: Page, key: str, rest: float) -> float:
    """Press a key after a rest; return the seconds until another number of inputs is drawn."""
    page.wait_for_timeout(1000 * rest)
    page.evaluate(
        """() => {
            const plot = document.querySelector('.plot')
            const before = plot.data[0].z[0].length
            addEventListener('keydown', event => {
                window.drawn = new Promise(done => plot.on('plotly_afterplot', () => {
                    if (plot.data[0].z[0].length !== before)
                        requestAnimationFrame(now => done(now - event.timeStamp))
                }))
            }, { capture: true, once: true })
        }"""
    )
    page.keyboard.press(key)
    milliseconds: float = page.evaluate("window.drawn")
    return milliseconds / 1000


def _scrubbing(browser: Browser, server: Server) -> Iterator[tuple[str, str, str]]:
    """Move the slider at every chance that the browser gives, and count the steps that it shows."""
    with _tab(browser) as page:
        page.goto(f"{server.url}/replay?run=reverse&source=3+1+4+1+5+9+2+6+5+3+5+8")
        page.wait_for_selector(".seqflip-replay .step:not(:empty)")
        page.wait_for_timeout(1000)
        count: int = page.evaluate(
            """async milliseconds => {
                const slider = document.querySelector('.seqflip-replay input[type=range]')
                let count = 0
                new MutationObserver(() => (count += 1)).observe(
                    document.querySelector('.seqflip-replay .step'), { childList: true })
                const end = performance.now() + milliseconds
                for (let i = 0; performance.now() < end; i++) {
                    slider.value = i % (Number(slider.max) + 1)
                    slider.dispatchEvent(new Event('input'))
                    await new Promise(requestAnimationFrame)
                }
                return count
            }""",
            1000 * SECONDS,
        )
    pictures = _per_second([count / SECONDS])
    yield "Replay: pictures drawn while scrubbing", pictures, "≥ 15 a second"


def _race(browser: Browser, server: Server) -> Iterator[tuple[str, str, str]]:
    """Race attention against none, both on the data of reverse.yaml, from the click to the end."""
    times = []
    for _ in range(3):
        with _tab(browser) as page:
            page.goto(f"{server.url}/race?story=race-attention")
            page.wait_for_selector(".plot .main-svg")
            start = time.perf_counter()
            press(page, "Train")
            badge = page.locator(".stMarkdownBadge", has_text="Finished")
            badge.wait_for(timeout=120_000)
            times.append(time.perf_counter() - start)
    middle = statistics.median(times)
    measured = f"{middle:.1f} s (worst of {len(times)}: {max(times):.1f} s)"
    yield "A race of two on reverse.yaml", measured, "≤ 10 s"


def _lengths(browser: Browser, server: Server) -> Iterator[tuple[str, str, str]]:
    """Open links to tests that nobody has asked for yet, until the last point is drawn."""
    times = []
    for run in ("reverse", "copy", "additive"):
        with _tab(browser) as page:
            open_train(page, server.url)
            start = time.perf_counter()
            page.goto(f"{server.url}/lengths?runs={run}&max=40")
            page.wait_for_function(
                "document.querySelector('.plot')?.data?.some(one => one.x.length === 40)"
            )
            times.append(time.perf_counter() - start)
    worst = f"{statistics.median(times):.1f} s (worst of {len(times)}: {max(times):.1f} s)"
    yield "A length test to 40", worst, "≤ 5 s"


@contextlib.contextmanager
def _growing_run(folder: Path, steps: int) -> Iterator[None]:
    """Make a run that has so many steps and gets 400 more a second."""
    run = create_run(folder, Config(), RunInfo(name=folder.name))
    done = threading.Event()
    with (
        RunLock(folder),
        contextlib.closing(StepLog(run.steps_path, 0)) as log,
        contextlib.closing(EventLog(run.events_path, 0)) as events,
    ):
        for step in range(1, steps + 1):
            log.append(_step(step))
            if step % 50 == 0:
                events.append(Evaluated(step, 1, 1 / step, 0.9, 0.8, 0.7, 512))
        log.flush()
        events.flush()
        status = run.status()
        status.state, status.pid = "running", os.getpid()
        status.step, status.total_steps = steps, 10**6
        write_status(run, status)

        def grow() -> None:
            step = steps
            while not done.wait(0.05):
                for _ in range(20):
                    step += 1
                    log.append(_step(step))
                log.flush()
                status.step = step
                write_status(run, status)

        thread = threading.Thread(target=grow)
        thread.start()
        yield
        done.set()
        thread.join()


def _step(step: int) -> StepDone:
    noise = (step * 7919 % 1000) / 1000
    return StepDone(step, 1, 3 / step**0.3 + noise / 10, 0.9 * noise, 1.0, 0.01, 800, step / 400)


@contextlib.contextmanager
def _tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    yield context.new_page()
    context.close()


def _updates(page: Page) -> float:
    """Return how often a second the loss chart gets other points."""
    count: int = page.evaluate(
        """async milliseconds => {
            const plot = document.querySelector('.st-key-loss_chart .plot')
            let count = 0, last
            plot.on('plotly_afterplot', () => {
                const now = plot.data[0].x.at(-1)
                if (now !== last) count += 1
                last = now
            })
            await new Promise(done => setTimeout(done, milliseconds))
            return count
        }""",
        1000 * SECONDS,
    )
    return count / SECONDS


def _until(page: Page, button: str, run: Path, state: str) -> float:
    """Return how long after a click training no longer goes on, by the run's own logs."""
    page.evaluate(
        """() => addEventListener('click', event => {
            window.clicked = performance.timeOrigin + event.timeStamp
        }, { capture: true, once: true })"""
    )
    press(page, button)
    while json.loads((run / "status.json").read_text(encoding="utf-8"))["state"] != state:
        time.sleep(0.002)
    last_step = (run / "steps.bin").stat().st_mtime
    clicked: float = page.evaluate("window.clicked")
    return last_step - clicked / 1000


def _pace(run: Run, page: Page) -> float:
    """Return a run's steps a second, over a turn."""
    size, start = run.steps_path.stat().st_size, time.perf_counter()
    page.wait_for_timeout(1000 * TURN_SECONDS)
    seconds = time.perf_counter() - start
    return (run.steps_path.stat().st_size - size) / RECORD.itemsize / seconds


def _count_bytes(page: Page) -> list[float]:
    """Return a list that will hold the size of each message from the server."""
    sizes: list[float] = []
    network = page.context.new_cdp_session(page)
    network.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    network.on(
        "Network.webSocketFrameReceived",
        lambda told: sizes.append(len(told["response"]["payloadData"])),
    )
    network.send("Network.enable")
    return sizes


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ms(times: list[float]) -> str:
    middle, worst = statistics.median(times), max(times)
    return f"{1000 * middle:.0f} ms (worst of {len(times)}: {1000 * worst:.0f} ms)"


def _per_second(rates: list[float]) -> str:
    return f"{statistics.median(rates):.1f} a second"


def _table(rows: list[tuple[str, str, str]]) -> str:
    head = ["| What | Measured | Wanted |", "| --- | --- | --- |"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _document(rows: list[tuple[str, str, str]]) -> str:
    return f"""# How immediate the app is

Written by `make bench-app`: a real Chromium, the server and the training on the same
{os.cpu_count()} cores (load average at the end: {os.getloadavg()[0]:.1f}; whatever else runs there
makes all of it slower). A time begins with the click or key, as the browser dates it. It ends when
the picture is drawn in the browser; for Pause and Stop, with the training's last step. The share
of the speed is that of two processes that take turns; two that do the same may differ by some per
cent, and so may the machine from one turn to the next, which is why it can be above 100 %.

{_table(rows)}
Runs of 1,000 and of 100,000 steps cost the same: a page follows a run's logs without reading
anything twice, thins what is behind it to a bounded number of points (lowest and highest of every
stretch), and sends a browser only what it does not have.
"""


if __name__ == "__main__":
    main()
