"""The line under a run cell."""

from __future__ import annotations

import re

import pytest

from nbmlops.ui.footer import Footer, FooterMetric, FooterParam, footer_html, footer_text


def seen(footer: Footer) -> str:
    """What a reader sees of the HTML, without signs and style."""
    import html

    text = re.sub(r"<style>.*?</style>", "", footer_html(footer), flags=re.DOTALL).replace("</div><div", "</div>\n<div")
    return html.unescape(re.sub(r"<[^>]*>", "", text)).replace("\u00a0", " ")


FULL = Footer(
    {"number": 12, "name": "baseline"},
    "finished",
    4.2,
    (FooterMetric("val_acc", 0.972, 0.014, True, "#11"),),
    (FooterParam("lr", 0.003, before=0.01, cell_says=0.1),),
)


def test_one_line() -> None:
    line = "#12 baseline · 4.2 s · val_acc 0.972 (+0.014 vs #11) · lr 0.01 -> 0.003 (cell says 0.1)"
    assert footer_text(FULL) == line
    assert seen(FULL) == "■ " + line.replace("+0.014", "+0.014 ▲")


def test_failure_names_the_error_and_warnings_follow() -> None:
    footer = Footer(
        {"number": 3, "name": None}, "failed", 0.5, (), (), "ZeroDivisionError", "division <by> zero", ("disk full",)
    )
    assert footer_text(footer) == "#3 · failed ZeroDivisionError · 500 ms\n    disk full"
    assert seen(footer) == "■ #3 · ● failed ZeroDivisionError · 500 ms\n▲ disk full"
    assert 'title="division &lt;by&gt; zero"' in footer_html(footer)


def params_text(*params: FooterParam, metrics: tuple[FooterMetric, ...] = ()) -> str:
    return footer_text(Footer({"number": 1}, metrics=metrics, params=params)).removeprefix("#1 · ")


def test_what_the_cell_says_is_not_said_twice() -> None:
    assert params_text(FooterParam("n", 100, before=50, cell_says=50)) == "n 100 (cell says 50)"
    assert params_text(FooterParam("n", 1, before=True, cell_says=1.5)) == "n True -> 1 (cell says 1.5)"


def test_the_other_run_is_named_once() -> None:
    two = tuple(FooterMetric(key, 1.0, 0.5, None, "#3") for key in "ab")
    change = FooterParam("n", 100, before=50, against="#3")
    assert params_text(change, metrics=two) == "a 1 (+0.5 vs #3) · b 1 (+0.5) · n 50 -> 100"
    assert params_text(change, FooterParam("m", 2, before=1, against="#3")) == "n 50 -> 100 (vs #3) · m 1 -> 2"
    alone = (FooterMetric("a", 1.0, None, None, "#3"),)
    assert (
        params_text(FooterParam("n", 2, before=1, cell_says=3), metrics=alone) == "a 1 · n 1 -> 2 (vs #3, cell says 3)"
    )
    assert seen(Footer({"number": 1}, metrics=two)).count("vs #3") == 1


def test_a_change_shows_what_differs() -> None:
    assert params_text(FooterParam("x", 0.1000001, before=0.1)) == "x 0.1 -> 0.1000001"
    start = "a" * 100
    text = params_text(FooterParam("path", f"{start}/new.csv", before=f"{start}/old.csv"))
    assert text == f"path …{'a' * 11}/old.csv -> …{'a' * 11}/new.csv"
    shorter = params_text(FooterParam("path", start, before=f"{start}z"))
    old, new = shorter.removeprefix("path ").split(" -> ")
    assert old != new


def test_an_interrupt_is_told_once() -> None:
    footer = Footer({"number": 3}, "interrupted", 0.5, error_name="KeyboardInterrupt")
    assert footer_text(footer) == "#3 · interrupted · 500 ms"
    assert "KeyboardInterrupt" not in footer_html(footer)


@pytest.mark.parametrize("status", ["interrupted", "stopped", "lost", "running"])
def test_any_other_end_is_named(status: str) -> None:
    assert f"#1 · {status}" in footer_text(Footer({"number": 1}, status))


def test_none_is_a_value_and_absent_is_not() -> None:
    params = (FooterParam("a", None, before=1), FooterParam("b", 2))
    assert footer_text(Footer({"number": 1}, params=params)) == "#1 · a 1 -> None · b 2"


def test_the_rest_is_counted() -> None:
    metrics = tuple(FooterMetric(f"m{i}", float(i)) for i in range(5))
    params = tuple(FooterParam(f"p{i}", i) for i in range(4))
    text = footer_text(Footer({"number": 1}, metrics=metrics, params=params))
    assert text.endswith("· p2 2 · 2 more metrics, 1 more param")


def test_nothing_from_the_user_becomes_markup() -> None:
    evil = "<script>\n'\"&" * 500
    footer = Footer(
        {"number": 1, "name": evil},
        "failed",
        1.0,
        (FooterMetric(evil, 1.0, 1.0, True, evil),),
        (FooterParam(evil, evil, evil, evil),),
        evil,
        evil,
        (evil,) * 50,
    )
    out = footer_html(footer)
    assert "<script" not in out
    assert "<button" not in out and "<a " not in out
    assert len(out.encode()) < 60_000
    assert len(footer_text(footer).split("\n")) == 6
    assert "<script>↵'\"&" in seen(footer)


def test_a_note_is_no_warning() -> None:
    footer = Footer({"number": 1}, notes=("recorded in <mlops.duckdb> (new)",))
    assert footer_text(footer).splitlines()[1] == "    recorded in <mlops.duckdb> (new)"
    assert "recorded in &lt;mlops.duckdb&gt; (new)" in footer_html(footer)
    assert "\N{BLACK UP-POINTING TRIANGLE}" not in footer_html(footer)
