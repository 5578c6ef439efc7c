"""What the view ``curves`` is drawn from, as plots without a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nbmlops.ui import format as fmt
from nbmlops.ui.packed import unpack
from nbmlops.ui.pictures import styles_of
from nbmlops.ui.svg import Line, svg_lines

_UNITS: Final = {"step": "step", "relative": "seconds since the run began", "wall": "seconds"}
_LETTER: Final = 8  # pixels; a wide one of a title


def plots_html(data: Mapping[str, Any], room: int, *, width: int = 460, height: int = 220, points: int = 1000) -> str:
    """A grid of plots, as many of the first ones as there is room for.

    Parameters
    ----------
    data
        As ``browse.curves`` answers.
    room
        Bytes.
    width, height, points
        Of each plot; the points are those of all its lines.

    Returns
    -------
    str
        HTML, or an empty text where not even one plot fits.
    """
    labels = [g["label"] for g in data["groups"]] if data["groups"] else [fmt.run_label(run) for run in data["runs"]]
    styles = styles_of(labels)
    head = '<div style="display:flex;flex-wrap:wrap;gap:16px">'
    parts, left = [], room - len(head) - len("</div>")
    for plot, key in enumerate(data["shown"]):
        lines = []
        for each in data["series"]:
            if each["metric"] == plot:
                label = labels[each["group"] if data["groups"] else each["run"]]
                lines.append(Line(label, unpack(each["x"]), unpack(each["y"]), *styles[label]))
        title, unit = fmt.short(key, width // _LETTER), _UNITS[data["axes"][plot]]
        picture = f"<div>{svg_lines(lines, title=title, x_label=unit, width=width, height=height, points=points)}</div>"
        left -= len(picture.encode())
        if left < 0:
            break
        parts.append(picture)
    return f"{head}{''.join(parts)}</div>" if parts else ""
