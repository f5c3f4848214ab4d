"""OpenSeadragon in headless Chromium shows the server's tiles: pixels read back from its canvas are those we sent.

Needs playwright, Chromium and what ``npm install`` puts beside the example; ``make browser`` gets them.
"""

from __future__ import annotations

import base64
import os
import shutil
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from tile_server.app import OPENSEADRAGON

import pacscore
from examples.served import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--force-device-scale-factor=1", "--disable-lcd-text"),
)
READ = """
([x, y]) => new Promise((resolve, reject) => {
  const started = Date.now();
  const shown = viewer.world.getItemAt(0);
  const size = viewer.viewport.getContainerSize();
  // tiles that share no pixels, as those of IIIF, are drawn a pixel larger than they are, to hide seams: not here
  viewer.drawer.minimumOverlapRequired = () => false;
  viewer.viewport.fitBounds(shown.imageToViewportRectangle(x, y, size.x, size.y), true);
  function read() {
    if (Date.now() - started > 20000) reject(new Error("the picture was not loaded in time"));
    else if (!shown.getFullyLoaded()) setTimeout(read, 50);
    else {
      viewer.forceRedraw();
      requestAnimationFrame(() => {
        const canvas = viewer.drawer.canvas;
        resolve([canvas.width, canvas.height, canvas.toDataURL("image/png").split(",")[1]]);
      });
    }
  }
  setTimeout(read, 300);
})
"""

pytest.importorskip("playwright.sync_api", reason="playwright is missing: make browser installs it")
if CHROMIUM is None:
    pytest.skip("Chromium is missing: apt-get install chromium", allow_module_level=True)
if not OPENSEADRAGON.is_dir():
    pytest.skip("OpenSeadragon is missing: make browser runs npm install", allow_module_level=True)


@pytest.fixture(scope="module")
def page(folder):
    """A page of a browser on the server, 800 x 600, and what it complained of."""
    from playwright.sync_api import sync_playwright

    with serving(folder) as client, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 800, "height": 600}, base_url=client.address)
        yield page
        browser.close()


def shown(page, name, protocol):
    """Open a picture in the viewer."""
    page.goto(f"/?picture={name}&protocol={protocol}")
    page.wait_for_function("viewer && viewer.world.getItemCount() === 1 && viewer.world.getItemAt(0).getFullyLoaded()")


def canvas_pixels(page, x, y, width, height):
    """Return the canvas's pixels, RGBA, where the picture is shown one to one from a pixel on."""
    *size, png = page.evaluate(READ, [x, y])
    assert size == [800, 556]
    pixels = imagecodecs.png_decode(base64.b64decode(png))
    if pixels.shape[2] == 3:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    return pixels[:height, :width]


@pytest.mark.parametrize("protocol", ["deepzoom", "iiif"])
@pytest.mark.parametrize(("x", "y"), [(0, 0), (100, 150), (256, 256)])
def test_the_canvas_has_the_pixels_of_our_tiles(page, radiograph, protocol, x, y):
    shown(page, "radiograph.j2c", protocol)
    pixels = canvas_pixels(page, x, y, 400, 400)
    expected = (radiograph[y : y + 400, x : x + 400].astype(float) * 255 / 4095).astype(np.uint8)
    assert np.array_equal(pixels[..., :3], np.repeat(expected[..., None], 3, axis=2))
    assert (pixels[..., 3] == 255).all()


def test_colour_arrives_as_it_is(page, colour):
    shown(page, "colour.j2c", "deepzoom")
    pixels = canvas_pixels(page, 20, 10, 400, 250)
    assert np.array_equal(pixels[..., :3], colour[10:260, 20:420])


def test_a_dicom_frame_is_shown_by_its_window(page, folder):
    shown(page, "ct.dcm", "iiif")
    with pacscore.open(folder / "ct.dcm") as frames:
        expected = pacscore.render(frames[0], frames.pipeline(0))
    pixels = canvas_pixels(page, 0, 0, 128, 128)
    assert np.array_equal(pixels[..., 0], expected)


def test_the_page_complains_of_nothing(page):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    shown(page, "cine.dcm%403", "deepzoom")
    page.select_option("#picture", "colour.j2c")
    page.wait_for_function("viewer.world.getItemCount() === 1 && viewer.source.width === 500")
    assert [text for text in said if "favicon" not in text] == []
    if folder := os.environ.get("PACSCORE_SCREENSHOT"):
        shown(page, "cine.dcm%408", "deepzoom")
        page.wait_for_timeout(500)
        page.screenshot(path=Path(folder) / "tile-server.png")
