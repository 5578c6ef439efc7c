from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

import pytest

from nbmlops.tracking.browse import compare_page, compare_saved
from nbmlops.tracking.browse.compare import Picture
from nbmlops.tracking.browse.compare_markdown import markdown
from nbmlops.ui.shown import MIME, SNAPSHOT_BYTES, Shown
from tests.unit.tracking.browse.compared import ComparedStore

EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>|`@everyone` #7\n</td>"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Tags(HTMLParser):
    """The names of the elements, and whether each is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag != "img":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def html(store: ComparedStore, picture: Picture) -> str:
    drawn = compare_page.curves(store.con, picture)
    return compare_page.page_html(picture, drawn, compare_saved.thumbnails(picture, store.fetch))


def shown(store: ComparedStore, picture: Picture) -> Shown:
    small = compare_saved.thumbnails(picture, store.fetch)
    return Shown(
        "compare", {}, picture.data(), html(store, picture), compare_page.page_text(picture),
        compare_saved.snapshot(picture, small),
    )  # fmt: skip


@pytest.fixture
def two(compared_store: ComparedStore) -> Picture:
    a = compared_store.run("sgd", params={"lr": 0.003, "depth": 6}, metrics={"acc": [0.5, 0.958]}, source="fit(1)")
    b = compared_store.run("adam", params={"lr": 0.01, "depth": 6}, metrics={"acc": [0.6, 0.972]}, source="fit(2)")
    for run, end in ((a, b""), (b, b"\0")):
        compared_store.output(run, PIXEL + end, mime="image/png")
        compared_store.output(run, f"<table><tr><th>n<tr><td>{run[-1]}</table>", mime="text/html", seq=1)
    compared_store.pin(a)
    return compared_store.look(b, a)


def test_the_static_page_says_what_differs(compared_store: ComparedStore, two: Picture) -> None:
    page = html(compared_store, two)
    tags = Tags(page)
    assert tags.open == []
    assert "script" not in tags.seen
    words = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page)
    for said in ("#1 sgd", "★", "#2 adam", "0.958", "0.972", "+0.014", "×3.33", "1 parameter equal", "fit(2)"):
        assert said in words
    assert page.count("data:image/png;base64,") == 2
    assert "depth" not in words
    assert "<svg" in page


def test_the_text_and_the_markdown_say_the_same(two: Picture) -> None:
    text = compare_page.page_text(two)
    assert text.startswith("#2 adam vs #1 sgd ★\n")
    assert "+0.014 better" in text
    assert "    + fit(2)" in text
    found = markdown(two)
    assert "| `acc` | 0.958 | 0.972 | +0.014 ▲ better |" in found
    assert "| `lr` | 0.003 | 0.01 | ×3.33 |" in found
    assert "equal: 1 parameter" in found
    assert "-fit(1)\n+fit(2)" in found


def test_markup_in_names_values_and_sources_is_text(compared_store: ComparedStore) -> None:
    a = compared_store.run(EVIL, params={EVIL: EVIL}, metrics={EVIL: [1, 2]}, tags={EVIL: EVIL}, source=f"'{EVIL}'")
    b = compared_store.run("b", params={EVIL: 1}, fields={"note": EVIL}, source="```\nx")
    picture = compared_store.look(a, b)
    page = html(compared_store, picture)
    tags = Tags(page)
    assert tags.open == []
    assert not tags.seen & {"script", "img"}
    found = markdown(picture)
    table = [line for line in found.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {5}
    outside = re.sub(r"(?s)````+diff.*?````+|`{2,}.*?`{2,}|`[^`]*`", "", found)
    assert "<script>" not in outside and "@everyone" not in outside and "#7" not in outside


def test_many_runs_show_their_deltas_and_the_best(compared_store: ComparedStore) -> None:
    ids = [compared_store.run(f"r{n}", params={"lr": n}, metrics={"acc": n / 10}) for n in (1, 3, 2)]
    picture = compared_store.look(*ids)
    page = html(compared_store, picture)
    assert re.search(r'nbm-best"[^>]*>0\.3', page)
    assert "| `acc` | 0.1 | **0.3** (+0.2 ▲) | 0.2 (+0.1 ▲) |" in markdown(picture)
    assert compare_page.page_text(picture).startswith("3 runs, compared with #1 r1\n")


@pytest.mark.parametrize("kind", ["params", "runs", "metrics", "code", "packages", "figures", "long"])
def test_what_is_saved_stays_small_and_says_what_is_left_out(compared_store: ComparedStore, kind: str) -> None:
    store = compared_store
    count = 50 if kind == "runs" else 3 if kind == "metrics" else 2
    ids = []
    for n in range(count):
        keys = {"params": 5000, "runs": 300}.get(kind, 3)
        params = {
            f"a_rather_long_parameter_name_{k}": f"a value {k}" if k % 3 else f"a value {n + k}" for k in range(keys)
        }
        if kind == "long":
            params |= {f"prompt{k}": f"{n}{chr(10)}" + "“ü”" * 20_000 for k in range(40)}
        metrics = {f"metric_{k}": [float(n), float(n + k)] for k in range(500 if kind == "metrics" else 4)}
        source = "\n".join(f"line_{k} = {k * n}" for k in range(5000 if kind == "code" else 3))
        run = store.run(f"a run with a name {n}", source=source)
        store.many(run, params, metrics)
        if kind == "packages":
            store.environment(run, f"e{n}", {f"package-{k}": f"{n}.{k}" for k in range(600)})
        for seq in range(30 if kind == "figures" else 0):
            store.output(run, PIXEL + bytes(8000) + str((n, seq)).encode(), mime="image/png", seq=seq)
        ids.append(run)
    picture = store.look(*ids)
    found = shown(store, picture)
    saved = found.saved()
    assert saved is not None, "the saved picture is too large"
    assert len(json.dumps(saved)) <= SNAPSHOT_BYTES
    assert len(found.html.encode()) <= 90_000
    assert len(json.dumps(found.bundle("m"), ensure_ascii=False).encode()) < 200_000
    assert MIME in found.bundle()
    assert Tags(found.html).open == []
    section = max(saved["data"]["sections"], key=lambda each: each.get("differing", 0))
    if kind in ("params", "metrics", "packages"):
        assert re.search(r"first [\d\u202f]+ of [\d\u202f]+ that differ", found.html)
        assert len(section["rows"]) < section["differing"]
    if kind == "runs":
        assert "of 50 runs" in found.html
        assert any("of 50 runs are saved" in note for note in saved["data"]["notes"])
        assert all(len(row["cells"]) == len(saved["data"]["runs"]) for row in section["rows"])
    if kind == "code":
        assert "more changed lines" in found.html
    assert len(compare_page.page_text(picture)) < 100_000
    assert len(markdown(picture)) < 65_536, "GitHub takes no longer comment"


def test_small_figures_are_saved_in_pairs(compared_store: ComparedStore, two: Picture) -> None:
    small = compare_saved.thumbnails(two, compared_store.fetch)
    assert len(small) == 2
    data = compare_saved.snapshot(two, small)
    (outputs,) = [section for section in data["sections"] if section["name"] == "outputs"]
    image = next(pair for pair in outputs["pairs"] if pair["kind"] == "image")
    assert base64.b64decode(image["old"]["data"]) == PIXEL
    assert compare_saved.thumbnails(two, compared_store.fetch, most=100) == {}
