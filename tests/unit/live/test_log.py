"""What `ml.log` keeps, and what it refuses."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nbmlops as ml
from nbmlops.errors import RecordError
from nbmlops.tracking import values
from tests.unit.live.conftest import Live

HOSTILE = [
    "'",
    '"',
    "a\nb",
    "<script>alert(1)</script>",
    "'; DROP TABLE runs; --",
    "🎉",
    "a/b",
    "#1",
    "{x}",
    "x" * 5000,
]


def points(live: Live, key: str) -> list[tuple[float, float]]:
    frame = ml.sql("SELECT step, value FROM metrics WHERE key = ? ORDER BY logged_at, step", [key])
    return list(zip(frame["step"], frame["value"], strict=True))


def test_numbers_of_every_kind_come_back(live: Live) -> None:
    numbers = {
        "int": 3, "float": 0.1, "bool": True, "numpy": np.float32(0.5), "numpy_int": np.int64(7),
        "array_of_one": np.array([2.5]), "decimal": Decimal("1.25"), "fraction": Fraction(1, 4),
    }  # fmt: skip
    with ml.run():
        ml.log(numbers, step=1)
    found = {key: points(live, key) for key in numbers}
    assert found == {key: [(1.0, float(np.asarray(value, dtype=float).item()))] for key, value in numbers.items()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.floats(), step=st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_survives_exactly(live: Live, value: float, step: float) -> None:
    with ml.run() as run:
        ml.log(x=value, step=step)
    frame = ml.sql("SELECT step, value FROM metrics WHERE run_id = ?", [run.id])
    assert frame["step"][0] == step
    assert np.array_equal([frame["value"][0]], [value], equal_nan=True)
    assert math.copysign(1, frame["value"][0]) == math.copysign(1, value) or math.isnan(value)


def test_non_finite_values_are_counted_and_left_out_of_the_mean(live: Live) -> None:
    with ml.run():
        for value in (1.0, math.nan, 3.0, math.inf, -math.inf):
            ml.log(loss=value)
    row = ml.sql("SELECT count, non_finite, mean, min, max, last FROM metric_summary").iloc[0]
    assert row.tolist() == [5, 3, 2.0, 1.0, 3.0, -math.inf]


def test_a_step_left_out_counts_each_key_for_itself(live: Live) -> None:
    with ml.run():
        ml.log(a=1)
        ml.log(a=2, b=10)
        ml.log(a=3, step=40)
        ml.log(a=4)
    assert [step for step, _ in points(live, "a")] == [0, 1, 40, 3]
    assert [step for step, _ in points(live, "b")] == [0]


def test_nested_and_hostile_keys_are_kept_literally(live: Live) -> None:
    with ml.run(tags={key: key for key in HOSTILE}, note="\n".join(HOSTILE), name=HOSTILE[3]):
        ml.log({"train": {"loss": 1, "deep": {"er": 2}}})
        ml.log(dict.fromkeys(HOSTILE, 5.0))
        ml.params(dict(zip(HOSTILE, HOSTILE, strict=True)))
    keys = {row[0] for row in live.rows("SELECT DISTINCT key FROM metrics")}
    assert keys == {"train/loss", "train/deep/er", *HOSTILE}
    assert dict(live.rows("SELECT key, value FROM tags")) == {key: key for key in HOSTILE}
    assert live.one("SELECT note FROM runs") == "\n".join(HOSTILE)
    assert live.one("SELECT name FROM runs") == HOSTILE[3]
    assert ml.get("latest").params == dict(zip(HOSTILE, HOSTILE, strict=True))


def test_ten_thousand_keys_in_one_call(live: Live) -> None:
    with ml.run():
        ml.log({f"layer/{number}/a rather long name of a weight": number for number in range(10_000)}, step=1)
    assert live.one("SELECT count(DISTINCT key) FROM metrics") == 10_000
    assert live.one("SELECT count(*) FROM metric_summary WHERE last = max") == 10_000


def test_a_batch_keeps_columns_and_goes_on_counting(live: Live) -> None:
    losses = np.linspace(1, 0, 50_000)
    with ml.run():
        ml.log_batch({"loss": losses, "acc": [math.nan] * 50_000})
        ml.log(loss=-1)
        ml.log_batch({"loss": [7, 8]}, step=[100_000, 100_001])
    assert live.one("SELECT count(*) FROM metrics WHERE key = 'loss'") == 50_003
    assert live.one("SELECT step FROM metrics WHERE value = -1") == 50_000
    assert live.one("SELECT non_finite FROM metric_summary WHERE key = 'acc'") == 50_000
    kept = ml.sql("SELECT value FROM metrics WHERE key = 'loss' AND step < 50000 ORDER BY step")["value"]
    assert np.array_equal(kept, losses)


@pytest.mark.parametrize(
    ("columns", "step", "says"),
    [
        ({"a": [1, 2], "b": [1]}, None, "not of one length"),
        ({"a": [1, 2]}, [1], "not of one length"),
        ({"a": [1, "x"]}, None, "no number"),
        ({"a": [1.0]}, [math.nan], "step must be a finite number"),
    ],
)
def test_a_wrong_batch_keeps_nothing(live: Live, columns: dict[str, Any], step: Any, says: str) -> None:
    with ml.run(), pytest.raises(RecordError, match=says):
        ml.log_batch(columns, step=step)
    assert live.one("SELECT count(*) FROM metrics") == 0


@pytest.mark.parametrize(
    ("value", "says", "hint"),
    [
        ("hello", "found str 'hello'", 'ml.log(text="hello")'),
        ('two\nlines, a quote " and more', "found str", "ml.log(text="),
        (0.5, "found float 0.5", "ml.log(value=0.5)"),
        ([1, 2], "found list [1, 2]", "ml.log_batch({"),
        (Path("a.png"), "found ", "ml.log(name=...)"),
        (np.zeros(3), "found ndarray", "ml.log_batch({"),
    ],
)
def test_a_bare_value_is_refused_in_two_lines(live: Live, value: Any, says: str, hint: str) -> None:
    with ml.run():
        with pytest.raises(RecordError) as caught:
            ml.log(value)
        ml.log(None)
    assert caught.value.message.startswith("ml.log takes key=value or a mapping; found ")
    assert says in caught.value.message
    assert hint in caught.value.hint
    assert len(str(caught.value).splitlines()) == 2
    assert live.one("SELECT count(*) FROM metrics") == 0


@pytest.mark.parametrize(
    ("columns", "step", "says"),
    [
        ([1, 2], None, "ml.log_batch takes a mapping of columns; found list"),
        ("loss", None, "ml.log_batch takes a mapping of columns; found str"),
        (None, None, "ml.log_batch takes a mapping of columns; found None"),
        ({"loss": 0.5}, None, "column 'loss' is no sequence of numbers; found float 0.5"),
        ({"loss": np.array(0.5)}, None, "column 'loss' is no sequence of numbers; found ndarray"),
        ({"loss": "12"}, None, "column 'loss' is no sequence of numbers; found str '12'"),
        ({"loss": [1, 2]}, 5, "column 'step' is no sequence of numbers; found int 5"),
    ],
)
def test_a_batch_that_is_none_is_refused_in_two_lines(live: Live, columns: Any, step: Any, says: str) -> None:
    with ml.run(), pytest.raises(RecordError) as caught:
        ml.log_batch(columns, step=step)
    assert caught.value.message.startswith(says)
    assert len(str(caught.value).splitlines()) == 2


def test_a_series_and_a_frame_are_mappings(live: Live) -> None:
    with ml.run():
        ml.log(pd.Series({"a": 1.0, "b": 2.0}))
        ml.log_batch(pd.DataFrame({"c": [1.0, 2.0]}))
    assert dict(live.rows("SELECT key, count(*) FROM metrics GROUP BY key")) == {"a": 1, "b": 1, "c": 2}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"acc": 0.5, "name": "x"}, {"acc": 0.5}),
        ({"acc": 0.5, "loss": np.float32(0.25), "ok": True, "sub": {"a": 1}}, {"acc": 0.5, "loss": np.float32(0.25)}),
        ({"acc": 0.5, "name": "x", "note": "y"}, {}),
        ({"ok": True, "fine": np.True_}, {}),
        ({"acc": math.nan, "n": 10**30}, {"acc": math.nan, "n": 10**30}),
        ({0: 0.5, 1: 0.25}, {}),
        ({"frame": pd.DataFrame({"a": [1]}), "column": pd.Series([1]), "one": 1}, {}),
        ({"frame": pd.DataFrame({"a": [1]}), "one": 1}, {"one": 1}),
        ({}, {}),
    ],
)
def test_numbers_of_a_mapping(given: dict[Any, Any], kept: dict[str, Any]) -> None:
    assert values.numbers_of(given) == kept


class Hostile:
    """An object that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"x": [1, 2]}, "no single number"),
        ({"x": np.zeros(3)}, r"shape \(3,\)"),
        ({"x": None}, "cannot be logged"),
        ({"x": 1j}, "cannot be logged"),
        ({"x": Hostile()}, "repr raises RuntimeError"),
        ({3: 1.0}, "a key must be text"),
        ({" ": 1.0}, "must not be empty"),
        ({"k" * 20_000: 1.0}, "20,000 characters"),
        ({"x": Path("no such file")}, "nothing at"),
    ],
)
def test_what_cannot_be_logged_is_said_and_nothing_of_the_call_is_kept(
    live: Live, values: dict[Any, Any], says: str
) -> None:
    with ml.run():
        with pytest.raises(RecordError, match=says):
            ml.log({"good": 1.0, **values})
        ml.log(after=2)
    assert [row[0] for row in live.rows("SELECT key FROM metrics")] == ["after"]


def test_a_key_keeps_its_kind(live: Live) -> None:
    with ml.run():
        ml.log(loss=1.0)
        ml.log(text="hello")
        with pytest.raises(RecordError, match="'loss' holds numbers in this run; found a text"):
            ml.log(loss="low")
        with pytest.raises(RecordError, match="'text' holds texts in this run; found a number"):
            ml.log(text=1.0)
        ml.log(loss=0.5, text="again")
    assert live.one("SELECT count(*) FROM metrics") == 2
    assert [row[0] for row in live.rows("SELECT text FROM series ORDER BY step")] == ["hello", "again"]


@pytest.mark.parametrize("step", [math.nan, math.inf, "1", None.__class__, [1]])
def test_a_step_that_is_no_number_is_refused(live: Live, step: Any) -> None:
    with ml.run(), pytest.raises(RecordError, match="step must be a finite number"):
        ml.log(x=1.0, step=step)


def test_files_folders_figures_tables_and_text(live: Live, tmp_path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    (tmp_path / "model.bin").write_bytes(b"weights")
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.txt").write_text("a")
    (folder / "b.txt").write_text("b")
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    table = pd.DataFrame({"x": [1, 2], "y": ["a", None]})
    with ml.run() as run:
        ml.log(model=tmp_path / "model.bin", data=folder)
        ml.log(curve=figure, frame=table, words="w" * 100_000)
        run.artifact(tmp_path / "model.bin", "again.bin")
    plt.close(figure)
    record = ml.get(run.id)
    assert set(record.artifacts) == {"model.bin", "again.bin", "data/deep/a.txt", "data/b.txt"}
    assert record.artifacts["model.bin"].bytes() == b"weights"
    kinds = dict(live.rows("SELECT key, kind FROM series"))
    assert kinds == {"curve": "image", "frame": "table", "words": "text"}
    digests = dict(live.rows("SELECT key, sha256 FROM series"))
    blobs = live.folder / ".nbmlops" / "mlops" / "blobs"
    assert (blobs / digests["curve"][:2] / digests["curve"]).read_bytes().startswith(b"\x89PNG")
    pd.testing.assert_frame_equal(pd.read_parquet(blobs / digests["frame"][:2] / digests["frame"]), table)
    assert (blobs / digests["words"][:2] / digests["words"]).stat().st_size == 100_000


def test_a_ten_megabyte_text_is_bounded_and_marked(live: Live) -> None:
    with ml.run(params={"prompt": "p" * 10_000_000}):
        ml.log(answer="a" * 10_000_000)
    assert len(live.one("SELECT value FROM params")) < 10_000
    assert "truncated" in live.one("SELECT value FROM params")
    assert live.one("SELECT size_bytes FROM series") == 10_000_000
    assert len(live.one("SELECT text FROM series")) <= 1000


def test_many_long_keys_seen_before_are_split_over_lines(live: Live) -> None:
    keys = [f"{number}/" + "k" * 4000 for number in range(400)]  # more than a journal line of 1 MiB
    with ml.run():
        for value in (1.0, 2.0, 3.0):
            ml.log(dict.fromkeys(keys, value))
    assert live.one("SELECT count(*) FROM metrics") == 1200
    assert live.rows("SELECT step, count(*) FROM metrics GROUP BY step ORDER BY step") == [(0, 400), (1, 400), (2, 400)]


@pytest.mark.parametrize("wrong", ["lr", 3, ["lr"]])
def test_params_take_a_mapping(live: Live, wrong: Any) -> None:
    with ml.run(), pytest.raises(RecordError, match="found"):
        ml.params(wrong)
    with pytest.raises(RecordError, match="found"):
        ml.run(params=wrong)


class Sound:
    """As IPython.display.Audio has it."""

    data = b"RIFF"
    mimetype = "audio/wav"

    def _repr_html_(self) -> str:
        return "<audio></audio>"


def test_sounds_and_histograms_are_kept_as_what_they_are(live: Live) -> None:
    with ml.run("media"):
        ml.log(sound=Sound(), weights=np.histogram(np.arange(10), bins=4))
    sound, weights = ml.get("media").series()
    assert (sound.kind, sound.mime, sound.bytes()) == ("audio", "audio/wav", b"RIFF")
    assert (sound._repr_html_() or "").startswith('<audio controls src="data:audio/wav;base64,UklGRg=="')
    assert json.loads(weights.text) == {"counts": [3, 2, 2, 3], "edges": [0, 2.25, 4.5, 6.75, 9]}
    with ml.run("none"), pytest.raises(RecordError, match="no single number"):
        ml.log(pair=(np.arange(3), np.arange(3)))
