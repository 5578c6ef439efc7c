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
    (FooterParam("lr", 0.003, before=0.01, cell_says=0.01),),
)


def test_one_line() -> None:
    line = "#12 baseline · 4.2 s · val_acc 0.972 (+0.014 vs #11) · lr 0.01 -> 0.003 (cell says 0.01)"
    assert footer_text(FULL) == line
    assert seen(FULL) == "■ " + line.replace("+0.014", "+0.014 ▲")


def test_failure_names_the_error_and_warnings_follow() -> None:
    footer = Footer(
        {"number": 3, "name": None}, "failed", 0.5, (), (), "ZeroDivisionError", "division <by> zero", ("disk full",)
    )
    assert footer_text(footer) == "#3 · failed ZeroDivisionError · 500 ms\n    disk full"
    assert seen(footer) == "■ #3 · ● failed ZeroDivisionError · 500 ms\n▲ disk full"
    assert 'title="division &lt;by&gt; zero"' in footer_html(footer)


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
