"""Read-only SQL over the store, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbmlops.errors import UsageError
from nbmlops.storage import lease

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


def run(con: duckdb.DuckDBPyConnection, query: str, values: Any = None) -> pd.DataFrame:
    """Run one reading statement and return its rows.

    Raises
    ------
    UsageError
        The statement would change something, or DuckDB cannot read it; its own words are given.
    """
    import duckdb

    try:
        con.execute("BEGIN TRANSACTION READ ONLY")
        frame: pd.DataFrame = con.execute(query, values).df()
        return frame
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise _explain(error, query) from None
    finally:
        _leave(con)


def check(query: str) -> None:
    """Refuse anything but reading before the store is touched."""
    import duckdb

    readers = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.PRAGMA}
    con = lease.connect()
    try:
        statements = con.extract_statements(query)
    except duckdb.Error as error:
        raise _explain(error, query) from None
    finally:
        con.close()
    if not statements:
        raise UsageError("there is no statement to run", "for example: FROM runs")
    if len(statements) > 1:
        raise UsageError(f"one statement at a time; found {len(statements)}", "run them one after another")
    if statements[0].type not in readers:
        kind = str(statements[0].type).rsplit(".", 1)[-1]
        raise UsageError(
            f"only reading is possible here; found {kind}",
            "ml.export writes Parquet; to change what is recorded use ml.tag, ml.note, ml.delete or ml.forget",
        )


def _leave(con: duckdb.DuckDBPyConnection) -> None:
    import duckdb

    try:
        con.execute("ROLLBACK")
    except duckdb.Error:
        pass  # the transaction never began


def _explain(error: Exception, query: str) -> UsageError:
    """Return DuckDB's own words: the person wrote SQL and needs them."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    details = " ".join(line.strip() for line in lines[1:] if "Candidate" in line or "Did you mean" in line)
    return UsageError(
        f"the SQL cannot be run: {first}{' ' + details if details else ''}",
        "`FROM runs`, `FROM params`, `FROM metric_summary`, `FROM metrics` ...; `SHOW TABLES` lists every view",
    )
