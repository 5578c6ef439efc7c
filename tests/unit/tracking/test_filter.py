from __future__ import annotations

import datetime as dt
import json
import operator as op
import string

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from nbmlops.errors import FilterError
from nbmlops.tracking.filter import FIELDS, KnownNames, compile_filter, parse
from tests.unit.tracking.tracking_store import TinyStore

NAN = float("nan")
NOW = dt.datetime.fromisoformat("2026-01-01 01:00")
KNOWN = KnownNames(
    params=frozenset(
        {
            "lr",
            "model",
            "cfg/opt.lr",
            "müll-key 1",
            "shuffle",
            "both",
            "lr-decay",
            "seed",
            "top k",
            "note",
            "fold",
            "gone",
        }
    ),
    metrics=frozenset({"val_acc", "train/loss", "both", "loss", "error"}),
    tags=frozenset({"team", "best", "3d"}),
)


@pytest.fixture(scope="module")
def store() -> TinyStore:
    tiny = TinyStore()
    tiny.run(
        "adam",
        params={
            "lr": 0.01,
            "model": "gbm",
            "cfg/opt.lr": 1e-3,
            "shuffle": True,
            "lr-decay": 0.5,
            "top k": 5,
            "fold": "3",
        },
        metrics={"val_acc": [0.5, 0.95], "train/loss": [1.0, 0.05], "loss": 0.2},
        tags={"team": "vision", "best": ""},
        fields={"note": "a 'fine' one", "git_dirty": "true"},
    )
    tiny.run(
        "sgd",
        params={"lr": 0.1, "model": "random forest", "müll-key 1": 3, "shuffle": False, "both": 1, "fold": 3},
        metrics={"val_acc": [0.9, 0.8], "loss": NAN, "both": 2.0},
        tags={"team": "audio"},
        status="failed",
        seed=7,
    )
    tiny.run(
        "tree",
        params={"lr": "auto", "model": None, "seed": 3},
        metrics={"loss": float("inf"), "error": 0.5},
        tags={"3d": "1"},
    )
    return tiny


def numbers(store: TinyStore, text: str, known: KnownNames = KNOWN) -> list[int]:
    compiled = compile_filter(text, known, now=NOW)
    return [row[0] for row in store.con.execute(compiled.select("r.number"), dict(compiled.values)).fetchall()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {1, 2, 3}),
        ("val_acc > .9", {1}),
        ("val_acc >= 8e-1", {1, 2}),
        ("train/loss < .1", {1}),
        ("cfg/opt.lr == 1e-3", {1}),
        ("`müll-key 1` = 3", {2}),
        ("müll-key 1 = 3", {2}),
        ("lr-decay=.5", {1}),
        ("top k in (4, 5)", {1}),
        ("param.`top k` = 5", {1}),
        ('"cfg/opt.lr" < 1', {1}),
        ("model = gbm", {1}),
        ("model = 'random forest'", {2}),
        ('model = "random forest"', {2}),
        ("model in (gbm, 'random forest')", {1, 2}),
        ("model not in (gbm)", {2}),
        ("model like 'random%'", {2}),
        ("model ilike 'GBM' or model not like 'g%'", {1, 2}),
        ("model is null", {3}),
        ("model is not null", {1, 2}),
        ("gone is null", {1, 2, 3}),
        ("gone != 1", set()),
        ("not gone = 1", set()),
        ("lr = 0.01", {1}),
        ("lr != 0.01", {2, 3}),
        ("lr > 0", {1, 2}),
        ("lr = auto", {3}),
        ("lr between 0.01 and 0.05", {1}),
        ("lr not between 0.01 and 0.05", {2}),
        ("shuffle = true", {1}),
        ("shuffle is false", {2}),
        ("fold = 3", {1, 2}),
        ("fold = '3'", {1, 2}),
        ("fold > 2", {2}),
        ("loss > 0", {1, 3}),
        ("loss != 0.2", {3}),
        ("not loss = 0.2", {3}),
        ("loss is nan", {2}),
        ("loss is not nan", {1, 3}),
        ("loss is finite", {1}),
        ("loss is inf", {3}),
        ("loss = inf", {3}),
        ("min(val_acc) < .6", {1}),
        ("max(val_acc) >= .9 and last(val_acc) < .9", {2}),
        ("mean(val_acc) > .8", {2}),
        ("count(train/loss) = 2", {1}),
        ("team = vision", {1}),
        ("team", {1, 2}),
        ("not team", {3}),
        ("best and team = vision", {1}),
        ("tag.3d", {3}),
        ("3d", {3}),
        ("git_dirty", {1}),
        ("not git_dirty", {2, 3}),
        ("git_dirty = true", {1}),
        ("12", set()),
        ("#2", {2}),
        ("1..2", {1, 2}),
        ("number in (1, 3)", {1, 3}),
        ("name = adam or name = tree", {1, 3}),
        ("name = adam or name = tree and status = failed", {1}),
        ("(name = adam or name = tree) and not status = failed", {1, 3}),
        ("param.both = 1 and metric.both > 1", {2}),
        ("max(both) = 2", {2}),
        ("status in (failed, lost)", {2}),
        ("started_at > '2026-01-01 00:01:30'", {2, 3}),
        ("started_at > 2026-01-01T00:02:30Z", {3}),
        ("started_at < 2026-01-01", set()),
        ("started_at like '2026-01-01%'", {1, 2, 3}),
        ("age < 57.5m", {3}),
        ("age > 0.5h and age < 1d", {1, 2, 3}),
        ("duration > 10s", {1, 2, 3}),
        ("duration_s < 30.5", {1, 2, 3}),
        ("attempt = 1", {1, 2, 3}),
        ("note = 'a ''fine'' one'", {1}),
        ("run.seed = 7", {2}),
        ("param.seed = 3", {3}),
        ("error = .5", {3}),
        ("user = ada AND host = box", {1, 2, 3}),
        ("id like '%2'", {2}),
    ],
)  # fmt: skip
def test_matches(store: TinyStore, text: str, expected: set[int]) -> None:
    assert set(numbers(store, text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [3, 2, 1]),
        ("order by number", [1, 2, 3]),
        ("order by val_acc desc", [1, 2, 3]),
        ("order by val_acc", [2, 1, 3]),
        ("order by loss", [1, 3, 2]),
        ("order by loss desc", [3, 1, 2]),
        ("order by min(val_acc) desc limit 1", [2]),
        ("order by lr", [1, 2, 3]),
        ("order by team, number desc", [2, 1, 3]),
        ("name != sgd order by started_at asc limit 5", [1, 3]),
        ("limit 0", []),
        ("limit 2", [3, 2]),
    ],
)
def test_order_and_limit(store: TinyStore, text: str, expected: list[int]) -> None:
    assert numbers(store, text) == expected


@pytest.mark.parametrize(
    ("text", "found", "hint"),
    [
        ("val_ac > .9", "no param, metric, tag or run field is called 'val_ac'", "val_acc"),
        ("metric.lr > .9", "no metric is called 'lr'", "loss"),
        ("both = 1", "'both' could mean 2 things", "param.both or metric.both"),
        ("seed = 1", "'seed' could mean 2 things", "param.seed or run.seed"),
        ("lr >", "a value was expected, found the end", ""),
        ("lr = null", "a value was expected, found 'null'", "is null"),
        ("model = nan", "nothing is equal to nan", "is nan"),
        ("> 3", "a name was expected", "val_acc > .9"),
        ("lr = 1 lr = 2", "'lr' was not expected here", "join conditions"),
        ("lr = 1 && lr = 2", "'&&' was not expected here", "write and"),
        ("(lr = 1", "this bracket is never closed", ""),
        ("lr in (1, 2", "this list is never closed", ""),
        ("lr in 1", "in needs a list", "model in"),
        ("name = 'adam", "this ' is never closed", "''"),
        ("lr between 1", "between needs two values", "between 0.1 and 1"),
        ("val_acc = high", "val_acc is a number, 'high' is none", "metric"),
        ("loss = nan", "nothing is equal to NaN", "is nan"),
        ("val_acc", "'val_acc' alone says nothing", "val_acc > 0.9"),
        ("min(lr) > 3", "min( ) is for metrics", ""),
        ("age < 2", "'2' is no length of time", "2d"),
        ("started_at > yesterday", "'yesterday' is no time", "2026-01-31"),
        ("git_dirty = maybe", "is true or false", ""),
        ("val_acc like '1%'", "like is for text", ""),
        ("lr is big", "after is: null", ""),
        ("name is nan", "name is no number", ""),
        ("limit x", "limit", ""),
        ("order by", "a name was expected, found the end", ""),
        ("lr = 1 limit 99999999999", "limit needs a whole number", ""),
        ("lr = '\ud800'", "lone surrogate", ""),
        ("(" * 5000 + "lr = 1" + ")" * 5000, "levels of brackets", ""),
        ("not " * 5000 + "lr = 1", "levels of brackets", ""),
        (" or ".join(["lr = 1"] * 1001), "more than 1000 conditions", ""),
    ],
)
def test_errors_say_what_where_and_what_next(text: str, found: str, hint: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text, KNOWN)
    assert found in caught.value.message
    assert hint in caught.value.hint


def test_caret_stands_under_what_is_wrong() -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter("lr < .1 and val_ac > .9", KNOWN)
    _, line, caret = caught.value.message.split("\n")
    start = caret.index("^")
    assert line[start : start + caret.count("^")] == "val_ac"
    with pytest.raises(FilterError) as caught:
        compile_filter(f"lr < .1 and model = '{'x' * 5000}' and val_ac > .9", KNOWN)
    _, line, caret = caught.value.message.split("\n")
    start = caret.index("^")
    assert line[start : start + caret.count("^")] == "val_ac"
    assert len(line) < 120


def test_no_names_at_all() -> None:
    with pytest.raises(FilterError, match="close to it: name") as caught:
        compile_filter("nam = 1", KnownNames())
    assert "nam" in caught.value.message
    with pytest.raises(FilterError, match="no run has a metric yet"):
        compile_filter("metric.loss = 1", KnownNames())


def test_a_thousand_conditions_run(store: TinyStore) -> None:
    assert numbers(store, " or ".join(f"lr = {i / 100}" for i in range(1000))) == [2, 1]


def test_the_newest_value_of_a_key_counts() -> None:
    store = TinyStore()
    run = store.run(params={"lr": 1}, tags={"team": "a"})
    store.row("params", run, "lr", '"auto"', None, "log", 10**19 // 2, "s1", 2)
    store.row("tags", run, "team", None, 10**19 // 2, "s1", 2)
    known = KnownNames(params=frozenset({"lr"}), tags=frozenset({"team"}))
    assert numbers(store, "lr = auto", known) == [1]
    assert numbers(store, "lr = 1 or lr > 0", known) == []
    assert numbers(store, "team", known) == []


HOSTILE = [
    "it's",
    'say "x"',
    "`tick`",
    "'; drop table _nbm.params; --",
    "🦆 👩\u200d🔬",
    "nul\x00byte",
    "a\nb\tc",
    "{lr}",
    "#12",
    "100%",
    "_",
    "\\",
    "$v0",
    "?",
    "<script>alert(1)</script>",
    "train/loss",
    " lead",
    "and",
    "ünï",
    "\u202eevil",
    "a=b",
    "null",
    "nan",
    "(",
    "a,b",
    "x" * 5000,
]


@pytest.fixture(scope="module")
def hostile() -> TinyStore:
    store = TinyStore()
    for text in HOSTILE:
        store.run(text, params={"p": text, text: 1}, tags={"t": text})
    return store


@pytest.mark.parametrize("number", range(1, len(HOSTILE) + 1))
def test_hostile_text_is_matched_literally(hostile: TinyStore, number: int) -> None:
    text = HOSTILE[number - 1]
    known = KnownNames(params=frozenset({"p", *HOSTILE}), tags=frozenset({"t"}))
    single, double = text.replace("'", "''"), text.replace('"', '""')
    name = text.replace("`", "``")
    assert numbers(hostile, f"param.p = '{single}'", known) == [number]
    assert numbers(hostile, f't = "{double}"', known) == [number]
    assert numbers(hostile, f"name in ('{single}')", known) == [number]
    assert numbers(hostile, f"param.`{name}` = 1", known) == [number]
    assert numbers(hostile, f"p = p and `{name}` = 1", known) == []


PIECES = """
    lr model val_acc train/loss `müll-key 1` both team best seed name status age started_at git_dirty number attempt
    min( max(loss) ( ) , = != < >= and or not in is null nan finite like between order by desc limit 3 .9 1e-3
    'a' "b" ` ' #12 8..12 2d true inf ; -- 2026-01-01
"""
pieces = st.sampled_from(PIECES.split())
quick = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(
    text=st.one_of(
        st.text(max_size=60), st.lists(pieces, max_size=12).map(" ".join), st.lists(pieces, max_size=8).map("".join)
    )
)
def test_any_text_compiles_and_runs_or_is_a_filter_error(store: TinyStore, text: str) -> None:
    try:
        compiled = compile_filter(text, KNOWN, now=NOW)
    except FilterError as error:
        assert error.message
        return
    assert set(store.con.execute(compiled.select("r.number"), dict(compiled.values)).fetchall()) <= {(1,), (2,), (3,)}


@pytest.fixture(scope="module")
def scratch() -> TinyStore:
    store = TinyStore()
    store.run(run_id="r")
    return store


def only(store: TinyStore, table: str, *row: object) -> None:
    """Make this the only row of a table."""
    store.con.execute(f"DELETE FROM _nbm.{table}")
    store.row(table, "r", *row)


@quick
@given(key=st.text(min_size=1, max_size=40), value=st.text(max_size=40))
def test_any_key_and_any_text_value_are_found(scratch: TinyStore, key: str, value: str) -> None:
    only(scratch, "params", key, json.dumps(value), None, "literal", 1, "s1", 1)
    quoted = f"param.`{key.replace('`', '``')}` = '" + value.replace("'", "''") + "'"
    assert numbers(scratch, quoted, KnownNames(params=frozenset({key}))) == [1]


@quick
@given(
    left=st.one_of(st.floats(), st.sampled_from([0.0, 0.5, 1.0])),
    right=st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.0, 0.5, 1.0])),
    operator=st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
)
def test_numbers_compare_as_in_python(scratch: TinyStore, left: float, right: float, operator: str) -> None:
    only(scratch, "params", "p", json.dumps(str(left)), left, "log", 1, "s1", 1)
    only(scratch, "metric_partials", "m", 1, 1, left, 0, 1, left, left, left)
    known = KnownNames(params=frozenset({"p"}), metrics=frozenset({"m"}))
    compare = {"=": op.eq, "!=": op.ne, "<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}[operator]
    expected = left == left and compare(left, right)
    for name in ("p", "m"):
        assert (numbers(scratch, f"{name} {operator} {right!r}", known) == [1]) is expected
        assert (numbers(scratch, f"not {name} {operator} {right!r}", known) == [1]) is (left == left and not expected)


@given(word=st.text(alphabet=string.ascii_letters + string.digits + "_/.-:@+äß#{}", min_size=1, max_size=20))
def test_any_word_can_be_a_name(word: str) -> None:
    assume(word not in FIELDS)
    known = KnownNames(metrics=frozenset({word}))
    written = word if word.lower() not in ("and", "or", "not", "order", "limit") else f"`{word}`"
    assert word in compile_filter(f"{written} > 1", known).values.values()


def test_parse_alone_needs_no_store() -> None:
    query = parse("lr-decay < .1 order by train/loss desc limit 7")
    assert query.tree.limit == 7
    assert query.compile(KNOWN).limit == 7


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("loss <", "a value belongs after it: loss < 0.5"),
        ("loss < and lr > 1", "a value belongs after it: loss < 0.5; text that is also a keyword needs quotes"),
        ("tag = best", "a tag alone means that a run has it: best; one with a value: team = vision"),
        ("tags = best", "a tag alone means that a run has it: best; one with a value: team = vision"),
    ],
)
def test_hints_say_how(text: str, hint: str) -> None:
    known = KnownNames(frozenset({"lr"}), frozenset({"loss"}), frozenset({"best"}))
    with pytest.raises(FilterError) as caught:
        compile_filter(text, known)
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("experiment = wine", True),
        ("lr > 1 or experiment like '%'", True),
        ("#12", True),
        ("8..12", True),
        ("lr > 1 order by number", False),
        ("", False),
    ],
)
def test_a_filter_knows_whether_it_names_runs(text: str, names: bool) -> None:
    assert compile_filter(text, KnownNames(frozenset({"lr"}))).names_runs is names
