"""The %mlrun line: what it accepts, and how it refuses."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from IPython.utils.process import arg_split

from nbmlops.errors import UsageError
from nbmlops.tracking.line import USAGE, RunLine, check_name, parse, split_cell
from nbmlops.tracking.line.words import words

NAMESPACE = {"base": 0.1, "k": 3, "data": ["a frame"]}


def evaluate(text: str) -> object:
    return eval(text, dict(NAMESPACE))


def overrides(line: str) -> dict[str, object]:
    return parse(line, evaluate).overrides


def test_everything_on_one_line() -> None:
    line = parse(
        'adam lr=0.1 layers=[64, 32] note="a b" --experiment wine --tag best --tag team="computer vision" '
        '--note "it\'s the first" --seed 3 --params a,cfg/b --quiet'
    )
    assert line == RunLine(
        name="adam",
        overrides={"lr": 0.1, "layers": [64, 32], "note": "a b"},
        experiment="wine",
        tags={"best": None, "team": "computer vision"},
        note="it's the first",
        seed=3,
        params=("a", "cfg/b"),
        quiet=True,
    )


def test_an_empty_line_is_an_unnamed_run() -> None:
    assert parse("") == RunLine()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-3", 1e-3),
        ("-5", -5),
        ("1_000", 1000),
        ("None", None),
        ("True", True),
        ("(64, 32)", (64, 32)),
        ("{1, 2}", {1, 2}),
        ('{"a": [1, 2]}', {"a": [1, 2]}),
        ("{}", {}),
        ('"0.1"', "0.1"),
        ('"a\\nb"', "a\nb"),
        ("r'a\\d b'", "a\\d b"),
        ("'say \"hi\"'", 'say "hi"'),
        ("adam", "adam"),
        ("resnet-50", "resnet-50"),
        ("data/train.csv", "data/train.csv"),
        ("train@v3", "train@v3"),
        ("us-east-1", "us-east-1"),
        ("2024-10-12", "2024-10-12"),
        ("2024-01-01", "2024-01-01"),
        ("x,y", "x,y"),
        ("#fff", "#fff"),
        ("1#2", "1#2"),
        ("''#", "#"),
        ("🎉", "🎉"),
        ("<script>", "<script>"),
        ("a{b}c", "a{b}c"),
        ("a=b", "a=b"),
        ('don"\'"t', "don't"),
        ("'; DROP TABLE runs; --'", "'; DROP TABLE runs; --"[1:]),
    ],
)
def test_values(written: str, value: object) -> None:
    found = overrides(f"k={written} z=1")
    assert found == {"k": value, "z": 1}
    assert type(found["k"]) is type(value)


@pytest.mark.parametrize(
    ("written", "value"),
    [("{base / 2}", 0.05), ("{0.1}", 0.1), ("{data}", ["a frame"]), ('{f"fold {k}"}', "fold 3"), ('{"a": base}', None)],
)
def test_braces_compute(written: str, value: object) -> None:
    assert overrides(f"x={written}") == {"x": {"a": 0.1} if value is None else value}


def test_a_computed_object_is_the_very_object() -> None:
    assert overrides("x={data}")["x"] is NAMESPACE["data"]


def test_a_failing_expression_says_why() -> None:
    with pytest.raises(UsageError, match=r"x=\{nothing\} failed: NameError"):
        overrides("x={nothing}")


def test_nothing_is_computed_when_the_line_is_wrong() -> None:
    asked: list[str] = []
    with pytest.raises(UsageError, match="unknown option"):
        parse("x={base} --colour red", asked.append)
    assert asked == []


@pytest.mark.parametrize(
    "written",
    [
        "0.1*2",
        "foo(3)",
        "a.b+1",
        "1/3",
        "base/2",
        "lr/10",
        "-base",
        "cfg['lr']",
        "[a, b]",
        'f"{k}"',
        "2**3",
        "a|b",
        "a<b",
    ],
)
def test_what_looks_like_an_expression_is_refused_with_the_hint(written: str) -> None:
    with pytest.raises(UsageError, match="looks like an expression") as caught:
        overrides(f"lr={written}")
    assert f"lr={{{written}}}" in caught.value.hint


@pytest.mark.parametrize("written", ["0.1*2", "a+b", "1/3", '[a, "b"]', "f('x')"])
def test_the_hint_of_a_refusal_is_right(written: str) -> None:
    with pytest.raises(UsageError) as caught:
        overrides(f"lr={written}")
    quoted = re.search(r", lr=(.*) is text", caught.value.hint)
    assert quoted is not None
    assert overrides(f"lr={quoted[1]}") == {"lr": written}


@pytest.mark.parametrize(
    ("line", "says", "hints"),
    [
        ("train/loss=3", "'train/loss'", "Python name"),
        ("2lr=3", "'2lr'", "Python name"),
        ("class=3", "'class'", "Python name"),
        ("lr = 3", "'lr = 3'", "no spaces around =: lr=3"),
        ("x lr = 0.1", "'lr = 0.1'", "no spaces around =: lr=0.1"),
        ("lr =3 wd=1", "'lr =3'", "no spaces around =: lr=3"),
        ("= 3", "'= 3'", "no spaces"),
        ("lr=0.1, wd=2", "'lr=0.1,'", "no comma between k=v: lr=0.1 wd=2"),
        ("lr=0.1,", "'lr=0.1,'", 'lr="0.1,"'),
        ("lr=[1, 2], wd=2", "'lr=[1, 2],'", "no comma"),
        ('lr="a", wd=2', "'lr=\"a\",'", "no comma"),
        ("lr=0.1,wd=2", "'lr=0.1,wd=2'", "no comma between k=v: lr=0.1 wd=2"),
        ("adam, lr=0.1", "'adam,'", "no comma"),
        ("12", "'12' cannot name a run", "run-12"),
        ("begin 12", "'12' cannot name a run", "%mlrun resume 12"),
        ('"#3"', "'#3' cannot name a run", "run-3"),
        ("8..12", "'8..12' cannot name a run", "another name"),
        ("latest", "'latest' cannot name a run", "another name"),
        ("last~2", "'last~2' cannot name a run", "another name"),
        ('"best:acc"', "'best:acc' cannot name a run", "another name"),
        ("min:loss", "'min:loss' cannot name a run", "another name"),
        ("a --live --quiet", "--live and --quiet together", "keep one of them"),
        ("lr= 3", "lr= has no value", "no spaces"),
        ("lr=1 lr=2", "lr is given twice", "keep one"),
        ("a b", "one name", "quoted"),
        ("a # why", "one name", "comment"),
        ("a \\", "one name", "one line"),
        ('a "b', "not closed", '"'),
        ("x=[1, 2", "not closed", "close it"),
        ("shuffle=false", "text in Python", "shuffle=False"),
        ("x=null", "text in Python", "x=None"),
        ("--exper a", "unknown option --exper", "--experiment"),
        ("-x", "unknown option -x", "--help"),
        ("--tag", "needs a value", "--tag"),
        ("--note --quiet", "needs a value", "--note"),
        ("--quiet=1", "takes no value", "--quiet"),
        ("--note a --note b", "given twice", "--note"),
        ("--seed 1.5", "whole number", "--seed 0"),
        ("--params a,,b", "empty name", "--params"),
        ("--tag =x", "no name", "--tag"),
        ('--experiment ""', "empty", "--experiment"),
        ('""', "name is empty", "name"),
        ('"begin"', "'begin'", "begin-1"),
        ("a end", "one name", "quoted"),
        ("resume", "names one run", "resume 12"),
        ("resume 1 2", "names one run", "resume 12"),
        ("end 9 10", "names one run", "%mlrun end 9"),
        ("end 9 lr=1", "takes no lr", "starts the run"),
        ("status now", "takes nothing", "alone"),
        ("status --quiet", "takes no --quiet", "starts the run"),
        ("resume 3 lr=1", "takes no lr", "starts the run"),
        ("x={base}", "cannot be computed here", "write the value"),
    ],
)
def test_refusals(line: str, says: str, hints: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(line)
    assert says in caught.value.message
    assert hints in caught.value.hint


def test_verbs() -> None:
    assert parse("begin adam lr=0.1 --seed 1") == RunLine(verb="begin", name="adam", overrides={"lr": 0.1}, seed=1)
    assert parse("resume #12") == RunLine(verb="resume", ref="#12")
    assert parse("resume best:val_acc").ref == "best:val_acc"
    assert parse("end") == RunLine(verb="end")
    assert parse("end 9") == RunLine(verb="end", ref="9")
    assert parse('end "my run"').ref == "my run"
    assert parse("status").verb == "status"


@pytest.mark.parametrize(
    "name",
    [
        "fold-{k}",
        "<b>bold</b>",
        "a/b",
        "#a",
        "🎉",
        "x'; --",
        "x" * 5000,
        "-5",
        "v12",
        "8..",
        "latest-1",
        "best",
        "a, b",
    ],
)
def test_names_are_kept_literally(name: str) -> None:
    quoted = '"' + name + '"'
    assert parse(quoted).name == name


def test_help() -> None:
    assert parse("--help").help
    for option in ("--experiment", "--tag", "--note", "--seed", "--params", "--live", "--quiet"):
        assert option in USAGE
    for line in re.findall(r"^  %mlrun (.*)$", USAGE, re.MULTILINE):
        assert parse(line, lambda text: 0.001).overrides


@pytest.mark.parametrize("text", ["1", "#007", "8..12", "#8..#12", "latest", "last", "latest~3", "max:a", "best:a b"])
def test_what_a_reference_reads_otherwise_names_no_run(text: str) -> None:
    """Such a run could not be asked for, or a reference would not say which is meant."""
    with pytest.raises(UsageError, match="cannot name a run"):
        check_name(text)


@pytest.mark.parametrize("written", ["x,y", "(1,)", "(1, 2)", '"a,"', "'a,b=c'", "[1,]", '{"a": 1, "b": 2}'])
def test_a_comma_inside_a_value_is_no_comma_between(written: str) -> None:
    assert set(overrides(f"k={written} z=1")) == {"k", "z"}


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        ("%mlrun adam\nlr = 1\n", ("adam", "lr = 1\n")),
        ("%%mlrun adam lr=2\nlr = 1", ("adam lr=2", "lr = 1")),
        ("\n  \n  %mlrun\nx", ("", "x")),
        ("%mlrun   a  \r\nx = 1", ("a", "x = 1")),
        ("%mlrun", ("", "")),
        ("%mlrun\t a", ("a", "")),
        ("%mlrun beginner\nx", ("beginner", "x")),
        ("%mlrun begin\nx", None),
        ("%mlrun end", None),
        ("%mlrun status", None),
        ("%mlrun resume 3", None),
        ("%mlrun --help", None),
        ("%mlrun?", None),
        ("%mlruns acc > 1", None),
        ("%mlrunner", None),
        ("x = 1\n%mlrun a", None),
        ("# %mlrun", None),
        ("", None),
    ],
)
def test_split_cell(cell: str, parts: tuple[str, str] | None) -> None:
    assert split_cell(cell) == parts


@given(st.text(alphabet=st.sampled_from("ab1=-# \t'\".,/é🎉%"), max_size=40))
@example("k='a b' c")
@example("a\"b c\"d ''")
def test_splits_as_ipython_does(line: str) -> None:
    """Without brackets and backslashes the words are those of every other magic."""
    try:
        expected = arg_split(line, posix=True)
    except ValueError:
        with pytest.raises(UsageError, match="not closed"):
            words(line)
    else:
        assert words(line) == expected


@given(st.text(max_size=60))
def test_any_line_is_read_or_refused(line: str) -> None:
    try:
        found = parse(line, evaluate)
    except UsageError as error:
        assert error.message
        assert error.hint
    else:
        assert isinstance(found, RunLine)


literals = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(literals)
def test_every_literal_comes_back(value: object) -> None:
    found = overrides(f"k={value!r} z=1")
    assert found == {"k": value, "z": 1}
