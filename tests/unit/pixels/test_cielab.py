"""CIELab words against colours whose values are published (sRGB primaries under D50)."""

import pytest

from pacscore.pixels.cielab import srgb_of_cielab

# L*, a*, b* of sRGB's primaries, adapted to D50 (B. Lindbloom's tables)
PUBLISHED = {
    (255, 0, 0): (54.29, 80.81, 69.89),
    (0, 255, 0): (87.82, -79.29, 80.99),
    (0, 0, 255): (29.57, 68.30, -112.03),
    (255, 255, 255): (100, 0, 0),
    (0, 0, 0): (0, 0, 0),
    (119, 119, 119): (50.03, 0, 0),
}


@pytest.mark.parametrize("rgb", PUBLISHED)
def test_published_colours(rgb):
    lightness, a, b = PUBLISHED[rgb]
    words = (round(lightness / 100 * 65535), round((a + 128) / 255 * 65535), round((b + 128) / 255 * 65535))
    assert max(abs(one - other) for one, other in zip(srgb_of_cielab(*words), rgb, strict=True)) <= 1
