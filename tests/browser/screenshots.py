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


def _nothing(page: Page) -> None:
    pass


SHOTS: tuple[tuple[str, str, str, Callable[[Page], None]], ...] = (
    ("train-light", "/", "light", _train),
    ("train-dark", "/?preset=sort", "dark", _train),
    ("attend", "/attend", "light", _nothing),
    ("replay", "/replay?step=131&truth=yes", "light", _nothing),
    ("race", "/race", "light", _nothing),
    ("lengths", "/lengths", "light", _all_tried),
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
    expect(page.locator(".plot .main-svg, .seqflip-replay .step").first).to_be_visible()
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
