"""What `RunsTable.explore` returns: parallel coordinates, scatter and importance of many runs, linked."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from nbmlops.errors import UsageError
from nbmlops.tracking import exploration_static
from nbmlops.tracking.axes import Axis
from nbmlops.tracking.browse import explore, explore_saved
from nbmlops.tracking.record import Reader
from nbmlops.ui.desk import Desk
from nbmlops.ui.showable import Showable
from nbmlops.ui.shown import Shown

if TYPE_CHECKING:
    import altair as alt
    import duckdb
    import pandas as pd

T = TypeVar("T")

_MATRIX: Final = 4  # params in a scatter matrix


class Exploration(Showable):
    """Which parameters go with which values of a metric. Nothing is kept: every look reads anew.

    Parameters
    ----------
    reader : callable
        Calls a function with a connection at the store and returns its answer.
    args : mapping
        ``filter``, ``experiment``, ``metric``, ``params``: what the view asks with.
    """

    def __init__(self, reader: Reader, args: Mapping[str, Any]) -> None:
        self._reader = reader
        self.args = dict(args)
        explore.chosen_metric(self._found())  # a wrong name is told at once

    @property
    def metric(self) -> str | None:
        """The metric that is looked at."""
        return explore.chosen_metric(self._found())

    def df(self) -> pd.DataFrame:
        """One row a run, at most 2,000: ``number``, ``name``, ``run_id``, the parameters that vary, the metrics.

        Returns
        -------
        pandas.DataFrame
            Parameters in their own types, last values of metrics. A key that is several of them gets ``param.`` or
            ``metric.`` in front. ``.attrs["left_out"]`` is how many varying parameters were too many.
        """
        import pandas as pd

        found = self._found(all_metrics=True)
        columns: dict[str, list[Any]] = {
            "number": [head["number"] for head in found.heads],
            "name": [head["name"] for head in found.heads],
            "run_id": [head["run_id"] for head in found.heads],
            "duration_s": [head["duration_s"] for head in found.heads],
        }
        for prefix, more in (("param", found.params), ("metric", found.last)):
            for key, values in more.items():
                is_taken = key in columns or (key in found.params and key in found.last)
                columns[f"{prefix}.{key}" if is_taken else key] = values
        frame = pd.DataFrame(columns)
        frame.attrs["left_out"] = found.varying.left_out
        return frame

    def importance(self, *, forest: bool = False) -> pd.DataFrame:
        """How much each varying parameter tells about the metric, the strongest first.

        Parameters
        ----------
        forest : bool
            Also by a small random forest, of the 30 strongest: ``forest_loss``, the loss of R squared on unseen runs
            when the parameter is shuffled. The R squared itself is in ``.attrs["r_squared"]``, how many parameters
            were left out in ``.attrs["left_out"]``. Needs scikit-learn. Where there is no forest (too few runs), a
            warning and ``.attrs["why"]`` say why, and the column is empty.

        Returns
        -------
        pandas.DataFrame
            ``param``, ``strength`` (0 to 1: the share of the variance of the metric's ranks), ``chance`` (what one of
            twenty parameters that do nothing exceeds), ``trend`` (Spearman), ``runs``, ``why`` (there is no strength).
            Method and sources: `nbmlops.tracking.importance`. It is no proof of a cause.
        """
        import pandas as pd

        found = self._found()
        metric = explore.chosen_metric(found)
        ranked, _ = explore.strengths(found, metric)
        names = ("key", "strength", "chance", "trend", "runs", "why")
        rows = [[getattr(each, name) for name in names] for each in ranked]
        frame = pd.DataFrame(rows, columns=["param", *names[1:]])
        frame.attrs["metric"] = metric
        if forest:
            from nbmlops.tracking.browse.forest import grown

            told = grown(found)
            losses = {each["key"]: each["loss"] for each in told["params"]}
            frame["forest_loss"] = [losses.get(key) for key in frame["param"]]
            frame.attrs |= {name: told[name] for name in ("r_squared", "left_out", "why")}
            if told["why"]:
                warnings.warn(f"no forest was grown: {told['why']}", RuntimeWarning, stacklevel=2)
        return frame

    def chart(self, kind: Literal["parallel", "scatter"] = "parallel") -> alt.LayerChart | alt.HConcatChart:
        """An Altair chart of the strongest parameters and the metric.

        Parameters
        ----------
        kind : str
            ``"parallel"``: parallel coordinates, coloured by the metric; ``"scatter"``: the metric over each parameter.

        Returns
        -------
        altair.LayerChart or altair.HConcatChart
            Of at most 500 runs.
        """
        from nbmlops.ui import explore_charts

        if kind not in ("parallel", "scatter"):
            raise UsageError(f"kind is 'parallel' or 'scatter'; found {kind!r:.40}", "chart('scatter')")
        found = self._found()
        metric = explore.chosen_metric(found)
        keys = list(self._data()["axes"])
        axes = {key: Axis.of(found.params[key]) for key in keys}
        labels = exploration_static.labels(found)
        target = found.last[metric] if metric is not None else None
        if kind == "scatter":
            return explore_charts.scatter({key: axes[key] for key in keys[:_MATRIX]}, target, metric or "", labels)
        axes = {key: axes[key] for key in reversed(keys)}  # the strongest stands beside the metric
        return explore_charts.parallel(axes, target, metric or "", labels)

    def __str__(self) -> str:
        return exploration_static.text(self._data())

    def __repr__(self) -> str:
        return f"<explore {self.args.get('filter')!r}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self) if cycle else str(self))

    def _ask(self, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        answer: T = self._reader(question)
        return answer

    def _found(self, *, all_metrics: bool = False) -> explore.Found:
        said = json.dumps(self.args, sort_keys=True)  # plain text: the reader knows an equal question by it
        return self._ask(lambda con: explore.gather(con, explore.Wanted.of(json.loads(said)), all_metrics=all_metrics))

    def _data(self) -> dict[str, Any]:
        return explore.shaped(self._found())

    def _shown(self) -> Shown:
        found = self._found()
        drawn = explore.shaped(found)
        return Shown(
            "explore",
            self.args,
            drawn,
            html=exploration_static.html(found, drawn),
            text=exploration_static.text(drawn),
            snapshot=explore_saved.snapshot(drawn),
        )

    def _desk(self) -> Desk:
        from nbmlops.tracking.desk import here

        return here()


def explored(
    reader: Reader, filter: str, experiment: str | None, metric: str | None, params: Sequence[str] | None
) -> Exploration:
    """The exploration of a table's runs.

    Raises
    ------
    UsageError
        A text instead of a list of params, or a metric that none of the runs has.
    """
    if isinstance(params, str):
        raise UsageError(f"params is a list of names; found the text {params[:40]!r}", f"params=[{params[:40]!r}]")
    args: dict[str, Any] = {"filter": filter, "experiment": experiment or "*", "metric": metric}
    return Exploration(reader, args | {"params": None if params is None else list(params)})
