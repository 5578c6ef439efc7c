"""Loading, leaving, loading again, and faults of our own: the user's cells never notice."""

from __future__ import annotations

from tests.kernel.conftest import Kernel

STATE = """
import json as _json
_ip = get_ipython()
def _state():
    return _json.dumps({
        "events": {name: len(found) for name, found in sorted(_ip.events.callbacks.items())},
        "inputs": [getattr(f, "__name__", type(f).__name__) for f in _ip.input_transformers_cleanup],
        "trees": len(_ip.ast_transformers),
        "magics": sorted(n for kind in ("line", "cell") for n in _ip.magics_manager.magics[kind] if n.startswith("ml")),
        "matchers": len(_ip.Completer.custom_matchers),
        "send": "send" in vars(_ip.kernel.session),
        "configurables": [type(c).__name__ for c in _ip.configurables if "nbmlops" in type(c).__module__],
        "streams": [type(s).__name__ for s in (__import__("sys").stdout, __import__("sys").stderr)],
        "thread_start": __import__("threading").Thread.start.__name__,
    })
"""


def state(kernel: Kernel) -> str:
    kernel.quietly(STATE)
    kernel.quietly("_found = _state()")
    return str(kernel.wait(kernel.send("print(_found)", silent=True))[0].stdout)


def test_unloading_leaves_nothing_behind(bare_kernel: Kernel) -> None:
    kernel = bare_kernel
    kernel.run("x = 1")
    before = state(kernel)
    kernel.run("%load_ext nbmlops")
    loaded = state(kernel)
    assert loaded != before
    kernel.run("%mlrun named lr=2\nlr = 1\nprint(lr)", cellId="a")
    kernel.run("import threading; t = threading.Thread(target=print); t.start(); t.join()")
    kernel.run("%unload_ext nbmlops", cellId="b")
    assert state(kernel) == before
    assert kernel.run("%mlrun again\n1").status == "error"
    rows = kernel.records("FROM executions ORDER BY started_at")
    assert [(r["cell_id"], r["status"]) for r in rows][1::2] == [("a", "ok"), ("b", "ok")]


def test_loading_twice_is_loading_once(kernel: Kernel) -> None:
    before = state(kernel)
    kernel.run("%load_ext nbmlops")
    kernel.run("import nbmlops\nnbmlops.load_ipython_extension(get_ipython())")
    assert state(kernel) == before


def test_reloading_records_each_cell_once(kernel: Kernel) -> None:
    before = state(kernel)
    kernel.run("%reload_ext nbmlops", cellId="reload")
    assert state(kernel) == before
    kernel.run("%mlrun after\nprint('once')", cellId="after")
    rows = kernel.records("FROM executions WHERE cell_id IS NOT NULL ORDER BY started_at")
    assert [r["cell_id"] for r in rows if r["cell_id_source"] == "front end"] == ["reload", "after"]
    assert {r["status"] for r in rows} == {"ok"}
    assert [r["text"] for r in kernel.rows("FROM outputs")] == ["once\n"]
    assert [r["name"] for r in kernel.rows("FROM runs")] == ["after"]


def test_deleting_and_importing_again(kernel: Kernel) -> None:
    kernel.run("import nbmlops\ndel nbmlops\nimport nbmlops as ml")
    kernel.run("%mlrun one\nml.log(x=1)")
    assert [r["value"] for r in kernel.records("FROM metrics")] == [1.0]


def test_a_second_copy_of_the_package_replaces_the_first(own_kernel: Kernel) -> None:
    kernel = own_kernel
    before = state(kernel)
    kernel.run("%mlrun old\nprint('old')")
    kernel.run(
        "import sys\nfor name in [n for n in sys.modules if n.partition('.')[0] == 'nbmlops']:\n"
        "    del sys.modules[name]\nimport nbmlops as ml"
    )
    kernel.run("%reload_ext nbmlops")
    assert state(kernel) == before
    reply = kernel.run("%mlrun new\nml.log(x=1)\nprint('new')")
    assert reply.status == "ok", reply.outputs
    told = kernel.told_by_another_process("SELECT text FROM outputs ORDER BY 1")
    assert told.strip() == "[{'text': 'new\\n'}, {'text': 'old\\n'}]"
    assert "1.0" in kernel.told_by_another_process("SELECT value FROM metrics")


def test_faults_switch_capture_off_with_one_line_and_cells_run_on(own_kernel: Kernel) -> None:
    kernel = own_kernel
    kernel.run("from nbmlops.ipython import hooks as _hooks\n_extension = None")
    kernel.quietly(
        "from nbmlops.ipython.extension import loaded\n"
        "class Broken:\n"
        "    def __getattr__(self, name): raise RuntimeError('broken on purpose')\n"
        "loaded(get_ipython()).hooks._identifier = Broken()"
    )
    replies = [kernel.run(f"%mlrun r{i} lr=5\nlr = 1\nprint(lr)") for i in range(6)]
    assert {r.status for r in replies} == {"ok"}
    lines = [r.stderr for r in replies if r.stderr]
    assert len(lines) == 1
    assert "broken on purpose" in lines[0]
    assert "%reload_ext nbmlops" in lines[0]
    kernel.run("%reload_ext nbmlops")
    assert kernel.run("%mlrun fine\n1").footer is not None


def test_a_store_that_cannot_be_is_said_once_and_cells_run_on(bare_kernel: Kernel) -> None:
    kernel = bare_kernel
    kernel.quietly("import os; os.environ['NBMLOPS_STORE'] = '/nowhere/at/all/mlops.duckdb'")
    replies = [kernel.run("%load_ext nbmlops")] + [
        kernel.run(f"%mlrun x lr=5\nlr = 1\nprint(lr)\n{i}") for i in range(5)
    ]
    assert {r.status for r in replies} == {"ok"}
    assert [r.stdout for r in replies[1:]] == ["5\n"] * 5
    told = [r.stderr for r in replies if r.stderr]
    assert len(told) == 1, told
    assert "/nowhere/at/all" in told[0]


def test_the_namespace_of_the_user_is_left_alone(bare_kernel: Kernel) -> None:
    kernel = bare_kernel
    kernel.quietly("_names = set(get_ipython().user_ns)")
    kernel.run("%load_ext nbmlops")
    kernel.run("%mlrun a\npass")
    found = kernel.run("sorted(set(get_ipython().user_ns) - _names - {'_names'})").result
    assert found is not None
    assert "mlops" not in found
    assert "'ml'" not in found


def test_configuration_is_ours_while_loaded(kernel: Kernel) -> None:
    assert "capture_outputs" in kernel.run("%config NbMlops").stdout
    kernel.run("%config NbMlops.experiment = 'from config'")
    kernel.run("%mlrun\n1")
    kernel.run("%config NbMlops.experiment = ''")
    assert [r["experiment"] for r in kernel.records("FROM runs")] == ["from config"]
