"""How the values of parameters are written."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbmlops.tracking.parameters import encode
from nbmlops.tracking.parameters.encoding import MAX_BYTES
from tests.unit.tracking.notebook_cells import Colour, Raises


@pytest.mark.parametrize(
    ("value", "text", "number"),
    [
        (0.01, "0.01", 0.01),
        (True, "true", 1.0),
        (None, "null", None),
        (np.float64(0.5), "0.5", 0.5),
        (np.int32(7), "7", 7.0),
        (np.bool_(True), "true", 1.0),
        (np.array(2.5), "2.5", 2.5),
        (math.inf, '"Infinity"', math.inf),
        (-math.inf, '"-Infinity"', -math.inf),
        (2**53, "9007199254740992", 2.0**53),
        (2**53 + 1, '"9007199254740993"', 2.0**53),
        (10**400, json.dumps("1" + "0" * 400), math.inf),
        ("é🎉 '\"\n<script>", json.dumps("é🎉 '\"\n<script>", ensure_ascii=False), None),
        ([1, (2, {"a": {3}})], '[1, [2, {"a": [3]}]]', None),
        ({1: "a", None: "b"}, '{"1": "a", "None": "b"}', None),
        ([math.nan, np.float32(0.5)], '["NaN", 0.5]', None),
        (np.array([1, 2]), "[1, 2]", None),
        (Path("a/b"), '"a/b"', None),
        (Colour.RED, '"Colour.RED"', None),
        (len, '"len"', None),
        (b"\x00a", json.dumps(repr(b"\x00a")), None),
        (Raises(), '"<Raises: repr raised ValueError>"', None),
        ([Raises()], '["<Raises: repr raised ValueError>"]', None),
        ("\ud800", '"?"', None),
    ],
)
def test_encode(value: object, text: str, number: float | None) -> None:
    assert encode(value) == (text, number)


def test_nan_is_a_number_that_is_none() -> None:
    text, number = encode(math.nan)
    assert text == '"NaN"'
    assert number is not None
    assert math.isnan(number)


def test_an_address_is_left_out() -> None:
    assert encode(object()) == encode(object())


@pytest.mark.parametrize(
    ("value", "length"),
    [("é" * 10_000, 10_000), (list(range(100_000)), 100_000), ({str(i): "x" * 100 for i in range(1000)}, 1000)],
)
def test_what_is_too_long_is_cut_and_marked(value: object, length: int) -> None:
    text, _ = encode(value)
    found = json.loads(text)
    assert found["$truncated"] is True
    assert found["length"] == length
    assert MAX_BYTES * 0.9 < len(text.encode()) <= MAX_BYTES


def test_a_list_that_holds_itself_is_bounded() -> None:
    loop: list[object] = [1]
    loop += [loop, loop]
    assert len(encode(loop)[0].encode()) <= MAX_BYTES


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_plain_values_come_back(value: object) -> None:
    assert json.loads(encode(value)[0]) == value
