"""What a logged value is: a number, a text, a file, a figure, a table, an array."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nbmlops.errors import RecordError

EXACT: Final = 2**53  # larger integers travel as text, a double would round them
MAX_KEY: Final = 10_000


@dataclass(frozen=True)
class Media:
    """A value that is no number: kept in the series of its key, large ones as a blob."""

    kind: str  # text, image, table, html, histogram, audio, video
    text: str | None
    data: bytes | None
    mime: str


def as_number(value: Any) -> float | int | str | None:
    """Return a number as JSON can hold it (NaN, infinities and huge integers as text), or None.

    Accepts bool, int, float, Decimal, Fraction, NumPy scalars and anything with ``item()`` that holds one element.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):
        return value if -EXACT <= value <= EXACT else str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else spell(float(value))
    if isinstance(value, str | bytes | Mapping | Path):
        return None
    size = getattr(value, "size", None)
    if callable(size):  # torch: size() is a method, numel() the number of elements
        size = value.numel() if hasattr(value, "numel") else None
    if hasattr(value, "item") and (size is None or size == 1):
        try:
            inner = value.item()
        except (ValueError, TypeError, RuntimeError):
            return None
        return as_number(inner) if isinstance(inner, bool | int | float) else None
    try:
        number = value.__float__() if hasattr(value, "__float__") else None
    except (ValueError, TypeError, OverflowError):
        return None
    return None if number is None else as_number(float(number))


def numbers_of(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the entries of a result that are numbers; none when fewer than half are.

    Parameters
    ----------
    mapping
        What a cell gave back, as ``{"acc": 0.9, "model": "gbm"}``.

    Returns
    -------
    dict
        Key to number, as they were. Truth values, nested mappings, columns and keys that are no text are left out.
    """
    found = {key: value for key, value in mapping.items() if isinstance(key, str) and _is_one_number(value)}
    return found if 2 * len(found) >= len(mapping) else {}


def _is_one_number(value: Any) -> bool:
    if isinstance(value, bool) or str(getattr(value, "dtype", "")).endswith("bool") or hasattr(value, "iloc"):
        return False
    return as_number(value) is not None


def spell(number: float) -> str:
    """Return NaN and infinities as the text that JSON and SQL agree on."""
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def as_mapping(
    call: str, value: Any, takes: str = "key=value or a mapping", *, optional: bool = True
) -> Mapping[Any, Any]:
    """Return what was given to a call as a mapping, or say how it is called.

    Parameters
    ----------
    call
        The function as a user writes it: ``ml.log``.
    value
        A mapping, or what has keys and items as one (a pandas series or frame).
    takes
        What the message says it takes.
    optional
        Whether None is taken, as an empty mapping.

    Raises
    ------
    RecordError
        It is something else.
    """
    if value is None and optional:
        return {}
    if isinstance(value, Mapping) or (
        callable(getattr(value, "keys", None)) and callable(getattr(value, "items", None))
    ):
        return value  # type: ignore[no-any-return]
    raise RecordError(f"{call} takes {takes}; found {found(value)}", _called_right(call, value))


def _called_right(call: str, value: Any) -> str:
    """The call as it was probably meant."""
    if call == "ml.log_batch":
        return 'ml.log_batch({"loss": [0.9, 0.5]})'
    if isinstance(value, str) and value.isprintable() and len(value) <= 40 and '"' not in value:
        return f'{call}(text="{value}")'
    if isinstance(value, str):
        return f"{call}(text=...)"
    if as_number(value) is not None:
        return f"{call}(value={_line(value)})"
    if call == "ml.log" and (isinstance(value, list | tuple) or hasattr(value, "tolist")):
        return 'ml.log_batch({"loss": [0.9, 0.5]}) logs whole columns'
    return f"{call}(name=...), with a name of your own"


def _line(value: Any) -> str:
    return " ".join(_short(value).split())


def found(value: Any) -> str:
    """Return type and bounded repr of a value, on one line, for a message."""
    return "None" if value is None else f"{type(value).__name__} {_line(value)}"


def flatten(values: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (key, value) of nested mappings, the keys joined by ``/``."""
    for key, value in values.items():
        name = prefix + check_key(key)
        if isinstance(value, Mapping):
            yield from flatten(value, f"{name}/")
        else:
            yield name, value


def check_key(key: Any) -> str:
    """Return a key that can be stored, or say why it cannot."""
    if not isinstance(key, str):
        raise RecordError(
            f"a key must be text; found {type(key).__name__} {_short(key)}", "use str(key) if that is what you mean"
        )
    if not key.strip():
        raise RecordError("a key must not be empty", "give the value a name, as in ml.log(loss=0.1)")
    if len(key) > MAX_KEY:
        raise RecordError(f"a key of {len(key):,} characters is longer than {MAX_KEY:,}", "shorten it")
    try:
        key.encode()
    except UnicodeEncodeError:
        return key.encode("utf-8", "replace").decode()
    return key.replace("\0", "\N{REPLACEMENT CHARACTER}")


def check_step(step: Any) -> float | int:
    """Return a step that can be stored, or say why it cannot."""
    number = as_number(step)
    if number is None or isinstance(number, str):
        raise RecordError(f"step must be a finite number; found {_short(step)}", "leave it out to count by itself")
    return number


def as_media(key: str, value: Any) -> Media:
    """Return what a value that is no number and no file is kept as.

    Raises
    ------
    RecordError
        Nothing is known to do with such a value.
    """
    if isinstance(value, str):
        return Media("text", value, None, "text/plain")
    if hasattr(value, "savefig"):
        return Media("image", None, _figure_png(value), "image/png")
    if hasattr(value, "figure") and hasattr(value.figure, "savefig"):  # axes
        return Media("image", None, _figure_png(value.figure), "image/png")
    if hasattr(value, "to_parquet") and hasattr(value, "columns"):  # pandas
        return Media("table", _table_text(value), _table_parquet(value), "application/vnd.apache.parquet")
    if hasattr(value, "write_parquet"):  # polars
        return as_media(key, value.to_pandas())
    if hasattr(value, "to_frame") and hasattr(value, "index"):  # pandas series
        return as_media(key, value.to_frame())
    if hasattr(value, "save") and hasattr(value, "getbands"):  # PIL
        return Media("image", None, _image_png(value), "image/png")
    if isinstance(mime := getattr(value, "mimetype", None), str) and isinstance(getattr(value, "data", None), bytes):
        kind = mime.partition("/")[0]  # IPython.display.Audio and Video
        if kind in ("audio", "video"):
            return Media(kind, None, value.data, mime)
    if (bars := _histogram(value)) is not None:
        return Media("histogram", bars, None, "application/json")
    if callable(getattr(value, "_repr_html_", None)):
        return Media("html", str(value._repr_html_()), None, "text/html")
    shape = getattr(value, "shape", None)
    found = type(value).__name__ + (f" of shape {tuple(shape)}" if shape is not None else f" {_short(value)}")
    if shape is not None or isinstance(value, list | tuple):
        raise RecordError(
            f"{key!r} is no single number: found {found}", "ml.log_batch logs whole columns; or log one number of it"
        )
    raise RecordError(
        f"{key!r} cannot be logged: found {found}",
        "ml.log takes numbers, text, pathlib.Path files and folders, figures and tables",
    )


def _histogram(value: Any) -> str | None:
    """Return what ``numpy.histogram`` gave, counts and edges, as JSON; None for anything else."""
    if not isinstance(value, tuple) or len(value) != 2:
        return None
    shapes = [tuple(getattr(part, "shape", ())) for part in value]
    if any(len(shape) != 1 for shape in shapes) or shapes[1][0] != shapes[0][0] + 1:
        return None
    counts, edges = (part.tolist() for part in value)
    if not all(isinstance(each, int | float) and math.isfinite(each) for each in (*counts, *edges)):
        return None
    return json.dumps({"counts": counts, "edges": edges})


def _short(value: Any) -> str:
    """Return a bounded repr, also of an object whose repr raises."""
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - a stranger's repr must not break the user's cell
        return f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"
    return text if len(text) <= 80 else f"{text[:77]}..."


def _figure_png(figure: Any) -> bytes:
    import io

    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=100, bbox_inches="tight")
    return out.getvalue()


def _image_png(image: Any) -> bytes:
    import io

    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()


def _table_parquet(table: Any) -> bytes:
    import io

    out = io.BytesIO()
    try:
        table.to_parquet(out)
    except (ValueError, TypeError, ImportError):  # mixed types, duplicate names: keep what can be kept
        return b""
    return out.getvalue()


def _table_text(table: Any) -> str:
    """Return the first rows as text, for people and for search."""
    return f"{len(table)} rows x {len(table.columns)} columns\n{table.head(20).to_string(max_cols=20)}"[:16_000]
