"""``%mlrun`` on top of a cell: everything else about the cell stays native."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kernel.conftest import Kernel


def params(kernel: Kernel, name: str = "%") -> dict[str, tuple[Any, str]]:
    rows = kernel.records(f"SELECT p.* FROM params p JOIN runs r USING (run_id) WHERE r.name LIKE '{name}'")
    return {r["key"]: (r["value"], r["origin"]) for r in rows}


@pytest.mark.parametrize("magic", ["%mlrun", "%%mlrun", "# first a remark\n\n%mlrun", "\n\n  %mlrun", "%mlrun \\\n"])
def test_the_first_line_makes_a_run(kernel: Kernel, magic: str) -> None:
    reply = kernel.run(f"{magic} adam lr=0.5\nlr = 0.1\nprint(lr)\nlr * 2")
    assert (reply.stdout, reply.result) == ("0.5\n", "1.0")
    assert reply.footer is not None
    assert reply.footer.startswith("#1 adam")
    (run,) = kernel.records("FROM runs")
    assert (run["name"], run["status"], run["kind"]) == ("adam", "finished", "cell")
    assert params(kernel) == {"lr": ("0.5", "override")}


def test_source_is_kept_as_sent_and_line_numbers_are_those_of_the_cell(kernel: Kernel) -> None:
    code = "%mlrun adam\nx = 1\n\nraise ValueError(x)"
    error = kernel.run(code).error
    assert error is not None
    assert "line 4" in "".join(error["traceback"])
    (row,) = kernel.records("FROM executions WHERE run_id IS NOT NULL")
    assert row["source"] == code


def test_a_wrong_line_stops_the_cell_before_it_runs(kernel: Kernel) -> None:
    kernel.run("ran = False")
    reply = kernel.run("%mlrun typo lrr=1\nlr = 0.1\nran = True", cellId="a")
    assert reply.status == "error"
    assert reply.error is not None
    assert reply.error["ename"] == "UsageError"
    assert reply.error["traceback"] == [
        "UsageError: lrr= cannot be set: this cell neither assigns nor reads lrr",
        "hint: did you mean lr?",
    ]
    assert kernel.run("ran").result == "False"
    assert kernel.run("%mlrun a b\nran = True").error is not None
    (row,) = kernel.records("FROM executions WHERE cell_id = 'a'")
    assert (row["status"], row["error_name"], row["run_id"]) == ("error", "UsageError", None)
    assert kernel.rows("FROM runs") == []


def test_names_only_read_are_bound_and_put_back(kernel: Kernel) -> None:
    kernel.run("lr = 0.1\ndef train(): return lr")
    assert kernel.run("%mlrun lr=0.9\ntrain()").result == "0.9"
    assert kernel.run("lr").result == "0.1"
    kernel.run("%mlrun lr={lr * 5}\nlr + 1 / 0")
    assert kernel.run("lr").result == "0.1"
    assert kernel.run("[name for name in dir() if 'nbmlops' in name]").result == "[]"


def test_parameters_of_earlier_cells_and_of_estimators(kernel: Kernel) -> None:
    pytest.importorskip("sklearn")
    kernel.run("depth = 3\nunrelated = 5\n_private = 1")
    kernel.run("%mlrun tree\nfrom sklearn.tree import DecisionTreeClassifier\nseed = 7\n"
               "model = DecisionTreeClassifier(max_depth=depth, random_state=seed)")  # fmt: skip
    found = params(kernel)
    assert found["depth"] == ("3", "inherited")
    assert found["seed"] == ("7", "literal")
    assert found["model/max_depth"] == ("3", "estimator")
    assert "unrelated" not in found
    assert "_private" not in found


def test_literals_from_before_the_extension_was_loaded_count(bare_kernel: Kernel) -> None:
    bare_kernel.run("lr = 0.25")
    bare_kernel.run("%load_ext nbmlops")
    bare_kernel.run("%mlrun early\nprint(lr)")
    assert params(bare_kernel) == {"lr": ("0.25", "inherited")}


def test_what_an_override_set_is_inherited_later(kernel: Kernel) -> None:
    kernel.run("%mlrun one lr=0.5\nlr = 0.1")
    kernel.run("%mlrun two\nprint(lr)")
    assert params(kernel, "two") == {"lr": ("0.5", "inherited")}


def test_a_last_expression_of_numbers_is_metrics(kernel: Kernel) -> None:
    kernel.run("import nbmlops as ml")
    kernel.run("%mlrun numbers\nml.log(acc=0.5)\n{'acc': 0.5, 'loss': 0.25, 'n': 3}")
    kernel.run("%mlrun most\n{'m': 1, 'report': 'text', 'is_best': True, 'n_used': 4}")
    kernel.run("%mlrun words\n{'a': 1, 'b': 'text', 'c': None}")
    kernel.run("%mlrun silent\n{'a': 1};")
    rows = kernel.records(
        "SELECT r.name, m.key, m.step, m.value FROM metrics m JOIN runs r USING (run_id) ORDER BY key"
    )
    assert [tuple(r.values()) for r in rows] == [
        ("numbers", "acc", 0.0, 0.5),
        ("numbers", "loss", 0.0, 0.25),
        ("most", "m", 0.0, 1.0),
        ("numbers", "n", 0.0, 3.0),
        ("most", "n_used", 0.0, 4.0),
    ]


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("%%time\nlr = 0.1\nprint(lr)", "0.5\n"),
        ("%%capture\nlr = 0.1", ""),
        ("import asyncio\nlr = 0.1\nawait asyncio.sleep(0)\nprint(lr)", "0.5\n"),
        ("%time lr = 0.1\nprint(lr)", "0.5\n"),
    ],
)
def test_overrides_reach_magics_and_awaits(kernel: Kernel, code: str, printed: str) -> None:
    reply = kernel.run(f"%mlrun x lr=0.5\n{code}")
    assert reply.status == "ok", reply.outputs
    assert reply.stdout.endswith(printed) or reply.stdout.startswith(printed)
    assert kernel.run("lr").result == "0.5"
    assert params(kernel)["lr"] == ("0.5", "override")


@pytest.mark.parametrize("above", ["%%time", "%%capture out"])
def test_below_another_cell_magic_it_is_one_run(kernel: Kernel, above: str) -> None:
    reply = kernel.run(f"{above}\n%mlrun below lr=0.5\nlr = 0.1\nlr")
    assert reply.status == "ok", reply.outputs
    assert kernel.run("lr").result == "0.5"
    assert [r["name"] for r in kernel.records("FROM runs")] == ["below"]


def test_text_that_only_looks_like_a_run_is_left_alone(kernel: Kernel) -> None:
    kernel.run("%%writefile note.txt\n%mlrun not me\nx")
    assert (kernel.folder / "note.txt").read_text().startswith("%mlrun not me")
    assert kernel.run("x = 1\n%mlrun too late").error is not None
    assert kernel.records("FROM runs") == []


def test_shell_commands_in_a_run(kernel: Kernel) -> None:
    assert kernel.run("%mlrun sh\nfound = !echo one\nfound[0]").result == "'one'"
    assert kernel.run("%mlrun sh\n%%bash\necho two").stdout == "two\n"
    assert [r["status"] for r in kernel.records("FROM runs")] == ["finished", "finished"]


@pytest.mark.parametrize("alone", ["%mlrun", "%%mlrun", "%mlrun\n\n# nothing yet\n", "# first\n%mlrun "])
def test_a_bare_line_alone_explains_itself(kernel: Kernel, alone: str) -> None:
    reply = kernel.run(alone)
    assert reply.status == "ok", reply.outputs
    assert "--tag" in (reply.footer or "")
    assert kernel.records("FROM runs") == []


@pytest.mark.parametrize("alone", ["%mlrun adam", "%%mlrun adam lr=1", "%mlrun adam --seed 3\n# nothing yet"])
def test_a_run_of_nothing_is_refused(kernel: Kernel, alone: str) -> None:
    error = kernel.run(alone).error
    assert error is not None
    assert error["ename"] == "UsageError"
    assert "no code" in error["evalue"]
    assert "%mlrun begin adam" in "".join(error["traceback"])
    assert kernel.run("%mlrun adam\npass").footer is not None
    assert [r["name"] for r in kernel.records("FROM runs")] == ["adam"]


def test_the_footer_leaves_out_n_alone_and_can_be_quiet(kernel: Kernel) -> None:
    reply = kernel.run("%mlrun\n41")
    assert reply.footer is not None
    assert kernel.run(f"Out[{reply.count}], _").result == "(41, 41)"
    assert kernel.run("%mlrun --quiet\n1").footer is None
    kernel.run("%config NbMlops.quiet = True")
    assert kernel.run("%mlrun\n1").footer is None
    kernel.run("%config NbMlops.quiet = False")


def test_the_footer_compares_with_the_run_before(kernel: Kernel) -> None:
    cell = "%mlrun {}\nimport nbmlops as ml\nlr = 0.1\nml.log(val_acc={})"
    kernel.run(cell.format("first", 0.9), cellId="a")
    footer = kernel.run(cell.format("second lr=0.2", 0.95), cellId="a").footer
    assert footer is not None
    assert footer.startswith("#2 second · ")
    assert "val_acc 0.95 (+0.05 vs #1)" in footer
    assert "lr 0.2 (cell says 0.1)" in footer


def test_options_of_the_line(kernel: Kernel) -> None:
    kernel.run("import random")
    code = (
        '%mlrun opts --experiment wine --tag best --tag team=vision --note "a note" --seed 3 --params lr\nlr = 1\nd = 2'
    )
    kernel.run(f"{code}\nfirst = random.random()")
    kernel.run("%mlrun again --seed 3\nsecond = random.random()")
    assert kernel.run("first == second").result == "True"
    run = kernel.records("FROM runs WHERE name = 'opts'")[0]
    assert (run["experiment"], run["note"], run["seed"]) == ("wine", "a note", 3)
    tags = kernel.rows(f"FROM tags WHERE run_id = '{run['run_id']}' ORDER BY key")
    assert [(r["key"], r["value"]) for r in tags] == [("best", ""), ("team", "vision")]
    assert set(params(kernel, "opts")) == {"lr"}


def test_log_goes_to_the_run_of_the_cell_and_nowhere_afterwards(kernel: Kernel) -> None:
    kernel.run("import nbmlops as ml")
    kernel.run("%mlrun sync\nml.log(a=1)")
    error = kernel.run("ml.log(b=2)").error
    assert error is not None
    assert error["ename"] == "NoRun"
    kernel.run(
        "%mlrun awaited\nimport asyncio\nawait asyncio.sleep(0)\nml.log(c=3)\n"
        "async def later(): ml.log(d=4)\nawait later()"
    )
    assert kernel.run("ml.log(e=5)").error is not None
    rows = kernel.records("SELECT r.name, m.key FROM metrics m JOIN runs r USING (run_id) ORDER BY key")
    assert [tuple(r.values()) for r in rows] == [("sync", "a"), ("awaited", "c"), ("awaited", "d")]


def test_threads_of_a_run_log_into_it(kernel: Kernel) -> None:
    kernel.run(
        "%mlrun threaded\nimport nbmlops as ml, threading\n"
        "threads = [threading.Thread(target=ml.log, kwargs={'x': i, 'step': i}) for i in range(4)]\n"
        "for t in threads: t.start()\nfor t in threads: t.join()"
    )
    assert [r["value"] for r in kernel.records("FROM metrics ORDER BY step")] == [0.0, 1.0, 2.0, 3.0]


def test_one_cell_again_is_an_attempt(kernel: Kernel) -> None:
    for _ in range(3):
        kernel.run("%mlrun again\nlr = 1", cellId="a")
    kernel.run("%mlrun again\nlr = 2", cellId="a")
    rows = kernel.records("FROM runs ORDER BY started_at")
    assert [r["attempt"] for r in rows] == [1, 2, 3, 1]


def test_a_real_cell_magic_for_programs(kernel: Kernel) -> None:
    assert kernel.run("get_ipython().run_cell_magic('mlrun', 'called lr=2', 'lr = 1\\nlr')").result == "2"
    assert kernel.run("get_ipython().run_cell_magic('mlrun', 'fails', '1/0')").status == "error"
    rows = kernel.records("FROM runs ORDER BY started_at")
    assert [(r["name"], r["status"]) for r in rows] == [("called", "finished"), ("fails", "failed")]


def test_values_with_odd_characters_are_kept_literally(kernel: Kernel) -> None:
    name = "<script>alert('x')</script> #1/ä😀"
    kernel.run(f'%mlrun "{name}" text="{{}} \' ; DROP TABLE runs; --"\ntext = ""')
    (run,) = kernel.records("FROM runs")
    assert run["name"] == name
    assert params(kernel)["text"][0] == '"{} \' ; DROP TABLE runs; --"'
