"""Charts that a user keeps, shown offline; and their static pictures."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbmlops.ui.charts import MIME, bars, lines, render
from nbmlops.ui.colours import RUN_COLOURS
from nbmlops.ui.spark import common_scale, extremes, spark_svg, spark_text
from nbmlops.ui.svg import Line, svg_lines, ticks

SVG = "{http://www.w3.org/2000/svg}"


def curves(numbers: list[int], points: int = 100) -> pd.DataFrame:
    rows = [
        {"run": f"#{number} m", "step": step, "value": math.nan if step == 40 else math.exp(-step / 10) + number}
        for number in numbers
        for step in range(points)
    ]
    return pd.DataFrame(rows)


def rows_of(spec: dict[str, object]) -> list[dict[str, object]]:
    return next(iter(spec["datasets"].values()))  # type: ignore[attr-defined]


def test_a_run_keeps_its_colour_and_a_clash_is_dashed() -> None:
    spec = lines(curves([2, 1, 12])).to_dict()
    scale = spec["encoding"]["color"]["scale"]
    assert scale == {"domain": ["#2 m", "#1 m", "#12 m"], "range": [RUN_COLOURS[1], RUN_COLOURS[0], RUN_COLOURS[1]]}
    dashes = spec["encoding"]["strokeDash"]["scale"]["range"]
    assert dashes[0] == dashes[1] != dashes[2]
    assert "strokeDash" not in lines(curves([1, 2])).to_dict()["encoding"]


def test_long_curves_are_thinned_and_keep_their_extremes() -> None:
    frame = pd.DataFrame({"step": range(100_000), "value": [math.sin(i / 5000) for i in range(100_000)]})
    frame.loc[54_321, "value"] = 99.0
    kept = rows_of(lines(frame, color=None).to_dict())
    assert len(kept) <= 2000
    assert {"step": 54_321, "value": 99.0} in kept
    assert len(rows_of(lines(curves(list(range(1, 51)), 1000)).to_dict())) <= 20_000


def test_gaps_stay_gaps_and_the_spec_is_strict_json() -> None:
    spec = lines(curves([1])).to_dict()
    json.dumps(spec, allow_nan=False)
    assert {row["step"] for row in rows_of(spec) if row["value"] is None} == {40}


def test_names_with_dots_and_quotes_are_fields_not_paths() -> None:
    frame = pd.DataFrame({"a.b": [1, 2], "l['x']": [1.0, 2.0]})
    spec = lines(frame, x="a.b", y="l['x']", color=None).to_dict()
    assert spec["encoding"]["x"]["field"] == "a\\.b"
    assert spec["encoding"]["y"]["field"] == "l\\[\\'x\\'\\]"
    assert bars(frame, x="l['x']", y="a.b").to_dict()["encoding"]["y"]["field"] == "a\\.b"


def test_the_bundle_of_ours_has_a_picture_and_of_others_has_none() -> None:
    bundle = render(lines(curves([1, 2]), title="<loss>").to_dict())
    assert set(bundle) == {MIME, "text/plain", "image/svg+xml"}
    root = ElementTree.fromstring(bundle["image/svg+xml"])
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert {"<loss>", "#1 m", "#2 m", "step", "value"} <= set(words)
    assert bundle["text/plain"].startswith("<loss>\n#1 m  ▄▃▃")
    assert "save" not in bundle["text/plain"]
    other = {"mark": "bar", "encoding": {}}
    assert render(other)[MIME] == other
    assert set(render(other)) == {MIME, "text/plain"}


def test_charts_read_on_light_and_on_dark_without_being_drawn_again() -> None:
    for chart in (lines(curves([1])), bars(pd.DataFrame({"run": ["#1"], "value": [1.0]}))):
        spec = render(chart.to_dict())[MIME]
        assert spec["background"] == "transparent"
        for part, colours in (
            ("axis", ("labelColor", "titleColor", "domainColor", "tickColor")),
            ("legend", ("labelColor", "titleColor")),
            ("title", ("color", "subtitleColor")),
        ):
            for colour in colours:
                tone = int(spec["config"][part][colour][1:3], 16)
                assert 0x66 <= tone <= 0x99, (part, colour)


def test_a_curve_of_one_point_beside_long_ones_is_seen() -> None:
    frame = pd.concat([curves([1]), pd.DataFrame({"run": ["#2 m"], "step": [3], "value": [2.0]})])
    spec = lines(frame).to_dict()
    line, dot = spec["layer"]
    assert (line["mark"]["type"], dot["mark"]["type"]) == ("line", "point")
    assert spec["datasets"][dot["data"]["name"]] == [{"step": 3, "value": 2.0, "run": "#2 m"}]
    picture = render(spec)["image/svg+xml"]
    assert picture.count("<circle") == 1


def test_whole_steps_have_whole_ticks() -> None:
    few = lines(pd.DataFrame({"step": [1.0, 3.0], "value": [1.0, 2.0]}), color=None).to_dict()
    assert few["encoding"]["x"]["axis"] == {"values": [1, 2, 3], "format": "d"}
    assert "axis" not in lines(curves([1])).to_dict()["encoding"]["x"]
    frame = pd.DataFrame({"step": [0.0, 0.5], "value": [1.0, 2.0]})
    assert "axis" not in lines(frame, color=None).to_dict()["encoding"]["x"]
    assert ticks(0, 2, whole=True) == [0, 1, 2]
    assert ticks(3, 3, whole=True) == [2, 3, 4]


def test_sparks_of_a_column_share_a_scale_that_an_outlier_does_not_set() -> None:
    scale = common_scale([[0.0, 1.0], [0.5, 0.75]])
    assert scale == (0, 1)
    assert spark_text([0.5, 0.75], scale=scale) == "▅▇"
    assert spark_text([0.5, 0.75]) == "▁█"
    assert common_scale([[0.0, 1.0], [0.5, 1e9], [0.5, 0.75]]) == (0, 1)
    assert spark_text([0.5, 1e9], scale=(0, 1)) == "▅█"
    assert common_scale([[math.nan], []]) is None


@pytest.mark.parametrize(
    ("before", "active"),
    [("", "nbmlops"), ("alt.renderers.enable('mimetype')", "mimetype")],
)
def test_a_renderer_that_the_user_chose_stays(before: str, active: str) -> None:
    program = f"""
import altair as alt, pandas as pd
from nbmlops.ui.charts import lines, register_renderer
{before}
register_renderer()
print(alt.renderers.active)
alt.renderers.enable("svg")
lines(pd.DataFrame(dict(step=[1, 2], value=[1., 2.])), color=None)
print(alt.renderers.active)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [active, "svg"]


def test_importing_the_charts_imports_no_altair() -> None:
    program = """
import sys
import nbmlops.ui.charts, nbmlops.ui.footer, nbmlops.ui.html, nbmlops.ui.present, nbmlops.ui.text
print([name for name in ("altair", "pandas", "pyarrow", "IPython") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


number = st.floats(allow_nan=True, allow_infinity=True)


@given(st.lists(st.tuples(number, number), max_size=40), st.text())
def test_any_numbers_make_sound_pictures(points: list[tuple[float, float]], word: str) -> None:
    line = Line(word, [x for x, _ in points], [y for _, y in points])
    picture = svg_lines([line, line], title=word, x_label=word)
    ElementTree.fromstring(picture)
    assert "nan" not in picture.split("</text>")[-1] and "inf " not in picture
    ys = [y for _, y in points]
    spark = spark_svg(ys, "#123456")
    ElementTree.fromstring(spark)
    assert "nan" not in spark and "inf" not in spark
    assert len(spark_text(ys)) == min(len(ys), 8)


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_ticks_cover_the_range_with_few_steps(a: float, b: float) -> None:
    low, high = min(a, b), max(a, b)
    found = ticks(low, high)
    assert found == sorted(found)
    slack = max(abs(low), abs(high)) * 1e-9
    assert found[0] <= low + slack and found[-1] >= high - slack
    assert 2 <= len(found) <= 9


@given(st.lists(number, max_size=300), st.integers(4, 60))
def test_thinning_keeps_ends_and_extremes(values: list[float], limit: int) -> None:
    kept = extremes(values, limit)
    assert len(kept) <= max(limit, 0) or len(values) <= limit
    assert kept == sorted(set(kept))
    finite = [value for value in values if math.isfinite(value)]
    if values:
        assert kept[0] == 0 and kept[-1] == len(values) - 1
    if finite:
        assert {min(finite), max(finite)} <= {values[index] for index in kept}


def test_a_thousand_curves_make_a_small_picture() -> None:
    picture = svg_lines([Line(f"#{i}", list(range(1000)), [float(i)] * 1000) for i in range(1000)])
    assert len(picture) < 120_000
    assert "and 989 more" in picture
