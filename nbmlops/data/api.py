"""What a user calls as ``ml.data``: every verb of data versions. Validates, calls, returns; shows nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbmlops.data import lists, loading, names, referring, saving
from nbmlops.data.lists import DataList
from nbmlops.data.records import Version
from nbmlops.data.version_page import VersionPage, page

__all__ = ["DataList", "Version", "VersionPage", "branch", "list", "load", "log", "save", "show", "tag"]


def save(
    thing: Any,
    dataset: str,
    *,
    message: str = "",
    mode: str | None = None,
    key: str | Sequence[str] = (),
    branch: str = names.MAIN,
    variable: str | None = None,
) -> Version:
    """Save data as the next version of a dataset.

    Parameters
    ----------
    thing : object
        A pandas, polars or pyarrow table, a DuckDB relation, a query (``"SELECT ..."``), a path or glob of files, a
        folder, a NumPy or torch array, a nested dict of such (the ``state_dict`` of a model).
    dataset : str
        What it is called; versions are ``v1``, ``v2``, ...
    message : str
        What changed, in words.
    mode : str, optional
        ``"keep"``: the values are kept, only new chunks of columns are written; ``"hash"``: identity, schema and
        profile alone; ``"sample"``: these and 10,000 rows. By default ``keep`` up to ``c.NbMlops.data_keep_bytes``
        (256 MB), ``hash`` above: nothing large is copied silently.
    key : str or sequence of str
        Columns that tell rows apart; remembered for later versions.
    branch : str
        The branch that moves on to the new version.
    variable : str, optional
        What the object is called where it was saved.

    Returns
    -------
    Version
        If the branch is at this very content already, that version: no new one is made (``is_new`` is False). A key
        that is declared is remembered all the same, and values of it that are gone or damaged are written again.

    Raises
    ------
    RecordError
        It cannot be read, or was changed meanwhile; nothing was kept then.
    UsageError
        A name, mode or key is none.

    Notes
    -----
    Links in a folder count as what they lead to. The store of nbmlops is never part of what is saved; what was left
    out is said. Several processes may save versions of one dataset at once: they come one after the other.

    Costs 0.6 CPU seconds for the identity of 0.8 GB, once more for the profile of new columns, and 3 to 6 where all
    values are new and kept.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> print(ml.data.save(pd.DataFrame({"id": [1, 2], "price": [10.0, 12.5]}), "prices", message="first"))
    prices@v1 · 2 × 2 · ... · nb1:... · first
    """
    return saving.save(
        thing, dataset, message=message, mode=mode, key=key, branch=branch, variable=variable
    )  # fmt: skip


def load(ref: str | Version, *, as_: str | None = None, to: str | Path | None = None, sample: bool = False) -> Any:
    """Give a version back as it was saved: the same type, dtypes and index.

    Parameters
    ----------
    ref : str or Version
        ``train`` (the tip of its branch main), ``train@v3``, ``train@tag``, ``train@branch``, ``train@main~2`` (two
        versions before), ``train@nb1:ab12`` (by content).
    as_ : str, optional
        Give a table as ``"pandas"``, ``"polars"``, ``"arrow"`` or ``"duckdb"`` instead.
    to : str or Path, optional
        Of files: write them there, to work with; all of them, or nothing.
    sample : bool
        Of a version in mode ``sample``: the rows that are kept.

    Returns
    -------
    object
        Of files the path of a copy in the store's folder. It is to be read only: what is changed there is set aside,
        and never given again.

    Raises
    ------
    RecordError
        Its values are not kept, are gone, or are damaged: never another answer.
    UnknownReference
        There is no such version.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1, 2]}), "numbers")
    >>> int(ml.data.load("numbers@v1")["n"].sum())
    3
    """
    return loading.load(ref, as_=as_, to=to, sample=sample)


def list() -> DataList:
    """All datasets of the store as a table.

    Returns
    -------
    DataList
        Shows itself, live: a click opens what there is of it; ``.df()`` is a pandas frame.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1]}), "listed")
    >>> "listed" in ml.data.list().values("dataset")
    True
    """
    return lists.datasets()


def log(dataset: str) -> DataList:
    """The versions of a dataset, the newest first.

    Parameters
    ----------
    dataset : str
        Its name.

    Returns
    -------
    DataList
        Shows itself, live: a click opens what there is of it; ``.df()`` is a pandas frame.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1]}), "logged", message="first")
    >>> ml.data.log("logged").values("message")
    ['first']
    """
    return lists.versions(names.parse(dataset).dataset)


def show(ref: str | Version) -> VersionPage:
    """One version: its schema with a profile of every column, its first rows, where it came from.

    Parameters
    ----------
    ref : str or Version
        As for ``ml.data.load``.

    Returns
    -------
    VersionPage
        Shows itself; ``.df()`` is the profile as a pandas frame, ``.head()`` the first rows.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1, 2, 3]}), "shown")
    >>> ml.data.show("shown@v1").df()["column"].tolist()
    ['n']
    """
    return page(ref)


def tag(ref: str | Version, name: str, *, remove: bool = False) -> Version:
    """Give a version a name that stays: ``ml.data.tag("train@v3", "gold")``, then ``train@gold``.

    Parameters
    ----------
    ref : str or Version
        Which version.
    name : str
        The tag; ``v1``, ``v2``, ... are reserved.
    remove : bool
        Take the tag away.

    Raises
    ------
    UsageError
        The tag is at another version: tags do not move.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1]}), "tagged")
    >>> ml.data.tag("tagged@v1", "gold").name
    'tagged@v1'
    """
    return referring.tag(ref, name, remove=remove)


def branch(ref: str | Version, name: str, *, move: bool = False, remove: bool = False) -> Version:
    """Begin a branch at a version: ``ml.data.save(df, "train", branch=name)`` then goes on there.

    Parameters
    ----------
    ref : str or Version
        Where it begins.
    name : str
        The branch.
    move : bool
        Move a branch that is there already.
    remove : bool
        Take the branch away; its versions stay.

    Examples
    --------
    >>> import nbmlops as ml, pandas as pd
    >>> _ = ml.data.save(pd.DataFrame({"n": [1]}), "branched")
    >>> _ = ml.data.branch("branched", "trial")
    >>> ml.data.save(pd.DataFrame({"n": [2]}), "branched", branch="trial").name
    'branched@v2'
    """
    return referring.branch(ref, name, move=move, remove=remove)
