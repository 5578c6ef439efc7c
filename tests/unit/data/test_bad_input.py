"""Input that is odd, broken or changes under one's hands: an exact answer or a clear error, never half a version.

Row by row of the list "Bad input" of data versions. What odd tables are equal to, type by type, is in
``test_identity.py`` and ``test_versions.py``; files that change while they are read in pieces in ``test_streams.py``;
remotes in ``test_remotes.py``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import errno
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import nbmlops as ml
from nbmlops.data import files, folders, saving, things
from nbmlops.data.identity import identify
from nbmlops.data.tabular import to_arrow
from nbmlops.errors import RecordError, UsageError
from nbmlops.storage import session
from tests.unit.data.looks import frame, nothing_half, values

pytestmark = pytest.mark.usefixtures("store")

ODD: dict[str, Callable[[], Any]] = {
    "NULL": lambda: pa.table({"i": [1, None], "s": [None, "x"], "n": pa.nulls(2), "t": pa.nulls(2, pa.string())}),
    "NaN, -0.0 and infinities": lambda: pd.DataFrame({"f": [math.nan, -0.0, 0.0, math.inf, -math.inf]}),
    "NaN beside NULL": lambda: pa.table({"f": [math.nan, None, -0.0]}),
    "duplicate column names": lambda: pd.DataFrame([[1, "a"], [2, "b"]], columns=["x", "x"]),
    "zero rows": lambda: pd.DataFrame({"a": pd.Series([], dtype="int64"), "s": pd.Series([], dtype="str")}),
    "zero columns": lambda: pd.DataFrame(index=pd.RangeIndex(3)),
    "zero rows and columns": pd.DataFrame,
    "unused levels": lambda: pd.DataFrame({"c": pd.Categorical(["b", None], categories=["z", "b", "a"])}),
    "time zones": lambda: pd.DataFrame(
        {
            "u": pd.to_datetime(["2020-06-01", None]).tz_localize("UTC"),
            "b": pd.to_datetime(["2020-10-25 02:30", "2020-10-25 03:30"]).tz_localize("Etc/GMT-2"),
        }
    ),
    "nested types": lambda: pa.table({"l": [[{"x": [1, None]}], None], "m": [{"a": 1.5}, {"a": None}]}),
    "decimals": lambda: pa.table(
        {
            "d": pa.array([decimal.Decimal("1.10"), None], pa.decimal128(38, 2)),
            "w": pa.array([decimal.Decimal("1.5"), decimal.Decimal("-2")], pa.decimal256(60, 20)),
        }
    ),
    "times and bytes": lambda: pa.table({"t": [dt.time(1, 2, 3), None], "b": [b"\0", None], "d": [dt.date.max, None]}),
    "names of columns": lambda: pd.DataFrame({"it's": [1], 'say "so"': [2], "a@b~1": [3], "": [4], "a.b": [5]}),
    "long and odd texts": lambda: pd.DataFrame({"t": ["\0", "\U0001f600", "x" * 300_000]}),
}  # fmt: skip


def content(thing: Any) -> str:
    return identify(to_arrow(thing)).content_id


def elsewhere(tmp_path: Path) -> None:
    session.close()
    path = tmp_path / "other" / "mlops.duckdb"
    path.parent.mkdir(exist_ok=True)
    os.environ["NBMLOPS_STORE"] = str(path)  # the fixture `store` puts it back


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_goes_through_everything(name: str, tmp_path: Path) -> None:
    thing = ODD[name]()
    kept = ml.data.save(thing, "keep", mode="keep")
    hashed = ml.data.save(thing, "hash", mode="hash")
    sampled = ml.data.save(thing, "sample", mode="sample")
    assert kept.content_id == hashed.content_id == sampled.content_id == content(thing)
    assert not ml.data.save(ODD[name](), "keep", mode="keep").is_new
    loaded = ml.data.load("keep")
    assert type(loaded) is type(thing)
    assert content(loaded) == kept.content_id
    assert ml.data.load("sample", sample=True) is not None
    for dataset in ("keep", "hash", "sample"):
        page = ml.data.show(dataset)
        assert len(page.df()) == kept.columns
        assert page._shown().html
        diff = ml.data.diff(dataset, ODD[name]())
        assert not diff
    ml.data.save(pd.DataFrame({"other": [1]}), "keep", mode="keep")
    assert "other" in str(ml.data.diff("keep@v1", "keep@v2").to_json())
    ml.data.push("keep", tmp_path / "remote")
    ml.data.gc(keep=1, dry_run=False)
    nothing_half(4)
    with pytest.raises(RecordError, match="collected"):
        ml.data.load("keep@v1")
    elsewhere(tmp_path)
    ml.data.pull("keep", tmp_path / "remote")
    assert content(ml.data.load("keep@v1")) == kept.content_id
    nothing_half(2)


def test_five_thousand_columns_go_through_everything(tmp_path: Path) -> None:
    wide = pd.DataFrame(np.arange(10_000.0).reshape(2, 5000) % 7, columns=[f"c{at}" for at in range(5000)])
    ml.data.save(wide, "wide", key="c0")
    other = wide.copy()
    other["c4999"] = 0.0
    assert ml.data.save(other, "wide").new_bytes < 1_000_000
    found = ml.data.diff("wide@v1", "wide@v2")
    assert found.summary["rows"]["changed"] == 2
    ml.data.push("wide@v2", tmp_path / "remote")
    elsewhere(tmp_path)
    ml.data.pull("wide", tmp_path / "remote")
    pd.testing.assert_frame_equal(ml.data.load("wide"), other)


@pytest.mark.parametrize("mode", ["hash", "keep", "sample"])
def test_a_column_of_mixed_types_makes_no_version(mode: str) -> None:
    ml.data.save(pd.DataFrame({"x": [1]}), "x")
    noon = dt.datetime(2020, 1, 1, 12)  # noqa: DTZ001
    for mixture in (
        [1, "a"], [1, {"a": 1}], [b"x", "x"], ["x", b"x"], [noon.date(), "x"], [object(), None], [True, 1], [2.5, True],
        [noon.date(), noon], [noon, noon.date()], [noon.date(), 5], [noon, 5], [noon, noon.replace(tzinfo=dt.UTC)],
        [noon.time(), 2.5], [dt.timedelta(1), 5], [np.datetime64("2020-01-01"), np.int64(5)], [2.5, noon.date()],
    ):  # fmt: skip
        with pytest.raises(RecordError, match="column 'x' holds") as caught:
            ml.data.save(pd.DataFrame({"x": pd.Series(mixture, dtype=object)}), "x", mode=mode)
        assert "astype" in caught.value.hint
        with pytest.raises(RecordError, match="'x' holds"):
            ml.data.diff("x", pd.DataFrame({"x": pd.Series(mixture, dtype=object)}))
    nothing_half(1)


@pytest.mark.parametrize(
    "values",
    [
        ["x", math.nan, None], [dt.date(2020, 1, 1), math.nan], [1, 2.5], [1, decimal.Decimal("1.5")], [True, None],
        [np.int64(1), 2], [pd.Timestamp(2020, 1, 1).to_pydatetime(), pd.NaT], [[1], [2, 3]], [math.nan, None], [None],
    ],
)  # fmt: skip
def test_a_column_of_objects_of_one_kind_is_exact(values: list[Any]) -> None:
    before = pd.DataFrame({"x": pd.Series(values, dtype=object)})
    ml.data.save(before, "x")
    after = ml.data.load("x")["x"].tolist()
    assert [None if value is None or value != value else value for value in after] == [
        None if value is None or value != value else value for value in values
    ]


# -- what changes meanwhile


def writeable(kind: str) -> tuple[Any, np.ndarray[Any, Any]]:
    """The same values as an object of that kind, and the memory that they lie in."""
    values = np.linspace(1, 2, 1000)
    if kind == "pandas":
        made = pd.DataFrame({"x": values}, copy=False)
        memory = made["x"].to_numpy()
        memory.flags.writeable = True
        return made, memory
    if kind == "arrow":
        return pa.table({"x": pa.array(values)}), values
    return values, values


@pytest.mark.parametrize("mode", ["hash", "keep", "sample"])
@pytest.mark.parametrize("kind", ["pandas", "arrow", "array"])
def test_what_changes_while_it_is_hashed_makes_no_version(
    monkeypatch: pytest.MonkeyPatch, kind: str, mode: str
) -> None:
    if (kind, mode) == ("array", "sample"):
        mode = "hash"
    ml.data.save(frame(), "x")
    thing, memory = writeable(kind)
    real, real_id = things.identify, things.arrays.content_id

    def meddling(found: Any, *rest: Any) -> Any:
        answer = real_id(found, *rest) if kind == "array" else real(found)
        memory[10] = 99.0
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(things, "identify", meddling)
        patched.setattr(things.arrays, "content_id", meddling)
        with pytest.raises(RecordError, match="changed while it was being saved"):
            ml.data.save(thing, "x", mode=mode)
    nothing_half(1)
    assert ml.data.save(thing, "x", mode=mode).number == 2


@pytest.mark.parametrize("mode", ["hash", "keep"])
@pytest.mark.parametrize("single", [True, False])
def test_a_file_deleted_while_it_is_read_makes_no_version(
    monkeypatch: pytest.MonkeyPatch, folder: Path, mode: str, single: bool
) -> None:
    victim, real = folder / "sub" / "b.txt", folders._digest
    thing = victim if single else folder

    def meddling(file: str, size: int) -> str:
        if file == str(victim):
            victim.unlink()
        return real(file, size)

    with monkeypatch.context() as patched:
        patched.setattr(folders, "_digest", meddling)
        with pytest.raises(RecordError, match=r"b\.txt cannot be read[^\0]*deleted meanwhile"):
            ml.data.save(thing, "x", mode=mode)
    nothing_half(0)
    victim.write_text("again")
    assert ml.data.save(thing, "x", mode=mode).number == 1
    nothing_half(1)


@pytest.mark.parametrize("change", ["deleted", "changed"])
def test_a_file_that_is_not_what_it_was_when_it_is_kept_makes_no_version(
    monkeypatch: pytest.MonkeyPatch, folder: Path, change: str
) -> None:
    victim, real = folder / "sub" / "b.txt", saving.look

    def meddling(*values: Any, **more: Any) -> Any:
        found = real(*values, **more)
        victim.unlink() if change == "deleted" else victim.write_text("c" * 100)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(saving, "look", meddling)
        with pytest.raises(RecordError, match=r"cannot read .*b\.txt|b\.txt was changed"):
            ml.data.save(folder, "x", mode="keep")
    nothing_half(0)
    victim.write_text("b" * 100)
    assert (ml.data.save(folder, "x", mode="keep").number, ml.data.load("x") is not None) == (1, True)
    nothing_half(1)


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_table_that_changes_while_its_rows_are_read_makes_no_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"x.{kind}"
    frame().to_csv(path, index=False) if kind == "csv" else frame().to_parquet(path)
    data, real = path.read_bytes(), files._rows

    def meddling(*values: Any, **more: Any) -> Any:
        found = real(*values, **more)
        path.write_bytes(data + b"\n")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(files, "_rows", meddling)
        with pytest.raises(RecordError, match="changes while it is read"):
            ml.data.save(path, "x")
    nothing_half(0)


# -- what cannot be read


@pytest.mark.parametrize("mode", ["hash", "keep"])
def test_a_file_that_the_system_refuses_is_named(mode: str) -> None:
    unreadable = Path("/proc/self/mem")  # anybody may open it; reading its beginning is an input/output error
    with pytest.raises(RecordError, match="mem cannot be read: Input/output error"):
        ml.data.save(unreadable, "x", mode=mode)
    nothing_half(0)


@pytest.mark.parametrize("mode", ["hash", "keep"])
def test_a_file_without_permission_is_named(monkeypatch: pytest.MonkeyPatch, folder: Path, mode: str) -> None:
    real = os.open

    def refusing(file: Any, *values: Any, **more: Any) -> Any:
        if str(file).endswith("b.txt"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))
        return real(file, *values, **more)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refusing)
        with pytest.raises(RecordError, match=r"b\.txt cannot be read: Permission denied[^\0]*permissions"):
            ml.data.save(folder, "x", mode=mode)
    nothing_half(0)
    assert ml.data.save(folder, "x", mode=mode).number == 1


def test_loops_of_links_and_what_is_no_file(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    with pytest.raises(RecordError, match="there is no file or folder"):
        ml.data.save(tmp_path / "one", "x")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(RecordError, match="pipe"):
        ml.data.save(tmp_path / "pipe", "x")
    (folder / "self").symlink_to("self")
    (folder / "sub" / "up").symlink_to("..")
    os.mkfifo(folder / "pipe")
    version = ml.data.save(folder, "x")
    found = ml.data.load("x")
    assert sorted(path.name for path in found.rglob("*") if path.is_file()) == ["a.txt", "b.txt"]
    assert not ml.data.save(folder, "x").is_new
    assert version.files == 4
    assert not ml.data.diff("x", str(folder))
    nothing_half(1)


ODD_NAMES = [
    "a@b.txt",
    "~home",
    "it's",
    'say "so"',
    "new\nline",
    " blank ",
    "$(x)",
    "100%",
    "a[1].txt",
    "ü",
    b"\xff.txt",
]


def test_odd_names_of_files(tmp_path: Path) -> None:
    root = tmp_path / "odd"
    root.mkdir()
    for name in ODD_NAMES:
        (root / os.fsdecode(name)).write_bytes(os.fsencode(name))
    assert ml.data.save(root, "x", mode="keep").files == len(ODD_NAMES)
    found = ml.data.load("x", to=tmp_path / "there")
    assert {os.fsencode(path.name): path.read_bytes() for path in found.iterdir()} == {
        os.fsencode(name): os.fsencode(name) for name in ODD_NAMES
    }
    assert ml.data.diff("x", str(tmp_path / "there")).to_json()
    for at, name in enumerate(ODD_NAMES):  # and each of them alone
        version = ml.data.save(root / os.fsdecode(name), f"one {at}", mode="keep")
        assert ml.data.load(version).read_bytes() == os.fsencode(name)
        assert ml.data.show(version)._shown().html
    ml.data.push("x", tmp_path / "remote")
    elsewhere(tmp_path)
    ml.data.pull("x", tmp_path / "remote")
    assert len(list(ml.data.load("x").iterdir())) == len(ODD_NAMES)


@pytest.mark.parametrize("name", ["a@b", "a~1", "a/b", "..", "it's", 'say "so"', "a\\b", "a\0b"])
def test_a_name_that_could_be_misread_is_refused_everywhere(name: str, tmp_path: Path) -> None:
    version = ml.data.save(frame(), "x")
    calls: list[Callable[[], Any]] = [
        lambda: ml.data.save(frame(), name),
        lambda: ml.data.save(frame(), "x", branch=name),
        lambda: ml.data.tag(version, name),
        lambda: ml.data.branch(version, name),
        lambda: ml.data.pull(name, tmp_path),
        lambda: ml.data.from_dvc(tmp_path / "x.dvc", name),
    ]
    for call in calls:
        with pytest.raises(UsageError) as caught:
            call()
        assert caught.value.hint
    nothing_half(1)


# -- what is missing or damaged in the store


DAMAGES: dict[str, Callable[[Path], Any]] = {
    "gone": Path.unlink,
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
    "empty": lambda path: path.write_bytes(b""),
    "a bit": lambda path: path.write_bytes(path.read_bytes()[:-9] + b"?" + path.read_bytes()[-8:]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_missing_or_damaged_value(store: Path, tmp_path: Path, damage: str) -> None:
    ml.data.save(frame(), "x")
    ml.data.save(frame().assign(price=0.0), "x")
    ml.data.push("x", tmp_path / "remote")
    for path in values(store):
        DAMAGES[damage](path)
    for ref in ("x@v1", "x@v2"):
        with pytest.raises(RecordError, match=r"is gone|is damaged|cannot be read"):
            ml.data.load(ref)
        assert len(ml.data.show(ref).df()) == 2  # schema and profile are on record
    with pytest.raises(RecordError):
        ml.data.diff("x@v1", "x@v2").cells()
    found = ml.data.verify()
    assert set(found.missing if damage == "gone" else found.damaged) == {"x@v1", "x@v2"}
    assert "ml.data.pull(...)" in str(found)
    with pytest.raises(RecordError, match=r"is gone|is damaged"):
        ml.data.push("x", tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere" / "data").exists()
    ml.data.gc(keep=1)
    ml.data.pull("x", tmp_path / "remote")
    nothing_half(2)
    pd.testing.assert_frame_equal(ml.data.load("x@v1"), frame())


@pytest.mark.parametrize("damage", DAMAGES)
def test_saving_over_a_damaged_value_writes_it_anew(store: Path, damage: str) -> None:
    ml.data.save(frame(), "x")
    ml.data.save(frame(2), "x")
    for path in values(store):
        DAMAGES[damage](path)
    ml.data.save(frame(), "x")
    pd.testing.assert_frame_equal(ml.data.load("x@v3"), frame())
    pd.testing.assert_frame_equal(ml.data.load("x@v1"), frame())  # the same values


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_parent_does_not_stand_in_the_way(store: Path, damage: str) -> None:
    rows = 600_000
    before = pd.DataFrame({"id": range(rows), "v": 0.5, "w": np.arange(rows) * 1.5})
    ml.data.save(before, "x", key="id", mode="keep")
    for path in values(store):
        DAMAGES[damage](path)
    after = before.copy()
    after.loc[::50_000, ["v", "w"]] = 7.0
    ml.data.save(after, "x", mode="keep")
    pd.testing.assert_frame_equal(ml.data.load("x@v2"), after)


def test_files_that_cannot_all_be_written_are_not_written_at_all(store: Path, folder: Path, tmp_path: Path) -> None:
    ml.data.save(folder, "x", mode="keep")
    for path in (store.parent / ".nbmlops" / "mlops" / "blobs").rglob("*"):
        if path.is_file() and path.read_bytes() == b"b" * 100:
            path.write_bytes(b"c" * 100)
    for _ in range(2):
        with pytest.raises(RecordError, match="is damaged"):
            ml.data.load("x", to=tmp_path / "there")
        with pytest.raises(RecordError, match="is damaged"):
            ml.data.load("x")
        assert not (tmp_path / "there").exists()
        assert not [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_a_version_that_names_files_outside_of_its_folder_is_refused(folder: Path) -> None:
    kept = folders.manifest(folder)
    evil = folders.Manifest(tuple(dataclasses.replace(file, path=f"../../{file.path}") for file in kept.files))
    form = {"engine": "files", "name": "x", "is_single": False}
    manifest = saving.VersionManifest(form, files=evil, kept={kept.files[0].digest: ("0" * 64, 1)})

    with pytest.raises(RecordError, match="outside of its folder"):
        saving.VersionManifest.unpack(manifest.pack())


# -- a full disk


# -- several at once
