"""Whose the rules of the style sheets are: a view's own rules reach nothing but that view."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHARED = ("base", "parts", "plot", "diff")
"""Files of what several views show; ``lab`` is of JupyterLab's side, ``index`` only imports."""

ROOTS = {"live": '.nbm-live[data-view="live"]', "sidebar": ".nbm-panel"}
"""Where the root of a view is not its name; every view is ``.nbm-live``, so that one needs more."""


def selectors(css: str) -> list[str]:
    """Every selector of every rule, those within ``@media`` and ``@container`` too."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"@import[^;]*;|@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", css)
    heads = (head.strip() for head in re.findall(r"([^{}]+)\{", css))
    return [one.strip() for head in heads if not head.startswith("@") for one in re.split(r",(?![^(]*\))", head)]


def views(root: Path) -> list[str]:
    found = [path.stem for path in (root / "js/style").glob("*.css") if path.stem not in (*SHARED, "lab", "index")]
    assert len(found) == 12, "a new view needs no change here but this number"
    return sorted(found)


def sources(root: Path, view: str) -> str:
    """What a view is made of: ``views/NAME*.ts`` and ``views/NAME/``; the panel has its own folder."""
    folder = root / "js/src" / ("lab/panel" if view == "sidebar" else "views")
    wanted = re.compile(r"" if view == "sidebar" else rf"{view}(?=[-A-Z./])")
    found = [
        path.read_text()
        for path in folder.rglob("*.ts")
        if wanted.match(path.relative_to(folder).as_posix()) and ".test." not in path.name
    ]
    assert found, view
    return "\n".join(found)


def test_the_rules_of_a_view_begin_with_its_root(root: Path) -> None:
    astray = {
        f"{view}.css: {selector}"
        for view in views(root)
        for selector in selectors((root / f"js/style/{view}.css").read_text())
        if not re.match(re.escape(ROOTS.get(view, f".nbm-{view}")) + r"(?![\w-])", selector)
    }
    assert astray == set()


def test_shared_rules_stay_within_what_is_ours(root: Path) -> None:
    ours = re.compile(r"(\.jp-OutputArea |\[data-jp-theme-light=\"false\"\] )?\.nbm-[\w-]+")
    astray = {
        f"{name}.css: {selector}"
        for name in SHARED
        for selector in selectors((root / f"js/style/{name}.css").read_text())
        if not ours.match(selector)
    }
    assert astray == set()


def test_a_view_styles_no_class_that_another_view_uses(root: Path) -> None:
    """Views open inside one another, so that a root alone does not keep their rules apart."""
    shared = {f"nbm-{view}" for view in views(root)} | {
        name
        for file in (*SHARED, "lab")
        for name in re.findall(r"\.(nbm-[\w-]+)", (root / f"js/style/{file}.css").read_text())
    }
    used = {view: set(re.findall(r"(?<!-)nbm-[\w-]*\w", sources(root, view))) for view in views(root)}
    astray = {
        f"{name} of {view}.css is a class of {other} too"
        for view in used
        for name in set(re.findall(r"\.(nbm-[\w-]+)", (root / f"js/style/{view}.css").read_text())) - shared
        for other in used
        if other not in (view, "sidebar") and view != "sidebar" and name in used[other]
    }
    assert astray == set()


@pytest.mark.parametrize(
    ("css", "found"),
    [
        (".a,\n.b > :is(c, d) { x: y }", [".a", ".b > :is(c, d)"]),
        ("@media (hover) { .a { x: y } } @keyframes k { from { x: y } to { x: y } } .b {}", [".a", ".b"]),
        ("/* .no { } */ .a { x: y } @import './b.css';", [".a"]),
    ],
)
def test_selectors_are_read(css: str, found: list[str]) -> None:
    assert selectors(css) == found
