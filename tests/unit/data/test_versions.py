"""Saving versions and giving them back."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import nbmlops as ml
from nbmlops.data import folders, saving, things
from nbmlops.data.names import Reference, parse
from nbmlops.errors import MLError, RecordError, StoreUnwritable, UnknownReference, UsageError
from nbmlops.storage.blobs import Blobs
from nbmlops.ui.shown import MIME

pytestmark = pytest.mark.usefixtures("store")


def frame(rows: int = 5) -> pd.DataFrame:
    return pd.DataFrame(
        {"id": range(rows), "price": np.linspace(1, 2, rows), "name": [f"n{at % 3}" for at in range(rows)]}
    )


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4),
        np.zeros((0, 3)),
        np.array(5, np.int8),
        np.array([True, False]),
        np.array(["a", "bc"]),
        np.arange(6).reshape(2, 3).T,
        np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
        np.array([1], ">i4"),
    ],
)
def test_an_array_comes_back_as_it_was(array: Any) -> None:
    version = ml.data.save(array, "x")
    after = ml.data.load("x")
    assert (after.dtype.newbyteorder("="), after.shape) == (array.dtype.newbyteorder("="), array.shape)
    assert np.array_equal(after, array)
    assert not ml.data.save(array.copy(), "x").is_new
    assert version.kind == "array"


def test_an_array_of_objects_is_refused() -> None:
    with pytest.raises(RecordError, match="Python objects"):
        ml.data.save(np.array([{}, None]), "x")


def test_files_come_back_as_they_were(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "sub").mkdir(parents=True)
    (root / "a.txt").write_text("a")
    (root / "sub" / "run.sh").write_text("b")
    (root / "sub" / "run.sh").chmod(0o755)
    version = ml.data.save(root, "x")
    (root / "a.txt").write_text("changed")
    copy = ml.data.load("x")
    assert (copy / "a.txt").read_text() == "a"
    assert os.access(copy / "sub" / "run.sh", os.X_OK)
    assert version.files == 2
    assert ml.data.load("x", to=tmp_path / "there") == tmp_path / "there"
    with pytest.raises(UsageError, match="already"):
        ml.data.load("x", to=tmp_path / "there")


@pytest.mark.parametrize("kind", ["parquet", "csv", "json"])
def test_a_file_that_is_a_table_is_both(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.{kind}"
    rows = pa.table({"id": [1, 2], "s": ["a", "b"]})
    {
        "parquet": lambda: pq.write_table(rows, path),
        "csv": lambda: rows.to_pandas().to_csv(path, index=False),
        "json": lambda: path.write_text('{"id":1,"s":"a"}\n{"id":2,"s":"b"}\n'),
    }[kind]()
    version = ml.data.save(path, "x")
    assert (version.rows, version.columns, version.files) == (2, 2, 1)
    assert ml.data.load("x").read_bytes() == path.read_bytes()
    assert ml.data.load("x", as_="arrow").to_pylist() == rows.to_pylist()
    assert version.content_id == ml.data.save(rows, "y").content_id
    if kind == "parquet":  # written anew, the rows are the same
        pq.write_table(rows, path, compression="zstd")
        again = ml.data.save(path, "x")
        assert again.is_new
        assert again.content_id == version.content_id


def test_a_glob_is_its_files(tmp_path: Path) -> None:
    for name in "ab":
        pq.write_table(pa.table({"n": [name]}), tmp_path / f"{name}.parquet")
    version = ml.data.save(f"{tmp_path}/*.parquet", "x")
    assert (version.files, version.rows) == (2, 2)
    assert ml.data.load("x", as_="pandas")["n"].tolist() == ["a", "b"]
    with pytest.raises(RecordError, match="no file matches"):
        ml.data.save(f"{tmp_path}/*.csv", "x")


def test_a_file_that_is_no_table_inside_is_kept_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_text("hello")
    version = ml.data.save(path, "x")
    assert "not readable as a table" in str(version)
    assert ml.data.load("x").read_text() == "hello"


def test_an_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.bin"
    path.write_text("a")

    def refused(file: str, size: int) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(folders, "_digest", refused)
    with pytest.raises(RecordError, match=r"x\.bin cannot be read: Permission denied"):
        ml.data.save(path, "x")
    assert ml.data.list().rows == ()


# -- versions


def test_equal_content_makes_no_new_version() -> None:
    first = ml.data.save(frame(), "train", message="first")
    again = ml.data.save(frame(), "train", message="again")
    assert (first.is_new, again.is_new, again.id) == (True, False, first.id)
    assert "was there already" in str(again)
    other = ml.data.save(frame(6), "train")
    assert (other.number, other.parents) == (2, (first.id,))
    back = ml.data.save(frame(), "train")
    assert (back.number, back.new_bytes < first.new_bytes) == (3, True)


def test_the_same_values_with_another_index_are_another_version_of_the_same_content() -> None:
    one = ml.data.save(frame(), "x")
    two = ml.data.save(frame().set_axis([5, 6, 7, 8, 9]), "x")
    assert two.is_new
    assert two.content_id == one.content_id


def test_only_new_chunks_are_written() -> None:
    rng = np.random.default_rng(0)
    before = pd.DataFrame({name: rng.normal(size=200_000) for name in "abcd"})
    first = ml.data.save(before, "x", mode="keep")
    after = before.assign(a=before["a"] + 1)
    second = ml.data.save(after, "x", mode="keep")
    assert second.new_bytes < 0.3 * first.new_bytes
    pd.testing.assert_frame_equal(ml.data.load("x@v2"), after)
    pd.testing.assert_frame_equal(ml.data.load("x@v1"), before)


def edited(before: pd.DataFrame, rng: np.random.Generator, *, with_rows: bool) -> pd.DataFrame:
    after = before.copy()
    for column in ("a", "s"):
        at = rng.choice(len(after), len(after) // 1000, replace=False)
        after.loc[at, column] = 7.5 if column == "a" else "changed"
    if with_rows:
        low = int(after["id"].min())
        new = pd.DataFrame({"id": [low - 1, low - 2], "a": [1.0, 2.0], "b": [1, 2], "s": ["n", None]})
        kept = after.drop(index=rng.choice(len(after), 200, replace=False))
        after = pd.concat([kept.iloc[:1000], new, kept.iloc[1000:]], ignore_index=True)
    return after


@pytest.mark.parametrize("with_rows", [False, True])
def test_scattered_edits_cost_as_little_as_they_are(with_rows: bool) -> None:
    rng = np.random.default_rng(0)
    rows = 400_000
    first = pd.DataFrame(
        {
            "id": np.arange(rows) * 7,
            "a": rng.normal(size=rows),
            "b": rng.integers(0, 9, rows),
            "s": [f"s{at % 99}" for at in range(rows)],
        }
    )
    one = ml.data.save(first, "x", mode="keep", key="id")
    frames = [first]
    for _ in range(2):
        frames.append(edited(frames[-1], rng, with_rows=with_rows))
        version = ml.data.save(frames[-1], "x", mode="keep")
        assert version.new_bytes < 0.02 * one.new_bytes
    for number, before in enumerate(frames, start=1):
        pd.testing.assert_frame_equal(ml.data.load(f"x@v{number}"), before)


def test_a_shuffled_frame_is_written_anew_rather_than_wrong() -> None:
    before = pd.DataFrame({"id": range(300_000), "a": np.random.default_rng(0).normal(size=300_000)})
    ml.data.save(before, "x", mode="keep")
    after = before.sample(frac=1, random_state=1).reset_index(drop=True)
    ml.data.save(after, "x", mode="keep")
    pd.testing.assert_frame_equal(ml.data.load("x"), after)


def test_large_objects_are_not_copied_silently(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "default_mode", lambda size: "hash" if size > 50 else "keep")
    version = ml.data.save(frame(), "x")
    assert version.mode == "hash"
    assert "mode='keep' keeps the values" in str(version)
    with pytest.raises(RecordError, match="are not kept"):
        ml.data.load("x")
    assert len(ml.data.show("x").df()) == 3
    assert "are not kept" in str(ml.data.show("x"))
    kept = ml.data.save(frame(), "x", mode="keep")
    assert (kept.is_new, kept.content_id) == (True, version.content_id)
    pd.testing.assert_frame_equal(ml.data.load("x"), frame())


def test_a_sample_is_some_rows() -> None:
    version = ml.data.save(frame(30_000), "x", mode="sample")
    assert version.mode == "sample"
    sample = ml.data.load("x", sample=True)
    assert len(sample) == 10_000
    assert set(sample["id"]) <= set(range(30_000))
    with pytest.raises(RecordError, match="sample=True"):
        ml.data.load("x")
    with pytest.raises(UsageError, match="for tables"):
        ml.data.save(np.zeros(3), "y", mode="sample")


# -- references


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("train", Reference("train")),
        ("train@v3", Reference("train", "v3")),
        ("train@main~2", Reference("train", "main", 2)),
        ("train~", Reference("train", "", 1)),
        ("my data.1@gold", Reference("my data.1", "gold")),
        ("train@nb1:abcd", Reference("train", "nb1:abcd")),
    ],
)
def test_references(text: str, found: Reference) -> None:
    assert parse(text) == found


@pytest.mark.parametrize(
    "text", ["", "@v1", "train@", "train@v1@v2", "train~x", "a/b", "'train'", 5, None, "train@a/b"]
)
def test_what_is_no_reference_is_refused(text: Any) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert caught.value.hint


def test_versions_are_named_in_many_ways() -> None:
    one, two, three = (ml.data.save(frame(rows), "train") for rows in (1, 2, 3))
    ml.data.tag("train@v1", "gold")
    ml.data.branch("train@v2", "trial")
    four = ml.data.save(frame(4), "train", branch="trial")
    rows = {
        ref: len(ml.data.load(ref))
        for ref in (
            "train",
            "train@v1",
            "train@gold",
            "train~1",
            "train@main~2",
            "train@trial",
            "train@trial~1",
            "train@latest",
            f"train@{two.content_id[:12]}",
        )
    }
    assert list(rows.values()) == [3, 1, 1, 2, 1, 4, 2, 4, 2]
    assert four.parents == (two.id,)
    assert three.parents == (two.id,)
    assert one.parents == ()


@pytest.mark.parametrize("ref", ["trane", "train@v9", "train@golt", "train~7", "train@nb1:0000"])
def test_what_is_not_there_is_said(ref: str) -> None:
    ml.data.save(frame(), "train")
    ml.data.tag("train", "gold")
    with pytest.raises(UnknownReference) as caught:
        ml.data.load(ref)
    assert caught.value.hint


def test_tags_stay_and_branches_move() -> None:
    ml.data.save(frame(1), "train")
    ml.data.save(frame(2), "train")
    ml.data.tag("train@v1", "gold")
    ml.data.tag("train@v1", "gold")
    with pytest.raises(UsageError, match="at another version"):
        ml.data.tag("train@v2", "gold")
    with pytest.raises(UsageError, match="has a tag"):
        ml.data.branch("train@v2", "gold")
    ml.data.tag("train", "gold", remove=True)
    ml.data.tag("train@v2", "gold")
    ml.data.branch("train@v1", "trial")
    with pytest.raises(UsageError, match="move=True"):
        ml.data.branch("train@v2", "trial")
    ml.data.branch("train@v2", "trial", move=True)
    assert len(ml.data.load("train@trial")) == 2
    with pytest.raises(UsageError, match="main"):
        ml.data.branch("train", "main", remove=True)
    with pytest.raises(UsageError, match="no branch 'other'"):
        ml.data.save(frame(3), "train", branch="other")


@pytest.mark.parametrize("name", ["a@b", "a~1", "a/b", "it's", '"x"', "", "-x", "x" * 101, 5, None, "<b>", "a\nb"])
def test_names_that_could_be_misread_are_refused(name: Any) -> None:
    with pytest.raises(UsageError) as caught:
        ml.data.save(frame(), name)
    assert caught.value.hint
    assert ml.data.list().rows == ()


@pytest.mark.parametrize("name", ["v1", "v12", "latest"])
def test_given_names_are_reserved(name: str) -> None:
    ml.data.save(frame(), "x")
    with pytest.raises(UsageError, match="given by nbmlops"):
        ml.data.tag("x", name)


# -- what goes wrong


def test_a_frame_that_changes_meanwhile_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    before = frame(1000)
    real = things.identify

    values = before["price"].to_numpy()
    values.flags.writeable = True

    def meddling(table: pa.Table) -> Any:
        found = real(table)
        values[10] = 99.0
        return found

    monkeypatch.setattr(things, "identify", meddling)
    with pytest.raises(RecordError, match="changed while it was being saved"):
        ml.data.save(before, "x")
    assert ml.data.list().rows == ()


def test_a_column_of_mixed_types_is_named() -> None:
    with pytest.raises(RecordError, match="'x' holds int, str"):
        ml.data.save(pd.DataFrame({"x": [1, "a"]}), "x")
    with pytest.raises(RecordError, match="values of set"):
        ml.data.save(pd.DataFrame({"x": [{1}, {2}]}), "x")


def test_five_thousand_columns() -> None:
    wide = pd.DataFrame(np.zeros((2, 5000)), columns=[f"c{at}" for at in range(5000)])
    version = ml.data.save(wide, "x")
    assert version.columns == 5000
    pd.testing.assert_frame_equal(ml.data.load("x"), wide)
    assert len(ml.data.show("x")._shown().html) < 90_000


def blob_of(store: Path) -> Path:
    blobs = [path for path in (store.parent / ".nbmlops" / "mlops" / "blobs").rglob("*") if path.is_file()]
    return max((path for path in blobs if path.read_bytes().startswith(b"PAR1")), key=lambda path: path.name)


def test_a_missing_value_is_said(store: Path) -> None:
    ml.data.save(frame(), "x")
    blob_of(store).unlink()
    with pytest.raises(RecordError, match="is gone"):
        ml.data.load("x")


def test_a_damaged_value_is_said(store: Path) -> None:
    ml.data.save(frame(), "x")
    path = blob_of(store)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(RecordError, match="is damaged"):
        ml.data.load("x")


def test_a_full_disk_makes_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Blobs, blocks: Any) -> Any:
        raise StoreUnwritable("cannot write: No space left on device", "free space")

    ml.data.save(frame(), "x")
    with monkeypatch.context() as patched:
        patched.setattr(Blobs, "put", full)
        with pytest.raises(StoreUnwritable):
            ml.data.save(frame(7), "x")
    assert len(ml.data.log("x").rows) == 1
    assert ml.data.save(frame(7), "x").number == 2


def test_a_key_must_be_there() -> None:
    with pytest.raises(UsageError, match="'no'"):
        ml.data.save(frame(), "x", key="no")
    assert ml.data.save(frame(), "x", key="id").key == ("id",)
    assert ml.data.save(frame(6), "x").key == ("id",)  # remembered


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(UsageError, match="no mode 'copy'"):
        ml.data.save(frame(), "x", mode="copy")
    with pytest.raises(MLError, match="no table"):
        ml.data.save(5, "x")


def test_threads_save_at_once() -> None:
    found: list[Any] = []
    threads = [threading.Thread(target=lambda at=at: found.append(ml.data.save(frame(at), "x"))) for at in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(version.number for version in found) == [1, 2, 3, 4]
    assert {len(ml.data.load(f"x@v{number}")) for number in range(1, 5)} == {1, 2, 3, 4}


# -- looking


def test_the_log_has_what_happened() -> None:
    with ml.run("made"):
        ml.data.save(frame(), "train", message="first")
    ml.data.save(frame(6), "train", message="<b>more</b>")
    ml.data.tag("train", "gold")
    log = ml.data.log("train")
    assert log.values("version") == ["v2", "v1"]
    assert log.values("parents") == ["v1", ""]
    assert log.values("refs") == [["gold", "main"], []]
    assert log.values("run")[1]["name"] == "made"  # type: ignore[index]
    assert "<b>" not in log._shown().html.split("</style>")[1].replace("<b>x", "")
    assert ml.data.list().values("count") == [2]


def test_a_page_has_schema_profile_and_rows() -> None:
    ml.data.save(frame(50), "train", message="<script>alert(1)</script>")
    page = ml.data.show("train@v1")
    shown = page._shown()
    assert page.head(3)["id"].tolist() == [0, 1, 2]
    assert page.df()["column"].tolist() == ["id", "price", "name"]
    assert "<script>" not in shown.html
    assert "<svg" in shown.html
    assert "n0" in shown.text
    assert set(shown.bundle()) == {"text/plain", "text/html", MIME}


def test_runs_know_what_they_saved_and_loaded() -> None:
    ml.data.save(frame(), "raw")
    with ml.run("clean") as run:
        ml.data.save(ml.data.load("raw").iloc[:3], "clean")
    edges = ml.sql(
        "SELECT data_edges.run_id, role, dataset FROM data_edges JOIN data_versions USING (version_id) ORDER BY role"
    )
    assert edges["role"].tolist() == ["in", "out"]
    assert edges["dataset"].tolist() == ["raw", "clean"]
    assert set(edges["run_id"]) == {run.id}
    assert ml.sql("SELECT run_id FROM data_versions WHERE dataset = 'clean'")["run_id"][0] == run.id


def test_a_packed_store_has_the_values_and_gives_them_back(store: Path, tmp_path: Path) -> None:
    from nbmlops.storage import session
    from nbmlops.storage.merge import merge
    from nbmlops.storage.pack import pack
    from nbmlops.storage.store import Store

    ml.data.save(frame(), "train")
    ml.data.save(frame(6), "train")
    packed = pack(session.current().store, tmp_path / "packed.duckdb")
    assert packed.missing == 0
    session.close()
    other = Store(tmp_path / "other" / "mlops.duckdb")
    other.path.parent.mkdir()
    other.layout.make()
    merge(other, packed.path)
    os.environ["NBMLOPS_STORE"] = str(other.path)
    pd.testing.assert_frame_equal(ml.data.load("train@v1"), frame())
    pd.testing.assert_frame_equal(ml.data.load("train@v2"), frame(6))
