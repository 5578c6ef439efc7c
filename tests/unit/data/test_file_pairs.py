"""Files that were modified, looked into: pictures, sounds and texts of every kind, damaged ones among them."""

from __future__ import annotations

import base64
import io
import struct
import wave
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import nbmlops as ml
from nbmlops.data import file_pairs, picture_pairs
from nbmlops.data.file_pairs import FilePair

pytestmark = pytest.mark.usefixtures("store")


def looked_into(folder: Path, name: str, one: bytes, two: bytes) -> FilePair:
    for side, data in (("a", one), ("b", two)):
        (folder / side).mkdir(exist_ok=True)
        (folder / side / name).write_bytes(data)
    (pair,) = file_pairs.pairs(ml.data.diff(folder / "a", folder / "b"))
    return pair


def written(pixels: Any, kind: str, **how: Any) -> bytes:
    sink = io.BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(sink, kind, **how)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        pytest.param("PNG", np.uint16(1000), np.uint16(40000), id="16 bits"),
        pytest.param("TIFF", np.int32(1000), np.int32(40000), id="32 bits"),
        pytest.param("TIFF", np.float32(0.1), np.float32(0.9), id="floats"),
        pytest.param("PNG", np.uint8(10), np.uint8(11), id="8 bits"),
    ],
)
def test_pixels_are_compared_in_the_numbers_that_a_file_holds(tmp_path: Path, kind: str, low: Any, high: Any) -> None:
    one = np.full((20, 20), low)
    two = one.copy()
    two[5:9, 5:9] = high
    name = f"x.{kind.lower()}"
    found = looked_into(tmp_path, name, written(one, kind), written(two, kind))
    assert found.kind == "image"
    assert found.said == "4 % of the pixels changed, within 5, 5 to 8, 8"
    assert len(found.pictures) == 3
    assert found.pictures[0] != found.pictures[1] or kind == "PNG"


def test_pixels_that_are_no_number_are_the_same(tmp_path: Path) -> None:
    one = np.full((8, 8), np.nan, dtype=np.float32)
    found = looked_into(
        tmp_path, "x.tiff", written(one, "TIFF"), written(one, "TIFF", compression="tiff_lzw")
    )  # fmt: skip
    assert found.said == "the same pixels, written anew"


def deep_png(values: Any) -> bytes:
    """A PNG of 16 bits a channel, which Pillow does not write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, _ = values.shape
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_what_is_read_of_a_file_in_part_is_not_called_the_same(tmp_path: Path) -> None:
    one = np.full((4, 4, 3), 1000)
    found = looked_into(tmp_path, "x.png", deep_png(one), deep_png(one + 1))
    assert found.said == "no pixel differs at 8 bits a channel; the files hold more"


def film(*shades: int) -> bytes:
    frames = [Image.new("L", (10, 10), shade) for shade in shades]
    return written(frames[0], "GIF", save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        ((0, 100, 50), (0, 200, 50), "1 of 3 frames changed"),
        ((0, 100), (0, 100, 50), "2 → 3 frames, the same 2 frames"),
        ((0, 100), (9, 200), "2 of 2 frames changed"),
    ],
)
def test_all_frames_are_compared(tmp_path: Path, one: Any, two: Any, said: str) -> None:
    found = looked_into(tmp_path, "x.gif", film(*one), film(*two))
    assert found.said == said
    assert len(found.pictures) == 3


def test_frames_beyond_a_limit_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_pairs, "MOST_PIXELS", 150)
    found = looked_into(tmp_path, "x.gif", film(0, 100), film(0, 200))
    assert found.said == "the same pixels; only the first frame was compared"


def test_a_palette_that_is_another_one_is_seen(tmp_path: Path) -> None:
    colours = [Image.new("RGB", (6, 6), colour) for colour in ("red", "blue")]
    pictures = [each.convert("P", palette=Image.Palette.ADAPTIVE) for each in colours]
    found = looked_into(tmp_path, "x.png", *(written(each, "PNG") for each in pictures))
    assert found.said.startswith("100 % of the pixels changed")


@pytest.mark.parametrize(("one", "two"), [("L", "RGB"), ("1", "L"), ("RGB", "RGBA")])
def test_another_mode_is_told(tmp_path: Path, one: str, two: str) -> None:
    found = looked_into(
        tmp_path, "x.png", written(Image.new(one, (5, 5)), "PNG"), written(Image.new(two, (5, 5)), "PNG")
    )  # fmt: skip
    assert f"mode {one} → {two}" in found.said


def test_one_pixel_of_a_large_picture_is_found_and_seen(tmp_path: Path) -> None:
    one = Image.new("RGB", (3000, 2000))
    two = one.copy()
    two.putpixel((2999, 1999), (1, 0, 0))
    found = looked_into(tmp_path, "x.png", written(one, "PNG"), written(two, "PNG"))
    assert found.said == "1 pixel changed, within 2999, 1999 to 2999, 1999"
    heat = np.asarray(Image.open(io.BytesIO(base64.b64decode(found.pictures[2].split(",")[1]))))
    assert max(heat.shape[:2]) <= 128
    assert 1 <= (heat[..., 3] > 0).sum() <= 4


@pytest.mark.parametrize(("kind", "seen"), [("PNG", 0), ("JPEG", 2)])
def test_too_many_pixels_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, seen: int) -> None:
    monkeypatch.setattr(picture_pairs, "MOST_PIXELS", 100_000)
    one, two = Image.new("RGB", (2400, 1200)), Image.new("RGB", (2400, 1200), "red")
    found = looked_into(tmp_path, f"x.{kind.lower()}", written(one, kind), written(two, kind))
    assert found.said == "2\u202f400 × 1\u202f200 pixels: too many to be compared one by one"
    assert len(found.pictures) == seen  # a JPEG can be read at an eighth of its size


def test_files_are_looked_into_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    real = picture_pairs.compared
    monkeypatch.setattr(picture_pairs, "compared", lambda *both: calls.append("x") or real(*both))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "x.png").write_bytes(written(Image.new("L", (4, 4)), "PNG"))
    (tmp_path / "b" / "x.png").write_bytes(written(Image.new("L", (4, 4), 9), "PNG"))
    ml.data.diff(tmp_path / "a", tmp_path / "b")._shown()
    assert calls == ["x"]


def sound(samples: Any, width: int = 2, rate: int = 8000) -> bytes:
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples)
    return sink.getvalue()


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_sounds_of_every_width(tmp_path: Path, width: int) -> None:
    quiet = {1: b"\x80"}.get(width, bytes(width))
    loud = {1: b"\x00"}.get(width, bytes(width - 1) + b"\x80")
    found = looked_into(tmp_path, "x.wav", sound(quiet * 800, width), sound(quiet * 400 + loud * 400, width))
    assert (found.kind, found.said) == ("audio", "100 ms, 50 % of the samples changed")
    assert found.peaks[0] == (0.0,) * 64
    assert found.peaks[1][-1] == 1.0


def test_another_length_or_rate_is_told(tmp_path: Path) -> None:
    found = looked_into(tmp_path, "x.wav", sound(bytes(1600)), sound(bytes(1600), rate=16000))
    assert found.said == "100 ms → 50 ms, 8\u202f000 → 16\u202f000 Hz"


def test_damaged_files_do_not_hide_the_others(tmp_path: Path) -> None:
    good = sound(bytes(400))
    still = good[:24] + bytes(4) + good[28:]  # at 0 samples a second
    pictures = [written(np.arange(256, dtype=np.uint8).reshape(16, 16) + at, "PNG") for at in (0, 1)]
    files = {
        "rate.wav": (good, still),
        "cut.wav": (good[:30], good[:31]),
        "chunk.wav": (good, good[:16] + b"\xff\xff\xff\x7f" + good[20:]),
        "cut.png": (pictures[0], pictures[1][:-30]),
        "good.png": tuple(pictures),
    }
    for side in (0, 1):
        (tmp_path / str(side)).mkdir()
        for name, both in files.items():
            (tmp_path / str(side) / name).write_bytes(both[side])
    found = ml.data.diff(tmp_path / "0", tmp_path / "1")
    kinds = {pair.path: pair.kind for pair in file_pairs.pairs(found)}
    assert kinds == {**dict.fromkeys(files, "other"), "good.png": "image"}
    assert "100 % of the pixels changed" in found._shown().text


def test_two_single_files_are_looked_into_and_named(tmp_path: Path) -> None:
    one, two = (tmp_path / name for name in ("a.png", "b.png"))
    one.write_bytes(written(Image.new("L", (4, 4)), "PNG"))
    two.write_bytes(written(Image.new("L", (4, 4), 9), "PNG"))
    found = ml.data.diff(one, two)
    assert [pair.kind for pair in file_pairs.pairs(found)] == ["image"]
    assert found.df()["name"].tolist() == ["a.png → b.png"]


@pytest.mark.parametrize("name", ["x.png", "x.wav", "x.txt"])
def test_versions_of_one_file_are_looked_into_and_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for shade in (0, 9):
        data = {"x.png": written(Image.new("L", (4, 4), shade), "PNG"), "x.wav": sound(bytes(400 + 2 * shade))}
        path.write_bytes(data.get(name, f"one\n{shade}\n".encode()))
        ml.data.save(path, "one", mode="keep")
    found = ml.data.diff("one@v1", "one@v2")
    (pair,) = file_pairs.pairs(found)
    assert (pair.path, pair.kind) == (name, {"png": "image", "wav": "audio", "txt": "text"}[name[2:]])
    assert found.df()["name"].tolist() == [name]


def test_renamed_files_have_no_sizes_in_the_place_of_names(tmp_path: Path) -> None:
    for side, name in (("a", "old.bin"), ("b", "new.bin")):
        (tmp_path / side).mkdir()
        (tmp_path / side / name).write_bytes(b"the same")
    found = ml.data.diff(tmp_path / "a", tmp_path / "b")
    assert found.df()[["name", "change", "before", "after"]].values.tolist() == [
        ["old.bin", "renamed", "old.bin", "new.bin"]
    ]
    assert "old.bin → new.bin  renamed       ·      ·" in str(found)


def test_long_lines_are_shown_around_what_differs(tmp_path: Path) -> None:
    one = "a" * 1500 + "left" + "z" * 400
    found = looked_into(
        tmp_path, "x.json", f"{one}\nsame\n".encode(), f"{one.replace('left', 'RIGHTS')}\nsame\n".encode()
    )
    assert found.lines is not None
    old, new = (line for line in found.lines.hunks[0] if line.sign != " ")
    assert "left" in old.text
    assert "RIGHTS" in new.text
    assert [new.text[one:two] for one, two in new.marks] == ["RIGHTS"]
    assert max(len(old.text), len(new.text)) <= 302


def test_many_long_texts_stay_small(tmp_path: Path) -> None:
    for side in "ab":
        (tmp_path / side).mkdir()
        for at in range(12):
            lines = "\n".join(f"{line} {side * 1990}" for line in range(40))
            (tmp_path / side / f"t{at:02}.json").write_text(lines)
    shown = ml.data.diff(tmp_path / "a", tmp_path / "b")._shown()
    assert len(shown.text) < 40_000
    assert "more files differ" in shown.text
    assert len(shown.html.encode()) < 90_000


def test_many_pictures_are_read_up_to_a_limit_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_pairs, "_PIXELS", 250)
    for side, shade in (("a", 0), ("b", 9)):
        (tmp_path / side).mkdir()
        for at in range(3):
            picture = Image.new("L", (10, 10), shade)
            (tmp_path / side / f"{at}.png").write_bytes(written(picture, "PNG"))
    said = [pair.said for pair in file_pairs.pairs(ml.data.diff(tmp_path / "a", tmp_path / "b"))]
    assert [text.split(" pixels")[0] for text in said] == ["100 % of the", "100 % of the", "10 × 10"]
