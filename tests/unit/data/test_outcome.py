"""What a diff says: in numbers, frames, JSON, text and pictures."""

from __future__ import annotations

import io
import json
import math
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import nbmlops as ml
from nbmlops.data import parties, payload, place
from nbmlops.errors import RecordError, UnknownReference, UsageError
from nbmlops.ui.desk import answer

pytestmark = pytest.mark.usefixtures("store")


def before() -> pd.DataFrame:
    return pd.DataFrame({"id": range(100), "price": np.arange(100) / 7, "city": ["Berlin", "Paris"] * 50})


def after() -> pd.DataFrame:
    frame = before().drop(index=[3, 4])
    frame.loc[10, "price"] = 99.0
    frame.loc[11, "city"] = "<b>Oslo</b>"
    more = pd.DataFrame({"id": [500], "price": [1.0], "city": ["Rome"]})
    return pd.concat([frame, more], ignore_index=True)


@pytest.mark.parametrize("kept", [True, False])
def test_versions_and_live_frames_are_compared_alike(kept: bool) -> None:
    one: Any = before()
    two: Any = after()
    if kept:
        one, two = ml.data.save(one, "x").name, ml.data.save(two, "x").name
    found = ml.data.diff(one, two)
    assert found
    assert found.summary["rows"] == {"before": 100, "after": 99, "added": 1, "removed": 2, "changed": 2}
    assert found.summary["cells"] == {"price": 1, "city": 1}
    assert (found.summary["method"], found.summary["key"]) == ("by key", ["id"])
    cells = found.cells()
    assert cells[["id", "column", "before", "after"]].values.tolist() == [
        [10, "price", 10 / 7, 99.0],
        [11, "city", "Paris", "<b>Oslo</b>"],
    ]
    assert found.cells("price")["id"].tolist() == [10]
    assert found.cells(limit=1, offset=1)["column"].tolist() == ["city"]
    assert found.rows("removed")["id"].tolist() == [3, 4]
    assert found.rows("added")["city"].tolist() == ["Rome"]
    changed = found.rows("changed")
    assert changed.columns.tolist() == ["id", "price before", "price after", "city before", "city after"]
    assert found.rows()["change"].value_counts().to_dict() == {"changed": 2, "removed": 2, "added": 1}
    assert found.df()["cells"].tolist() == [1, 1]
    assert json.loads(found.to_json())["summary"]["rows"]["added"] == 1


def test_equal_things_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ml.data.save(before(), "x")
    ml.data.save(before().iloc[::-1], "x")
    ml.data.save(before(), "x")

    def refuse(*about: object) -> Any:
        raise AssertionError("a value was read")

    monkeypatch.setattr(payload, "read_blob", refuse)
    found = ml.data.diff("x@v1", "x@v3")
    assert not found
    assert str(found) == "x@v1 → x@v3   identical"


def test_only_chunks_that_differ_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    one = pd.DataFrame({"id": np.arange(400_000), "a": rng.normal(size=400_000), "b": rng.normal(size=400_000)})
    two = one.copy()
    two.loc[5, "a"] = 0.5
    ml.data.save(one, "x", mode="keep", key="id")
    ml.data.save(two, "x", mode="keep")
    read = []
    real = payload.decode_table

    def counted(data: bytes) -> pa.Table:
        table = real(data)
        read.append(table.num_rows)
        return table

    monkeypatch.setattr(payload, "decode_table", counted)
    found = ml.data.diff("x@v1", "x@v2")
    assert found.summary["method"] == "by place"
    assert found.cells()["row"].tolist() == [5]
    assert 0 < len(read) <= 8
    assert max(read) <= 131_072


def test_a_remembered_key_is_used_and_another_can_be_given() -> None:
    one = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 1], "v": [1, 2, 3]})
    two = one.assign(v=[1, 2, 9], a=[1, 2, 1], b=[1, 1, 2])
    ml.data.save(one, "x", key=["a", "b"])
    ml.data.save(two, "x")
    found = ml.data.diff("x@v1", "x@v2")
    assert found.summary["key"] == ["a", "b"]
    assert "(given)" in str(found)
    assert ml.data.diff("x@v1", "x@v2", key="v").summary["key"] == ["v"]
    with pytest.raises(UsageError, match="nope"):
        ml.data.diff("x@v1", "x@v2", key="nope")


def test_what_is_missing_and_what_is_no_number_are_told_apart() -> None:
    one = pa.table({"id": [1, 2, 3, 4], "v": pa.array([None, math.nan, 0.0, math.inf])})
    two = pa.table({"id": [1, 2, 3, 4], "v": pa.array([math.nan, None, -0.0, -math.inf])})
    cells = ml.data.diff(one, two).cells()
    assert cells["id"].tolist() == [1, 2, 4]
    assert cells["before"][0] is None
    assert math.isnan(cells["after"][0])
    shown = str(ml.data.diff(one, two))
    assert "NULL" in shown
    assert "nan" in shown


def test_only_bits_differ() -> None:
    one, two = pa.table({"id": [1], "v": [0.0]}), pa.table({"id": [1], "v": [-0.0]})
    assert "only bits differ" in str(ml.data.diff(one, two))


@pytest.mark.parametrize("place", [1, 2])
def test_of_columns_of_one_name_the_right_one_changed(place: int) -> None:
    one = pd.DataFrame([[1, 2, 3], [4, 5, 6]], columns=["id", "x", "x"])
    two = one.copy()
    two.iloc[1, place] = 9
    found = ml.data.diff(one, two, key="id")
    label = {1: "x", 2: "x (2)"}[place]
    assert found.summary["cells"] == {label: 1}
    assert found.cells()[["column", "before", "after"]].values.tolist() == [[label, 4 + place, 9]]
    assert found.df()["name"].tolist() == [label]


def test_a_column_that_became_numbers_changes_no_cell() -> None:
    one = pd.DataFrame({"id": [1, 2], "flag": [True, False]})
    found = ml.data.diff(one, one.assign(flag=[1, 0]))
    assert found.summary["columns"]["retyped"] == [["flag", "bool", "int64"]]
    assert found.summary["cells"] == {}


@pytest.mark.parametrize("tol", [-1, "x", (1, 2, 3), math.nan, math.inf])
def test_a_tolerance_must_be_one(tol: Any) -> None:
    with pytest.raises(UsageError, match="tolerance"):
        ml.data.diff(before(), after(), tol=tol)


def test_versions_without_values_are_compared_by_their_columns() -> None:
    ml.data.save(before(), "x", mode="hash")
    ml.data.save(after(), "x", mode="hash")
    found = ml.data.diff("x@v1", "x@v2")
    assert "rows cannot be compared" in str(found)
    assert set(found.df()["name"]) == {"id", "price", "city"}
    assert found.profiles["price"][0] is not None
    assert found.cells().empty
    assert found.rows().empty


def test_arrays() -> None:
    one = np.arange(12.0).reshape(3, 4)
    two = one.copy()
    two[1, 2] = 9
    found = ml.data.diff(one, two)
    assert found.cells()[["row", "column", "before", "after"]].values.tolist() == [[1, "[2]", 6.0, 9.0]]
    assert "shape or type changed" in str(ml.data.diff(one, two.T.copy()))
    ml.data.save(one, "x")
    ml.data.save(two, "x")
    assert ml.data.diff("x@v1", "x@v2").summary["cells"] == {"[2]": 1}
    with pytest.raises(UsageError, match="cannot be compared"):
        ml.data.diff(one, before())


def sound(seconds: float) -> bytes:
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((np.sin(np.arange(int(8000 * seconds))) * 20000).astype(np.int16).tobytes())
    return sink.getvalue()


def test_folders_are_compared_file_by_file_and_looked_into(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    root = tmp_path / "data"
    root.mkdir()
    for name, text in (("notes.txt", "a\nb\n"), ("gone.txt", "g"), ("old.bin", "same bytes")):
        (root / name).write_text(text)
    image.new("RGB", (40, 20), "red").save(root / "x.png")
    (root / "s.wav").write_bytes(sound(1))
    (root / "broken.png").write_bytes(b"no picture")
    ml.data.save(root, "x")
    (root / "notes.txt").write_text("a\n<script>c</script>\n")
    (root / "gone.txt").unlink()
    (root / "old.bin").rename(root / "new.bin")
    (root / "more.txt").write_text("m")
    picture = image.new("RGB", (40, 20), "red")
    picture.paste("blue", (0, 0, 4, 20))
    picture.save(root / "x.png")
    (root / "s.wav").write_bytes(sound(2))
    (root / "broken.png").write_bytes(b"no picture either")
    ml.data.save(root, "x")
    for sides in (("x@v1", "x@v2"), ("x@v1", root)):
        found = ml.data.diff(*sides)
        assert found.summary["files"] == {"added": 1, "removed": 1, "modified": 4, "renamed": 1, "unchanged": 0}
        shown = found._shown()
        assert "10 % of the pixels changed" in shown.text
        assert "+ <script>c</script>" in shown.text
        assert "<script>" not in shown.html
        assert "1.0 s → 2.0 s" in shown.text
        assert shown.html.count("data:image/png") == 3
    assert [row["change"] for row in ml.data.diff("x@v1", "x@v2").data()["changes"]].count("renamed") == 1


def test_a_file_written_anew_with_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a\n1\n")
    ml.data.save(path, "x")
    path.write_text("a\r\n1\r\n")
    ml.data.save(path, "x")
    assert "written anew" in str(ml.data.diff("x@v1", "x@v2"))


def test_a_path_and_a_dataset_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.csv").write_text("a\n1\n")
    ml.data.save(pd.DataFrame({"a": [1, 2]}), "known")
    assert ml.data.diff("data.csv", "known").summary["rows"]["added"] == 1
    with pytest.raises(UnknownReference):
        ml.data.diff("unknown", "known")
    with pytest.raises(RecordError):
        ml.data.diff("no/such.csv", "known")


WIDE = [
    pytest.param(pd.DataFrame(np.zeros((3, 5000)), columns=[f"c{at}" for at in range(5000)]), id="5000 columns"),
    pytest.param(pd.DataFrame({"t": ["x" * 5000] * 3, "<b>": ["<img src=x>"] * 3}), id="long texts and markup"),
    pytest.param(pd.DataFrame(), id="nothing"),
    pytest.param(pd.DataFrame([[1, 2]], columns=["x", "x"]), id="the same name twice"),
    pytest.param(pd.DataFrame({"a": [[1, 2], None, []]}), id="nested"),
]


@pytest.mark.parametrize("frame", WIDE)
def test_every_picture_is_small_and_harmless(frame: pd.DataFrame) -> None:
    other = pd.DataFrame({"id": range(2000), "v": ["y" * 300] * 2000})
    for one, two in ((frame, other), (other, frame), (frame, frame.assign(v=1)), (frame.iloc[:1], frame)):
        found = ml.data.diff(one, two)
        shown = found._shown()
        assert len(shown.html.encode()) < 90_000
        assert "<img src=x" not in shown.html
        assert len(shown.text) < 90_000
        json.loads(found.to_json())


# -- what a browser asks


def ask(name: str, **args: Any) -> dict[str, Any]:
    return answer(place.desk(), {"id": 1, "kind": "view", "name": name, "args": args})


def test_a_browser_is_answered() -> None:
    one, two = ml.data.save(before(), "x"), ml.data.save(after(), "x")
    assert ask("datasets")["data"]["rows"][0]["dataset"] == "x"
    assert [row["number"] for row in ask("dataset", dataset="x")["data"]["rows"]] == [2, 1]
    page = ask("dataversion", version=one.id)["data"]
    assert [column["name"] for column in page["columns"]] == ["id", "price", "city"]
    assert page["head"]["rows"][0][0] == 0
    said = {"before": one.id, "after": two.id}
    assert ask("datadiff", **said)["data"]["summary"]["rows"]["removed"] == 2
    assert ask("datadiff/cells", **said, limit=1)["data"]["rows"][0][0] == 10
    assert ask("datadiff/rows", **said, kind="added")["data"]["rows"] == [[500, 1, "Rome"]]


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"before": 5, "after": "x"},
        {"before": "x" * 400, "after": "x"},
        {"before": "nobody", "after": "nobody"},
        {"before": "1'; DROP TABLE runs", "after": "x"},
        {"key": "id"},
        {"key": [1]},
        {"key": ["nope"]},
        {"tol": -1},
        {"tol": "x"},
        {"rows": "many"},
        {"rows": -1},
    ],
)
def test_what_a_browser_should_not_send_is_refused(args: dict[str, Any]) -> None:
    one, two = ml.data.save(before(), "x"), ml.data.save(after(), "x")
    found = ask("datadiff", **{"before": one.id, "after": two.id, **args} if args else args)
    assert found["ok"] is False
    assert found["error"]["hint"]
    assert found["error"]["kind"] in ("UsageError", "UnknownReference")


def test_two_parties_are_looked_up_in_one_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    ml.data.save(before(), "x")
    one, two = parties.parties(("x@v1", "x"))
    assert one.content_id == two.content_id
    assert one.version_id == two.version_id
