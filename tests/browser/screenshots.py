"""Makes the pictures of the README: `make screenshots`."""

import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import FLAGS, ROOT, Server, chromium_path, press, settled

PICTURES = ROOT / "docs" / "pictures"
PROJECTOR = {"width": 1280, "height": 800}
FRAMES, WIDTH = 44, 960  # of the moving picture
EYES = ("none", "deuteranopia", "tritanopia", "achromatopsia")


def _train(page: Page) -> None:
    """Catch a training in the middle, when the anti-diagonal is just there."""
    press(page, "Train")
    page.wait_for_function(
        "(document.querySelector('.st-key-loss_chart .plot')?.data?.[0].x.at(-1) ?? 0) >= 180"
    )
    press(page, "Pause")
    expect(page.locator(".stMarkdownBadge")).to_contain_text("Paused")
    page.mouse.move(0, 0)


def _all_tried(page: Page) -> None:
    expect(page.get_by_text("all tried")).to_be_visible()


def _paint(page: Page) -> None:
    """Paint some of what the first lesson asks for, and see where the model looks."""
    for place in ("0 5", "1 4", "2 2", "3 1"):
        page.locator(f'[data-place="{place}"]').click()
    page.get_by_role("button", name="Show where it looks").click()
    page.mouse.move(0, 0)


def _lead_a_class(page: Page) -> None:
    """Have two students paint where the model looks, and show it."""
    page.get_by_role("button", name="Class", exact=True).click()
    page.get_by_role("button", name="Open a class").click()
    link = page.locator(".seqflip-class dialog code").inner_text()
    page.get_by_text("Let them paint").click()
    page.get_by_label("A sequence for reverse").fill("3 1 4 1 5 9")
    page.get_by_role("button", name="Ask").locator("visible=true").click()
    assert page.context.browser is not None
    for turn in (0, 1):
        student = page.context.browser.new_context(bypass_csp=True).new_page()
        student.goto(link)
        for row in range(6):
            column = row if turn and row > 2 else 5 - row
            student.locator(f'[data-place="{row} {column}"]').click()
        student.get_by_role("button", name="Send it to the class").click()
        expect(page.get_by_text(f"{turn + 1} answered").first).to_be_visible()
    page.get_by_role("button", name="Show all the answers").click()
    expect(page.get_by_role("region", name="The model’s attention")).to_be_visible()


def _nothing(page: Page) -> None:
    pass


SHOTS: tuple[tuple[str, str, str, Callable[[Page], None]], ...] = (
    ("train-light", "/", "light", _train),
    ("train-dark", "/?preset=sort", "dark", _train),
    ("attend", "/attend", "light", _nothing),
    ("replay", "/replay?step=131&truth=yes", "light", _nothing),
    ("race", "/race", "light", _nothing),
    ("lengths", "/lengths", "light", _all_tried),
    ("lessons", "/lessons", "light", _paint),
    ("class", "/attend?run=reverse", "light", _lead_a_class),
    ("runs", "/runs?chosen=reverse+bottleneck+additive", "light", _nothing),
)


def main() -> None:
    """Take all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        server = Server(Path(folder) / "runs")
        for name, path, scheme, prepare in SHOTS:
            _take(browser, server.url + path, scheme, prepare, PICTURES / f"{name}.png")
        _film(browser, server.url, PICTURES / "train.webp")
        _colours(browser, server.url, PICTURES / "colours.webp")
        browser.close()
        server.end_runs()
        server.stop()


def _take(
    browser: Browser, url: str, scheme: str, prepare: Callable[[Page], None], file: Path
) -> None:
    context = browser.new_context(
        viewport=PROJECTOR,  # type: ignore[arg-type]
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".plot .main-svg, .seqflip-replay .step, .cells").first).to_be_visible()
    settled(page)
    prepare(page)
    page.wait_for_timeout(1000)
    page.screenshot(path=file)
    context.close()


def _film(browser: Browser, url: str, file: Path) -> None:
    """Record the stored training that the first screen plays, as a picture that repeats itself."""
    page = browser.new_page(viewport=PROJECTOR, bypass_csp=True)  # type: ignore[arg-type]
    page.goto(url)
    expect(page.get_by_text("a stored training · step")).to_be_visible()
    shots = [Image.open(BytesIO(page.screenshot())).convert("RGB") for _ in range(FRAMES)]
    page.close()
    size = WIDTH, round(WIDTH * PROJECTOR["height"] / PROJECTOR["width"])
    frames = [shot.resize(size, Image.Resampling.LANCZOS) for shot in shots]
    durations = [200] * (len(frames) - 1) + [2500]
    frames[0].save(
        file,
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        quality=55,
        method=6,
    )


def _colours(browser: Browser, url: str, file: Path) -> None:
    """Take a picture as it is seen by different eyes: two beside two."""
    page = browser.new_page(viewport=PROJECTOR, bypass_csp=True)  # type: ignore[arg-type]
    page.goto(f"{url}/?run=reverse")
    expect(page.locator(".heatmaplayer image")).to_be_visible()
    settled(page)
    eyes = page.context.new_cdp_session(page)
    size = WIDTH // 2, round(WIDTH / 2 * PROJECTOR["height"] / PROJECTOR["width"])
    sheet = Image.new("RGB", (2 * size[0], 2 * size[1]))
    for i, kind in enumerate(EYES):
        eyes.send("Emulation.setEmulatedVisionDeficiency", {"type": kind})
        page.wait_for_timeout(300)
        seen = Image.open(BytesIO(page.screenshot())).resize(size, Image.Resampling.LANCZOS)
        sheet.paste(seen.convert("RGB"), (i % 2 * size[0], i // 2 * size[1]))
    page.close()
    sheet.save(file, quality=70, method=6)


if __name__ == "__main__":
    main()
