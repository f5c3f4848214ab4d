"""The tile server over HTTP: tiles against whole decodes, frames against stored bytes, and hostile addresses."""

from __future__ import annotations

import email
import json

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from tile_server.iiif import LARGEST

import pacscore
from examples.served import serving


@pytest.fixture(scope="module")
def client(folder):
    """Asks the server."""
    with serving(folder) as client:
        yield client


@pytest.fixture(scope="module")
def frames_of(client, folder):
    """Gives where the frames of a DICOM object are."""

    def address(name):
        with pacscore.open(folder / name) as frames:
            uids = [frames.dataset[f"{level}InstanceUID"].value for level in ("Study", "Series", "SOP")]
        return "/dicomweb/studies/{}/series/{}/instances/{}".format(*uids)

    return address


def picture_of(response):
    """Return the picture that an answer has."""
    assert response.status == 200, response.text
    return (
        imagecodecs.imread(response.content)
        if response.content[:2] == b"\xff\xd8"
        else imagecodecs.png_decode(response.content)
    )


def in_8_bits(values):
    """Return 12-bit values as they are seen."""
    return (values.astype(float) * 255 / 4095).astype(np.uint8)


def test_what_can_be_shown_is_listed_and_what_cannot_is_named(client):
    answer = client.get("/pictures").json()
    names = [picture["name"] for picture in answer["pictures"]]
    assert names[:2] == ["cine.dcm", "cine.dcm@2"]
    assert names[-4:] == ["colour.j2c", "ct.dcm", "native.dcm", "radiograph.j2c"]
    assert {"rows": 700, "columns": 900, "name": "radiograph.j2c"} in answer["pictures"]
    assert set(answer["left_out"]) == {"notes.txt", "cut.j2c"}


@pytest.mark.parametrize("name", ["radiograph.j2c", "colour.j2c"])
@pytest.mark.parametrize("reduce", [0, 1, 3])
def test_deepzoom_tiles_are_the_level_and_share_a_pixel(client, folder, name, reduce):
    level = np.asarray(pacscore.decode((folder / name).read_bytes(), reduce=reduce))
    expected = in_8_bits(level) if level.ndim == 2 else level
    rows, columns = level.shape[:2]
    number = {"radiograph.j2c": 10, "colour.j2c": 9}[name] - reduce
    for y in range(-(-rows // 256)):
        for x in range(-(-columns // 256)):
            tile = picture_of(client.get(f"/dz/{name}_files/{number}/{x}_{y}.png"))
            above, beside = max(256 * y - 1, 0), max(256 * x - 1, 0)
            assert np.array_equal(tile, expected[above : 256 * y + 257, beside : 256 * x + 257])


def test_deepzoom_goes_down_to_a_pixel(client):
    sizes = [picture_of(client.get(f"/dz/radiograph.j2c_files/{level}/0_0.png")).shape for level in range(9)]
    assert sizes == [(-(-700 >> 10 - level), -(-900 >> 10 - level)) for level in range(9)]
    descriptor = client.get("/dz/radiograph.j2c.dzi")
    assert 'Overlap="1" TileSize="256"' in descriptor.text
    assert '<Size Width="900" Height="700"/>' in descriptor.text


def test_a_dicom_frame_is_rendered_by_its_window(client, folder):
    with pacscore.open(folder / "ct.dcm") as frames:
        expected = pacscore.render(frames[0], frames.pipeline(0))
    assert np.array_equal(picture_of(client.get("/dz/ct.dcm_files/7/0_0.png")), expected)
    with pacscore.open(folder / "cine.dcm") as frames:
        expected = pacscore.render(frames[4], frames.pipeline(4))
    assert np.array_equal(picture_of(client.get("/dz/cine.dcm@5_files/9/0_0.png")), expected[:257, :257])


def test_a_picture_without_resolutions_is_shown(client, folder):
    with pacscore.open(folder / "native.dcm") as frames:
        expected = pacscore.render(frames[0], frames.pipeline(0))
    assert np.array_equal(picture_of(client.get("/iiif/native.dcm/full/max/0/default.png")), expected)
    assert picture_of(client.get("/dz/native.dcm_files/4/0_0.png")).shape == (8, 10, 3)


def test_a_whole_slide_instance_is_one_picture(tmp_path, colour):
    larger = np.tile(colour, (3, 2, 1))
    pacscore.build_pyramid(larger, tmp_path / "slide", pacscore.SlideLayout(pixel_spacing=(0.0005, 0.0005)))
    with serving(tmp_path / "slide") as client:
        found = client.get("/pictures").json()
        largest = max(found["pictures"], key=lambda picture: picture["rows"])
        assert found["left_out"] == {}
        assert (largest["rows"], largest["columns"]) == (900, 1000)
        tile = picture_of(client.get(f"/iiif/{largest['name']}/256,512,256,256/256,256/0/default.png"))
    assert np.array_equal(tile, larger[512:768, 256:512])


def test_iiif_information_says_what_is_offered(client):
    answer = client.get("/iiif/radiograph.j2c/info.json")
    found = answer.json()
    assert answer.headers["content-type"].startswith("application/ld+json")
    assert found["id"] == f"{client.address}/iiif/radiograph.j2c"
    assert (found["type"], found["protocol"], found["profile"]) == (
        "ImageService3",
        "http://iiif.io/api/image",
        "level1",
    )
    assert (found["width"], found["height"]) == (900, 700)
    assert found["tiles"] == [{"width": 256, "scaleFactors": [1, 2, 4, 8, 16, 32]}]
    for size in found["sizes"]:
        shape = picture_of(
            client.get(f"/iiif/radiograph.j2c/full/{size['width']},{size['height']}/0/default.png")
        ).shape
        assert shape == (size["height"], size["width"])
    redirect = client.get("/iiif/radiograph.j2c")
    assert (redirect.status, redirect.headers["location"]) == (303, found["id"] + "/info.json")
    assert (
        client.get("/iiif/radiograph.j2c/info.json", origin="https://viewer").headers["access-control-allow-origin"]
        == "*"
    )


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("full", np.s_[:, :]),
        ("square", np.s_[:, 100:800]),
        ("10,20,300,400", np.s_[20:420, 10:310]),
        ("800,600,256,256", np.s_[600:700, 800:900]),
        ("pct:10,50,20,25", np.s_[350:525, 90:270]),
    ],
)
def test_iiif_regions_are_those_of_the_picture(client, radiograph, region, expected):
    picture = picture_of(client.get(f"/iiif/radiograph.j2c/{region}/max/0/default.png"))
    assert np.array_equal(picture, in_8_bits(radiograph)[expected])


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ("450,", (350, 450)),
        (",70", (70, 90)),
        ("123,77", (77, 123)),
        ("!200,200", (156, 200)),
        ("pct:50", (350, 450)),
        ("900,700", (700, 900)),
        ("!4000,4000", (700, 900)),
    ],
)
def test_iiif_sizes_are_those_asked_for_and_look_like_the_picture(client, radiograph, size, shape):
    picture = picture_of(client.get(f"/iiif/radiograph.j2c/full/{size}/0/default.png"))
    assert picture.shape == shape
    literal = Image.fromarray(in_8_bits(radiograph)).resize(shape[::-1], Image.Resampling.BOX)
    assert np.abs(picture.astype(int) - np.asarray(literal, int)).mean() < 6


def test_iiif_tiles_of_viewers_are_the_pixels_of_a_level(client, folder):
    level = in_8_bits(np.asarray(pacscore.decode((folder / "radiograph.j2c").read_bytes(), reduce=1)))
    tile = picture_of(client.get("/iiif/radiograph.j2c/512,512,388,188/194,94/0/default.png"))
    assert np.array_equal(tile, level[256:350, 256:450])


def test_jpeg_looks_like_png(client, colour):
    picture = picture_of(client.get("/iiif/colour.j2c/full/max/0/default.jpg"))
    assert picture.shape == colour.shape
    assert np.abs(picture.astype(int) - colour).mean() < 12


@pytest.mark.parametrize(
    "asked",
    [
        "full/max/90/default.png",
        "full/max/0/bitonal.png",
        "full/max/0/default.tif",
        "full/max/0/default",
        "full/^max/0/default.png",
        "full/901,/0/default.png",
        f"full/{LARGEST + 1},/0/default.png",
        "full/0,0/0/default.png",
        "full/!9,/0/default.png",
        "full/,/0/default.png",
        "full/pct:0/0/default.png",
        "full/pct:101/0/default.png",
        "full/" + "9" * 5000 + ",/0/default.png",
        "900,0,5,5/max/0/default.png",
        "0,0,0,5/max/0/default.png",
        "-1,0,5,5/max/0/default.png",
        "0,0,5/max/0/default.png",
        "pct:nan,0,5,5/max/0/default.png",
        "everything/max/0/default.png",
    ],
)
def test_what_iiif_has_no_answer_for_is_refused(client, asked):
    expected = 200 if asked == "full/pct:0/0/default.png" else 400
    assert client.get(f"/iiif/radiograph.j2c/{asked}").status == expected


def test_a_frame_comes_as_it_is_stored(client, folder, frames_of):
    with pacscore.open(folder / "cine.dcm") as frames:
        stored = frames.encoded(6)
    answer = client.get(frames_of("cine.dcm") + "/frames/7", accept="image/jphc")
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/jphc; transfer-syntax=1.2.840.10008.1.2.4.201"
    assert answer.content == stored


def test_ranges_of_a_frame_show_it_early(client, folder, frames_of):
    address = frames_of("ct.dcm") + "/frames/1"
    accept = "image/jphc; transfer-syntax=*"
    whole = client.get(address, accept=accept)
    first = client.get(address, accept=accept, range="bytes=0-4095")
    assert (first.status, first.headers["content-range"]) == (206, f"bytes 0-4095/{len(whole.content)}")
    assert first.headers["content-type"] == whole.headers["content-type"]
    decoder = pacscore.ProgressiveDecoder()
    decoder.feed(first.content)
    assert decoder.image(reduce=3).image.shape == (16, 16)
    rest = client.get(address, accept=accept, range="bytes=4096-", if_range=first.headers["etag"])
    assert rest.status == 206
    assert first.content + rest.content == whole.content


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=10-19", 206, slice(10, 20)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=100-999999999", 206, slice(100, None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
        ("bytes=20-10", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("lines=0-1", 200, slice(None)),
        ("bytes=0-" + "9" * 5000, 200, slice(None)),
    ],
)
def test_ranges_are_those_of_http(client, frames_of, asked, status, part):
    address = frames_of("ct.dcm") + "/frames/1"
    whole = client.get(address, accept="image/jphc").content
    answer = client.get(address, accept="image/jphc", range=asked)
    assert answer.status == status
    assert answer.content == whole[part]
    if status == 416:
        assert answer.headers["content-range"] == f"bytes */{len(whole)}"


def test_a_range_of_another_version_is_the_whole(client, frames_of):
    address = frames_of("ct.dcm") + "/frames/1"
    assert client.get(address, accept="image/jphc", range="bytes=0-9", if_range='"older"').status == 200


@pytest.mark.parametrize("accept", ['multipart/related; type="image/jphc"; transfer-syntax=*', None, "*/*"])
def test_several_frames_come_as_multipart(client, folder, frames_of, accept):
    answer = client.get(frames_of("cine.dcm") + "/frames/1,5,2", **({"accept": accept} if accept else {}))
    assert answer.status == 200
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + answer.content)
    parts = [part.get_payload(decode=True) for part in message.get_payload()]
    with pacscore.open(folder / "cine.dcm") as frames:
        assert parts == [frames.encoded(number) for number in (0, 4, 1)]
    types = {part["Content-Type"] for part in message.get_payload()}
    assert types == {"image/jphc; transfer-syntax=1.2.840.10008.1.2.4.201"}


@pytest.mark.parametrize("name", ["ct.dcm", "native.dcm"])
def test_frames_are_decoded_for_who_wants_them_so(client, folder, frames_of, name):
    answer = client.get(frames_of(name) + "/frames/1", accept="application/octet-stream")
    with pacscore.open(folder / name) as frames:
        assert answer.content == frames[0].tobytes()
    assert answer.headers["content-type"] == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("image/png", 406),
        ("image/jphc; transfer-syntax=1.2.840.10008.1.2.4.90", 406),
        ("image/png, image/jphc;q=0.1", 200),
        ("image/jphc;q=0", 406),
        ("image/jphc;q=much", 406),
        (";;=;,,", 406),
    ],
)
def test_what_is_not_there_is_not_acceptable(client, frames_of, accept, status):
    assert client.get(frames_of("ct.dcm") + "/frames/1", accept=accept).status == status


def test_metadata_have_no_pixels_and_tell_the_transfer_syntax(client, frames_of):
    (found,) = client.get(frames_of("ct.dcm") + "/metadata").json()
    assert found["00280010"]["Value"] == [128]
    assert found["00083002"]["Value"] == ["1.2.840.10008.1.2.4.201"]
    assert "7FE00010" not in found
    assert json.dumps(found)


@pytest.mark.parametrize("frames", ["0", "31", "1,99", "9" * 400, "-1", "1,", "one", "1,,2"])
def test_frames_that_are_not_there_are_told(client, frames_of, frames):
    assert client.get(f"{frames_of('cine.dcm')}/frames/{frames}").status in (400, 404)


ADDRESSES = [
    "/dz/colour.j2c.dzi",
    "/dz/colour.j2c_files/9/0_0.png",
    "/iiif/colour.j2c/info.json",
    "/iiif/colour.j2c/full/9,/0/default.jpg",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_a_client_has_is_not_sent_again(client, address):
    first = client.get(address)
    assert "max-age" in first.headers["cache-control"]
    again = client.get(address, if_none_match=f'"other", W/{first.headers["etag"]}')
    assert (again.status, again.content) == (304, b"")
    assert client.get(address, if_none_match='"other"').status == 200
    assert client.get(address, method="HEAD").status == 200


def test_a_changed_file_is_another_version(tmp_path, colour):
    path = tmp_path / "a.j2c"
    tags = set()
    pictures = []
    path.write_bytes(pacscore.encode(colour, "1.2.840.10008.1.2.4.201"))
    with serving(tmp_path) as client:
        for shown in (colour, 255 - colour):
            path.write_bytes(pacscore.encode(shown, "1.2.840.10008.1.2.4.201"))
            answer = client.get("/dz/a.j2c_files/9/0_0.png")
            tags.add(answer.headers["etag"])
            pictures.append(picture_of(answer))
    assert len(tags) == 2
    assert np.array_equal(pictures[0], 255 - pictures[1])


@pytest.mark.parametrize(
    "address",
    [
        "/dz/link.j2c.dzi",
        "/dz/..%2F..%2Fetc%2Fpasswd.dzi",
        "/dz/../../etc/passwd.dzi",
        "/dz/%00.dzi",
        "/dz/notes.txt.dzi",
        "/dz/colour.j2c_files/9/../9/0_0.png",
        "/dz/colour.j2c_files/9/2_0.png",
        "/dz/colour.j2c_files/10/0_0.png",
        "/dz/colour.j2c_files/-1/0_0.png",
        "/dz/colour.j2c_files/999/0_0.png",
        "/dz/colour.j2c_files/9/999999999_0.png",
        "/dz/colour.j2c_files/9/" + "1" * 5000 + "_0.png",
        "/dz/colour.j2c_files/9/0_0.svg",
        "/iiif/..%2F..%2Fetc%2Fpasswd/info.json",
        "/iiif/%2Fetc%2Fpasswd/full/max/0/default.png",
        "/openseadragon/..%2F..%2F..%2F..%2Fapp.py",
        "/dicomweb/studies/1/series/2/instances/..%2F3/frames/1",
        "/dicomweb/studies/1/series/2/instances/3/metadata",
    ],
)
def test_hostile_addresses_are_not_found(client, address):
    assert client.get(address).status == 404


def test_damage_is_an_answer_and_not_the_end(tmp_path, colour):
    data = bytearray(pacscore.encode(colour, "1.2.840.10008.1.2.4.201"))
    del data[len(data) // 2 :]
    (tmp_path / "cut.j2c").write_bytes(data)
    with serving(tmp_path) as client:
        answer = client.get("/dz/cut.j2c_files/9/1_1.png")
    assert answer.status in (404, 500)
    assert "Traceback" not in answer.text
