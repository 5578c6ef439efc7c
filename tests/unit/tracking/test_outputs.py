"""Output assembly against a small model of what a notebook's output area does."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbmlops.tracking import outputs
from nbmlops.tracking.outputs import OutputItem, OutputLog
from nbmlops.tracking.outputs.streams import Budget, StreamText, bounded

PNG = base64.b64encode(b"\x89PNG not really").decode()


def stream(text: str, name: str = "stdout") -> tuple[str, dict[str, Any]]:
    return "stream", {"name": name, "text": text}


def display(
    data: dict[str, Any], display_id: str | None = None, *, update: bool = False, metadata: dict[str, Any] | None = None
) -> tuple[str, dict[str, Any]]:
    transient = {} if display_id is None else {"display_id": display_id}
    content = {"data": data, "metadata": metadata or {}, "transient": transient}
    return ("update_display_data" if update else "display_data"), content


def clear(wait: bool = False) -> tuple[str, dict[str, Any]]:
    return "clear_output", {"wait": wait}


def taken(*messages: tuple[str, dict[str, Any]]) -> list[OutputItem]:
    log = OutputLog()
    for message in messages:
        log.feed(*message)
    return log.take()


def test_streams_of_one_name_join_until_something_else_is_shown() -> None:
    items = taken(
        stream("a"), stream("b"), stream("x", "stderr"), stream("c"), display({"text/plain": "d"}), stream("e")
    )
    assert [(i.seq, i.kind, i.name, i.text) for i in items] == [
        (0, "stream", "stdout", "ab"),
        (1, "stream", "stderr", "x"),
        (2, "stream", "stdout", "c"),
        (3, "display", None, "d"),
        (4, "stream", "stdout", "e"),
    ]


def test_a_progress_bar_leaves_its_last_state() -> None:
    bar = [stream(f"\r{i:3d}%|{'#' * (i // 10):10s}|", "stderr") for i in range(101)]
    (item,) = taken(stream("before\n", "stderr"), *bar, stream("\nafter\r\n", "stderr"))
    assert item.text == "before\n100%|##########|\nafter\n"
    assert item.size_bytes == len(item.text)
    assert not item.is_truncated


def test_a_shorter_line_overwrites_only_its_own_width() -> None:
    (item,) = taken(stream("abcdef"), stream("\rXY"), stream("\b\b12\b3"))
    assert item.text == "13cdef"


def test_long_text_keeps_beginning_and_end_with_its_size() -> None:
    lines = [f"line {i} é\n" for i in range(20_000)]
    (item,) = taken(*(stream("".join(lines[i : i + 100])) for i in range(0, len(lines), 100)))
    assert item.text is not None
    assert item.is_truncated
    assert item.size_bytes == len("".join(lines).encode())
    assert item.text.startswith("line 0 é\nline 1 é\n")
    assert item.text.endswith("line 19999 é\n")
    head, _, tail = item.text.partition("\n[... ")
    assert 48 * 1024 - 4 < len(head.encode()) <= 48 * 1024
    assert 16 * 1024 - 4 < len(tail.partition("not kept ...]\n")[2].encode()) <= 16 * 1024


def test_the_bound_of_a_stream_is_shared_by_its_pieces() -> None:
    messages = []
    for i in range(40):
        messages += [stream(f"{i:02d}" * 2048 + "\n"), display({"text/plain": str(i)})]
    items = [item for item in taken(*messages) if item.kind == "stream"]
    kept = sum(len((item.text or "").encode()) for item in items)
    assert kept < 64 * 1024 + 40 * 60
    assert sum(item.size_bytes for item in items) == 40 * 4097
    assert not items[0].is_truncated
    assert items[20].is_truncated
    assert items[-1].text == "39" * 2048 + "\n"


def test_update_display_keeps_first_last_and_count() -> None:
    items = taken(
        display({"text/plain": "epoch 0"}, "d"),
        *(display({"text/plain": f"epoch {i}"}, "d", update=True) for i in range(1, 6)),
        display({"text/plain": "nobody asked"}, "unknown", update=True),
    )
    assert [(i.seq, i.name, i.text, i.updates, i.display_id) for i in items] == [
        (0, None, "epoch 0", 0, "d"),
        (0, "last", "epoch 5", 5, "d"),
    ]


def test_clear_output_marks_what_was_there_and_starts_anew() -> None:
    items = taken(stream("old"), clear(), stream("new"))
    assert [(i.seq, i.text, i.is_cleared) for i in items] == [(0, "old", True), (1, "new", False)]


def test_clear_output_that_waits_acts_with_the_next_output_only() -> None:
    log = OutputLog()
    for message in (stream("kept"), clear(wait=True)):
        log.feed(*message)
    assert [(i.text, i.is_cleared) for i in log.take()] == [("kept", False)]
    log.feed(*stream("next"))
    assert [(i.text, i.is_cleared) for i in log.take()] == [("kept", True), ("next", False)]


def test_a_plot_redrawn_often_keeps_the_one_on_the_screen() -> None:
    figure = base64.b64encode(b"x" * 200_000).decode()
    messages = [m for _ in range(200) for m in (clear(wait=True), display({"image/png": figure, "text/plain": "f"}))]
    items = taken(*messages)
    visible = [i for i in items if not i.is_cleared]
    assert [(i.mime, i.size_bytes, i.is_truncated) for i in visible] == [
        ("text/plain", 1, False),
        ("image/png", 200_000, False),
    ]
    assert sum(len(i.data or b"") for i in items) < outputs.CELL_BYTES


def test_a_mime_bundle_gives_one_item_a_mime_type() -> None:
    vega = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "mark": "bar"}
    items = taken(
        display(
            {
                "text/plain": "<Figure>",
                "image/png": PNG,
                "text/html": "<b>x</b>",
                "application/vnd.vegalite.v5+json": vega,
                "application/javascript": "alert(1)",
                "application/vnd.bokehjs_load.v0+json": "huge",
            }
        )
    )
    assert {i.seq for i in items} == {0}
    by_mime = {i.mime: i for i in items}
    assert set(by_mime) == {"text/plain", "image/png", "text/html", "application/vnd.vegalite.v5+json"}
    assert by_mime["image/png"].data == b"\x89PNG not really"
    assert by_mime["image/png"].text is None
    assert '"mark": "bar"' in (by_mime["application/vnd.vegalite.v5+json"].text or "")


def test_widgets_are_their_text() -> None:
    view = {"model_id": "a"}
    items = taken(
        display({"text/plain": "IntSlider()", "application/vnd.jupyter.widget-view+json": view, "text/html": "x"})
    )
    assert [(i.mime, i.text) for i in items] == [("text/plain", "IntSlider()")]


def test_what_nbmlops_shows_is_not_recorded() -> None:
    assert taken(display({"text/html": "footer"}, metadata={"nbmlops": True})) == []


def test_an_error_is_plain_text_with_its_name() -> None:
    content = {"ename": "ValueError", "evalue": "bad", "traceback": ["\x1b[31mTraceback\x1b[39m", "ValueError: bad"]}
    (item,) = taken(("error", content))
    assert (item.kind, item.name, item.text) == ("error", "ValueError", "Traceback\nValueError: bad")


def test_content_beyond_the_bound_of_a_cell_is_marked() -> None:
    figure = base64.b64encode(b"x" * 3_000_000).decode()
    items = taken(*(display({"image/png": figure, "text/plain": "figure"}) for _ in range(4)))
    figures = [i for i in items if i.mime == "image/png"]
    assert [i.is_truncated for i in figures] == [False, False, True, True]
    assert [i.size_bytes for i in figures] == [3_000_000] * 4
    assert figures[3].data is None
    assert [i.text for i in items if i.mime == "text/plain"] == ["figure"] * 4


def test_outputs_beyond_the_bound_of_a_cell_are_counted() -> None:
    items = taken(*(display({"text/plain": str(i)}) for i in range(outputs.CELL_ITEMS + 25)), stream("end"))
    assert len(items) == outputs.CELL_ITEMS + 1
    assert (items[-1].text, items[-1].is_truncated) == ("26 further outputs not kept", True)


def test_what_comes_after_the_end_is_late() -> None:
    log = OutputLog()
    log.feed(*stream("in time"))
    log.feed(*display({"text/plain": "0"}, "d"))
    log.feed(*stream("also"))
    log.end()
    assert [i.is_late for i in log.take()] == [False, False, False]
    log.feed(*stream(" and late"))
    log.feed(*display({"text/plain": "1"}, "d", update=True))
    log.feed(*stream("r"))
    assert [(i.seq, i.name, i.text, i.is_late, i.updates) for i in log.take()] == [
        (1, "last", "1", True, 1),
        (3, "stdout", " and later", True, 0),
    ]
    assert log.take() == []
    log.feed(*display({"text/plain": "2"}, "d", update=True))
    assert [(i.seq, i.text, i.updates) for i in log.take()] == [(1, "2", 2)]


def test_surrogates_and_odd_values_are_kept_readable() -> None:
    items = taken(
        stream("a\ud800b"), display({"text/plain": ["x\n", "y"], "image/png": "not base64!", "application/json": [1]})
    )
    assert [i.text for i in items] == ["a?b", "x\ny", "not base64!", "[1]"]
    for item in items:
        (item.text or "").encode()


TEXT = st.text(alphabet="ab\n\r\x08é€😀 ", max_size=12)
MESSAGES = st.lists(
    st.one_of(
        st.builds(stream, TEXT, st.sampled_from(["stdout", "stderr"])),
        st.builds(display, st.fixed_dictionaries({"text/plain": TEXT}), st.sampled_from([None, "p", "q"])),
        st.builds(
            display, st.fixed_dictionaries({"text/plain": TEXT}), st.sampled_from(["p", "q", "r"]), update=st.just(True)
        ),
        st.builds(clear, st.booleans()),
        st.just(("error", {"ename": "E", "evalue": "e", "traceback": ["E: e"]})),
    ),
    max_size=30,
)


def screen(text: str) -> str:
    """What a terminal line discipline leaves, character by character."""
    lines: list[list[str]] = [[]]
    cursor = 0
    for character in text:
        if character == "\n":
            lines.append([])
            cursor = 0
        elif character == "\r":
            cursor = 0
        elif character == "\x08":
            cursor = max(0, cursor - 1)
        else:
            lines[-1][cursor : cursor + 1] = [character]
            cursor += 1
    return "\n".join("".join(line) for line in lines)


def output_area(messages: list[tuple[str, dict[str, Any]]]) -> list[list[Any]]:
    """The visible outputs as [kind, name, raw text, display id]."""
    shown: list[list[Any]] = []
    is_due = False
    for msg_type, content in messages:
        if msg_type == "clear_output":
            is_due = content["wait"]
            if not is_due:
                shown.clear()
            continue
        if msg_type == "update_display_data":
            for output in shown:
                if output[3] is not None and output[3] == content["transient"]["display_id"]:
                    output[2] = content["data"]["text/plain"]
            continue
        if is_due:
            shown.clear()
            is_due = False
        if msg_type == "stream":
            if shown and shown[-1][:2] == ["stream", content["name"]]:
                shown[-1][2] += content["text"]
            else:
                shown.append(["stream", content["name"], content["text"], None])
        elif msg_type == "error":
            shown.append(["error", "E", "E: e", None])
        else:
            shown.append(["display", None, content["data"]["text/plain"], content["transient"].get("display_id")])
    return shown


@given(MESSAGES, st.lists(st.integers(0, 30), max_size=5))
@settings(max_examples=300, deadline=None)
def test_the_newest_items_are_what_the_notebook_shows(
    messages: list[tuple[str, dict[str, Any]]], looks: list[int]
) -> None:
    log = OutputLog()
    newest: dict[tuple[int, str, str | None], OutputItem] = {}
    for index, message in enumerate(messages):
        if index in looks:
            newest.update({(i.seq, i.mime, i.name): i for i in log.take()})
        log.feed(*message)
    log.end()
    newest.update({(i.seq, i.mime, i.name): i for i in log.take()})
    assert log.take() == []

    visible: dict[int, OutputItem] = {}
    for item in sorted(newest.values(), key=lambda i: (i.seq, i.updates)):
        if not item.is_cleared:
            visible[item.seq] = item
    assert [(i.kind, i.name if i.kind != "display" else None, i.text) for i in visible.values()] == [
        (kind, name, screen(text) if kind == "stream" else text) for kind, name, text, _ in output_area(messages)
    ]


@given(st.lists(st.tuples(st.integers(0, 1), st.text(alphabet="a\né😀", max_size=60)), max_size=40), st.integers(8, 64))
@settings(max_examples=300, deadline=None)
def test_streams_stay_within_their_bound_and_count_right(writes: list[tuple[int, str]], limit: int) -> None:
    budget = Budget(limit)
    pieces: list[StreamText] = []
    written = ["", ""]
    for which in (0, 1):
        pieces.append(StreamText(budget))
        for _, text in (write for write in writes if write[0] == which):
            pieces[which].write(text)
            written[which] += text
    kept = 0
    for piece, whole in zip(pieces, written, strict=True):
        text, size, is_truncated = piece.text()
        assert size == len(whole.encode())
        if is_truncated:
            head, _, rest = text.partition("\n[... ")
            missing, _, tail = rest.partition(" bytes not kept ...]\n")
            assert whole.startswith(head)
            assert whole.endswith(tail)
            assert len(head.encode()) + len(tail.encode()) + int(missing) == size
            kept += len(head.encode()) + len(tail.encode())
        else:
            assert text == whole
            kept += size
    line_not_yet_ended = limit // 4
    assert kept <= limit * 3 // 4 + limit // 4 + line_not_yet_ended


@pytest.mark.parametrize("limit", [10, 11, 12, 13])
def test_bounded_never_cuts_a_character(limit: int) -> None:
    text, size, is_truncated = bounded("é€😀" * 10, limit)
    assert (size, is_truncated) == (90, True)
    assert "\ufffd" not in text
