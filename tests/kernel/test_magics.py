"""The magics are the functions of the same name, and completion offers what there is."""

from __future__ import annotations

import pytest

from tests.kernel.conftest import Kernel


@pytest.fixture
def runs(kernel: Kernel) -> Kernel:
    """Three runs, one of them failed."""
    kernel.run("import nbmlops as ml")
    for name, acc in (("adam", 0.9), ("sgd", 0.8)):
        kernel.run(f"%mlrun {name}\nlr = {acc / 10}\nml.log(val_acc={acc})")
    kernel.run("%mlrun broken\n1 / 0")
    return kernel


def test_mlruns_is_a_table_and_not_recorded_as_output(runs: Kernel) -> None:
    reply = runs.run("%mlrun asks\nget_ipython().run_line_magic('mlruns', 'val_acc > .85')")
    assert reply.result is not None
    assert "adam" in reply.result
    assert "sgd" not in reply.result
    assert "<table" in next(c["data"]["text/html"] for kind, c in reply.outputs if kind == "execute_result")
    assert runs.records("FROM outputs WHERE kind = 'result'") == []


def test_mlruns_takes_any_filter_literally(runs: Kernel) -> None:
    runs.run("acc = 'oops'")
    assert "sgd" in (runs.run("%mlruns name = 'sgd' or name = '{acc}'").result or "")
    error = runs.run("%mlruns val_ac > .9").error
    assert error is not None
    assert "val_acc" in "".join(error["traceback"])
    assert error["traceback"][-1].startswith("hint: ")


def test_a_pinned_baseline_stays(runs: Kernel) -> None:
    runs.run("%mlruns baseline=1")
    reply = runs.run("%mlrun following\nml.log(val_acc=0.95)")
    assert reply.footer is not None
    assert "+0.05 vs #1" in reply.footer
    runs.run("%mlruns name = 'following' baseline=none")
    reply = runs.run("%mlrun final\nml.log(val_acc=0.9)")
    assert reply.footer is not None
    assert "vs #4" in reply.footer


def test_mlcompare_shows_what_differs(runs: Kernel) -> None:
    reply = runs.run("%mlcompare adam sgd")
    assert (reply.result or "").startswith("#2 sgd vs #1 adam")
    assert "parameters" in (reply.result or "")
    assert (runs.run("%mlcompare").result or "").startswith("#3 broken vs #2 sgd")
    assert (runs.run("%mlcompare 1..3").result or "").startswith("3 runs, compared with #1 adam")
    markdown = runs.run("%mlcompare 1, 2 --markdown")
    assert markdown.result is None
    assert "| `lr` |" in (markdown.footer or "")
    for wrong in ("%mlcompare --mark", "%mlcompare 1 nobody", "%mlcompare 'adam"):
        error = runs.run(wrong).error
        assert error is not None
        assert error["traceback"][-1].startswith("hint: ")
    assert runs.records("FROM outputs WHERE kind = 'result'") == []


def test_mlsql_shows_or_binds(runs: Kernel) -> None:
    assert "adam" in (runs.run("%mlsql SELECT name FROM runs").result or "")
    assert runs.run("%mlsql frame << SELECT name FROM runs ORDER BY number").result is None
    assert runs.run("frame['name'].tolist()").result == "['adam', 'sgd', 'broken']"
    runs.run("%%mlsql answer <<\nSELECT count(*) AS n\nFROM runs WHERE status = 'failed'")
    assert runs.run("int(answer['n'][0])").result == "1"
    assert "sgd" in (runs.run("%%mlsql\nSELECT name\nFROM runs").result or "")
    assert runs.run("%mlsql DROP TABLE runs").error is not None
    assert runs.run("%mlsql").error is not None


def test_mluse_sets_defaults(runs: Kernel) -> None:
    runs.run("%mluse experiment=wine seed=5")
    runs.run("%mlrun cellar\nimport random\nfirst = random.random()")
    runs.run("%mlrun cellar\nsecond = random.random()")
    assert runs.run("first == second").result == "True"
    runs.run("%mluse experiment=None seed=None")
    runs.run("%mlrun outside\n1")
    assert runs.run("%mluse nonsense=1").error is not None
    rows = runs.records("SELECT name, experiment, seed FROM runs WHERE name IN ('cellar', 'outside') ORDER BY number")
    assert [(r["name"], r["seed"]) for r in rows] == [("cellar", 5), ("cellar", 5), ("outside", None)]
    assert rows[0]["experiment"] == "wine" != rows[2]["experiment"]


def test_begin_end_resume_status(kernel: Kernel) -> None:
    assert "#1 long begun" in kernel.run("%mlrun begin long lr=0.1 --tag t").footer
    kernel.run("import nbmlops as ml\nml.log(x=1)")
    kernel.run("ml.log(x=2)\nprint('in the span')")
    assert "#1 long is open" in kernel.run("%mlrun status").footer
    assert "#1 long" in kernel.run("%mlrun end").footer
    assert "no run is open" in kernel.run("%mlrun status").footer
    assert kernel.run("%mlrun end").error is not None
    kernel.run("%mlrun resume 1")
    kernel.run("ml.log(x=3)")
    kernel.run("%mlrun end")
    (run,) = kernel.records("FROM runs")
    assert (run["name"], run["status"]) == ("long", "finished")
    assert [(r["step"], r["value"]) for r in kernel.rows("FROM metrics ORDER BY step")] == [
        (0, 1.0),
        (1, 2.0),
        (2, 3.0),
    ]
    assert [r["key"] for r in kernel.rows("FROM tags")] == ["t"]
    assert [(r["key"], r["value"]) for r in kernel.rows("FROM params")] == [("lr", "0.1")]
    assert [r["text"] for r in kernel.rows("FROM outputs")] == ["in the span\n"]


def test_two_open_runs_are_told_apart(kernel: Kernel) -> None:
    kernel.run("%mlrun begin one")
    reply = kernel.run("%mlrun begin two")
    assert "#2 two begun; %mlrun end 2 ends it" in (reply.footer or "")
    assert reply.stderr == "nbmlops: still open: #1 one; %mlrun end 1 ends it\n"
    error = kernel.run("%mlrun end").error
    assert error is not None
    assert "#1 one, #2 two" in error["evalue"]
    assert (kernel.run("%mlrun end 1").footer or "").startswith("#1 one · ")
    assert kernel.run("%mlrun status").footer == "#2 two is open"
    assert (kernel.run("%mlrun end two").footer or "").startswith("#2 two · ")
    assert kernel.run("%mlrun begin three").stderr == ""
    assert [(r["name"], r["status"]) for r in kernel.records("FROM runs ORDER BY number")][:2] == [
        ("one", "finished"),
        ("two", "finished"),
    ]


def test_mluse_says_where_the_experiment_is_from(kernel: Kernel) -> None:
    assert "experiment  default (no notebook is known here)" in (kernel.run("%mluse").result or "")
    assert "experiment  wine (set)" in (kernel.run("%mluse experiment=wine").result or "")
    kernel.run("%config NbMlops.experiment = 'lab'")
    assert "experiment  lab (configured)" in (kernel.run("%mluse experiment=None").result or "")
    kernel.run("%config NbMlops.experiment = ''")


def test_forgetting_a_run_and_its_outputs(runs: Kernel) -> None:
    large = "display({'text/html': '<p>a' ' secret</p>' * 40_000}, raw=True)"
    runs.wait(*[runs.send(code) for code in (f"%mlrun chatty\nprint('a' ' secret')\n{large}", "%mlforget 4 --outputs")])
    runs.run("%mlforget 1")
    assert runs.run("%mlforget").error is not None
    assert runs.run("%mlforget nobody").error is not None
    assert [r["name"] for r in runs.records("FROM runs ORDER BY number")] == ["sgd", "broken", "chatty"]
    assert runs.rows("FROM outputs WHERE text LIKE '%secret%'") == []
    assert not [p for p in (runs.folder / ".nbmlops").rglob("*") if p.is_file() and b"a secret" in p.read_bytes()]


def test_ml_is_one_screen(kernel: Kernel) -> None:
    text = kernel.run("%ml").footer
    assert text is not None
    for word in ("%mlrun", "%mlruns", "%%mlsql", "--help", kernel.store.name):
        assert word in text
    assert str(kernel.store.parent) not in text
    assert len(text.splitlines()) < 20


@pytest.mark.parametrize("magic", ["ml", "mlrun", "mluse", "mlruns", "mlcompare", "mlsql", "mlforget", "mlcapture"])
def test_every_magic_has_help(kernel: Kernel, magic: str) -> None:
    reply = kernel.run(f"%{magic} --help")
    assert reply.status == "ok"
    assert f"%{magic}" in (reply.footer or "")


@pytest.mark.parametrize(
    ("typed", "offered", "not_offered"),
    [
        ("%mlr", ["%mlrun", "%mlruns"], []),
        ("%mlrun ", ["begin", "end", "resume", "status"], ["print"]),
        ("%mlrun x --", ["--tag", "--seed", "--note"], ["--outputs"]),
        ("%mlrun x --ta", ["--tag"], ["--seed"]),
        ("%mlrun resume ", ["1", "2", "adam", "latest"], []),
        ('ml.get("', ["1", "adam", "latest", "best:val_acc"], ["print"]),
        ("ml.delete('a", ["adam"], ["sgd"]),
        ("ml.runs(baseline='a", ["adam"], ["sgd"]),
        ("ml.runs('val", ["val_acc"], ["lr"]),
        ("%mlforget a", ["adam"], ["sgd"]),
        ("%mlcompare 1 ", ["2", "sgd", "latest", "best:val_acc"], ["print"]),
        ("%mlcompare --", ["--markdown"], ["--tag"]),
        ("ml.compare('a", ["adam"], ["sgd"]),
        ("%mlforget 1 --", ["--outputs"], ["--tag"]),
        ("%mlruns val", ["val_acc"], ["lr"]),
        ("%mlruns val_acc > .9 and l", ["lr"], ["val_acc"]),
        ("%mlruns baseline=", ["baseline=1", "baseline=adam"], []),
        ("%mluse ", ["experiment=", "seed="], []),
        ("%mlcapture o", ["off", "on"], []),
        ("%mlsql FROM met", ["metrics", "metric_summary"], ["runs"]),
        ("%%mlsql\nSELECT * FROM ru", ["runs", "run_executions"], ["metrics"]),
    ],
)
@pytest.mark.parametrize("jedi", [True, False])
def test_completion(runs: Kernel, typed: str, offered: list[str], not_offered: list[str], jedi: bool) -> None:
    runs.quietly(f"get_ipython().Completer.use_jedi = {jedi}")
    found = runs.complete(typed)
    assert set(offered) <= set(found), found
    assert not set(not_offered) & set(found)


def test_completion_of_tags_and_of_names_that_the_cell_assigns(kernel: Kernel) -> None:
    kernel.run("%mlrun a --tag good --tag team=vision\npass")
    found = kernel.complete("%mlrun x --tag ")
    assert {"good", "team="} <= set(found)
    line = "%mlrun x l"
    body = "\nlr = 0.1\nlayers: int = 3\n_l = 2\nfor l in (): pass"
    assert kernel.complete(line + body, len(line)) == ["lr=", "layers="]
    assert "begin" in kernel.complete("%mlrun \nif broken(", len("%mlrun "))


def test_the_package_shows_its_public_names_only(kernel: Kernel) -> None:
    kernel.run("import nbmlops as ml")
    kernel.quietly("get_ipython().Completer.use_jedi = False")
    found = {match.rpartition(".")[2] for match in kernel.complete("ml.")}
    assert {"run", "runs", "log"} <= found
    assert not {"annotations", "TYPE_CHECKING", "Any"} & found


def test_completion_of_ordinary_code_is_untouched(kernel: Kernel) -> None:
    kernel.run("my_variable = 1")
    assert "my_variable" in kernel.complete("my_var")
    assert "my_variable" in kernel.complete("%mlrun x\nprint(my_var")
    assert not [match for match in kernel.complete("%ml") if match.lstrip("%") not in kernel_magics(kernel)]


def kernel_magics(kernel: Kernel) -> set[str]:
    from nbmlops.catalog import magics

    return set(magics())
