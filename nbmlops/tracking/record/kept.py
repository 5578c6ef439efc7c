"""What is kept of a run besides numbers: its cells, outputs, files and surroundings."""

from __future__ import annotations

import builtins
import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbmlops.errors import StoreError, UsageError

if TYPE_CHECKING:
    import pandas as pd
    import PIL.Image

Blobs = Callable[[str], Path]
OURS = {"nbmlops": True}  # metadata of what we show ourselves: it is in the store already, and not recorded again

_MOST_ROWS = 60


def _blob(blobs: Blobs | None, sha256: str, what: str) -> Path:
    """The file of a blob; says so if it is not beside this store."""
    path = blobs(sha256) if blobs is not None else None
    if path is None or not path.is_file():
        raise StoreError(
            f"the content of {what} ({sha256[:12]}) is not beside this store",
            "it lies in the folder .nbmlops of the store that recorded it; `nbmlops pack` there puts it into the file",
        )
    return path


@dataclass(frozen=True)
class Cell:
    """One execution of a cell."""

    execution_id: str
    source: str
    cell_id: str | None
    execution_count: int | None
    status: str
    started_at: dt.datetime
    duration_s: float | None
    error: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any], blobs: Blobs | None) -> Cell:
        """From a row of `reading.cells`; of a long source the row has only the head, its blob the whole."""
        source = row["source"]
        if row["source_sha256"]:
            source = _blob(blobs, row["source_sha256"], "this source").read_bytes().decode("utf-8")
        error = ": ".join(str(part) for part in (row["error_name"], row["error_message"]) if part)
        return cls(
            row["execution_id"], source or "", row["cell_id"], row["execution_count"], row["status"], row["started_at"],
            row["duration_s"], error or None,
        )  # fmt: skip


@dataclass(frozen=True)
class Output:
    """One output of a run: a stream, something displayed, a result or an error."""

    execution_id: str
    seq: int
    kind: str
    name: str | None
    mime: str
    size_bytes: int | None
    is_truncated: bool
    is_late: bool
    is_cleared: bool
    sha256: str | None
    _text: str | None = field(repr=False)
    _blobs: Blobs | None = field(repr=False, compare=False)

    @classmethod
    def of(cls, row: Mapping[str, Any], blobs: Blobs | None) -> Output:
        """From a row of `reading.outputs`."""
        return cls(
            row["execution_id"], row["seq"], row["kind"], row["name"], row["mime"] or "text/plain", row["size_bytes"],
            bool(row["is_truncated"]), bool(row["is_late"]), bool(row["is_cleared"]), row["sha256"], row["text"], blobs,
        )  # fmt: skip

    @property
    def is_text(self) -> bool:
        """Whether it is text rather than bytes."""
        return self._text is not None or self.mime.startswith("text/") or self.mime.endswith(("json", "xml"))

    def bytes(self) -> bytes:
        """Its content; of a large text the row has only the head, its blob the whole."""
        if self.sha256:
            return _blob(self._blobs, self.sha256, f"output {self.seq}").read_bytes()
        return (self._text or "").encode()

    @property
    def text(self) -> str:
        """Its content as text.

        Raises
        ------
        UsageError
            For images and other bytes.
        """
        if not self.is_text:
            raise UsageError(f"output {self.seq} is {self.mime}, no text", "its bytes are .bytes()")
        return self.bytes().decode("utf-8", "replace")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        if self.mime.endswith("json"):
            import json

            return {self.mime: json.loads(self.text), "text/plain": repr(self)}
        return {"text/plain": repr(self)} | {self.mime: self.text if self.is_text else self.bytes()}


@dataclass(frozen=True)
class Entry:
    """One value of a series: a text, an image, a table or other HTML. It shows itself."""

    key: str
    step: float | None
    kind: str
    mime: str
    size_bytes: int | None
    logged_at: dt.datetime | None
    sha256: str | None
    _text: str | None = field(repr=False)
    _blobs: Blobs | None = field(repr=False, compare=False)

    @classmethod
    def of(cls, row: Mapping[str, Any], blobs: Blobs | None) -> Entry:
        """From a row of `reading.series`."""
        return cls(
            row["key"], row["step"], row["kind"], row["mime"] or "text/plain", row["size_bytes"], row["logged_at"],
            row["sha256"], row["text"], blobs,
        )  # fmt: skip

    def bytes(self) -> bytes:
        """Its content."""
        if self.sha256:
            return _blob(self._blobs, self.sha256, f"{self.kind} {self.key}").read_bytes()
        return (self._text or "").encode()

    @property
    def text(self) -> str:
        """Its content as text; of a table its first rows.

        Raises
        ------
        UsageError
            For images and other bytes.
        """
        if self.mime.startswith("text/"):
            return self.bytes().decode("utf-8", "replace")
        if self._text is None:
            raise UsageError(f"{self.key} is {self.mime}, no text", "its bytes are .bytes()")
        return self._text

    def frame(self) -> pd.DataFrame:
        """A table as it was logged.

        Raises
        ------
        UsageError
            If it is no table, or one of mixed types, of which only the first rows are kept as text.
        """
        if self.mime != "application/vnd.apache.parquet" or not self.sha256:
            what = "its first rows as text are .text" if self.kind == "table" else f"it is of kind {self.kind}"
            raise UsageError(f"{self.key} is not kept as a table", what)
        import io

        import pandas as pd

        return pd.read_parquet(io.BytesIO(self.bytes()))

    @property
    def image(self) -> PIL.Image.Image:
        """An image as Pillow has it.

        Raises
        ------
        UsageError
            If it is no image, or Pillow is not installed.
        """
        if self.kind != "image":
            raise UsageError(f"{self.key} is no image but of kind {self.kind}", "its bytes are .bytes()")
        import io

        try:
            import PIL.Image
        except ImportError:
            raise UsageError("opening an image takes Pillow", "pip install pillow, or take .bytes()") from None
        return PIL.Image.open(io.BytesIO(self.bytes()))

    def __str__(self) -> str:
        if self.kind in ("text", "table"):
            return self.text
        return f"<{self.kind} {self.key}{'' if self.step is None else f', step {self.step:g}'}>"

    def _repr_png_(self) -> builtins.bytes | None:
        return self.bytes() if self.mime == "image/png" else None

    def _repr_html_(self) -> str | None:
        from nbmlops.ui.html import escape, sandboxed

        if self.kind == "html":
            return sandboxed(self.text)
        if self.kind in ("audio", "video"):
            import base64

            data = base64.b64encode(self.bytes()).decode()
            return f'<{self.kind} controls src="data:{escape(self.mime)};base64,{data}"></{self.kind}>'
        if self.kind == "table" and self.sha256:
            return str(self.frame().to_html(max_rows=_MOST_ROWS, notebook=True))
        return f"<pre>{escape(self.text)}</pre>" if self.kind == "table" else None

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, bool]]:
        # shown again, it is not recorded again: it is in the store
        found = {"image/png": self._repr_png_(), "text/html": self._repr_html_(), "text/plain": str(self)}
        return {mime: data for mime, data in found.items() if data is not None}, OURS


@dataclass(frozen=True)
class Artifact:
    """One file of a run."""

    name: str
    sha256: str
    size_bytes: int | None
    mime: str | None
    _blobs: Blobs | None = field(repr=False, compare=False)

    @classmethod
    def of(cls, row: Mapping[str, Any], blobs: Blobs | None) -> Artifact:
        """From a row of `reading.artifacts`."""
        return cls(row["path"], row["sha256"], row["size_bytes"], row["mime"], blobs)

    @property
    def path(self) -> Path:
        """Where its content lies; for reading, never for writing."""
        return _blob(self._blobs, self.sha256, self.name)

    def bytes(self) -> bytes:
        """Its content."""
        return self.path.read_bytes()

    def text(self, encoding: str = "utf-8") -> str:
        """Its content as text."""
        return self.path.read_text(encoding=encoding)

    def save(self, destination: str | Path) -> Path:
        """Copy it: into a folder under its own name, else to that path, folders made as needed.

        Raises
        ------
        UsageError
            If the file exists.
        """
        target = Path(destination).expanduser()
        if target.is_dir():
            target = target / Path(self.name).name
        if target.exists():
            raise UsageError(f"{target} exists", "give another path, or remove it first")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.path, target)
        return target


@dataclass(frozen=True)
class Environment:
    """What a run ran in."""

    python: str | None
    platform: str | None
    packages: Mapping[str, str]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Environment:
        """From a row of `reading.environment`; nothing known makes an empty one."""
        return cls(row.get("python"), row.get("platform"), dict(row.get("packages") or {}))

    def __repr__(self) -> str:
        return f"<Python {self.python}, {self.platform}, {len(self.packages)} packages>"
