"""The one quiet line under a run cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nbmlops.ui import format as fmt
from nbmlops.ui.absent import ABSENT
from nbmlops.ui.html import STATUS_MARKS, delta_arrow, dot, escape, run_mark, title_attribute
from nbmlops.ui.style import INLINE, line_style
from nbmlops.ui.view import RunCell

_MOST = 3
_MOST_WARNINGS = 5


@dataclass(frozen=True)
class FooterMetric:
    """A metric's last value, and its difference to the run named ``against`` ("#11")."""

    key: str
    value: float
    delta: float | None = None
    is_better: bool | None = None
    against: str = ""


@dataclass(frozen=True)
class FooterParam:
    """A parameter worth naming: another value before (in the run ``against``), or the cell's text says otherwise."""

    key: str
    value: object
    before: object = ABSENT
    cell_says: object = ABSENT
    against: str = ""


@dataclass(frozen=True)
class Footer:
    """What the line says; the most telling metrics and parameters first."""

    run: RunCell
    status: str = "finished"
    duration_s: float | None = None
    metrics: tuple[FooterMetric, ...] = ()
    params: tuple[FooterParam, ...] = ()
    error_name: str | None = None
    error_message: str | None = None
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # worth saying once, nothing to worry about


def footer_text(footer: Footer) -> str:
    """The footer as plain text; warnings stand on lines of their own.

    Examples
    --------
    >>> metric = FooterMetric("val_acc", 0.972, delta=0.014, is_better=True, against="#11")
    >>> param = FooterParam("lr", 0.003, before=0.01, cell_says=0.01)
    >>> print(footer_text(Footer({"number": 12, "name": "adam"}, "finished", 4.2, (metric,), (param,))))
    #12 adam · 4.2 s · val_acc 0.972 (+0.014 vs #11) · lr 0.003 (cell says 0.01)
    """
    parts = [_name(footer.run)]
    if footer.status != "finished":
        parts.append(" ".join(filter(None, (footer.status, _error(footer)))))
    if footer.duration_s is not None:
        parts.append(fmt.duration(footer.duration_s))
    metrics, params = _named_once(footer)
    parts += [f"{_key(metric.key)} {fmt.number(metric.value)}{_against(metric)}" for metric in metrics]
    parts += [f"{_key(param.key)} {_change(param)}" for param in params]
    rest = _rest(footer)
    lines = [" · ".join([*parts, rest] if rest else parts)]
    said = (*footer.warnings[:_MOST_WARNINGS], *footer.notes)
    lines += [f"    {fmt.short(line, 300)}" for line in said]
    return "\n".join(lines)


def footer_html(footer: Footer) -> str:
    """The footer as static HTML: no script, no button, everything from the user escaped."""
    name = _name(footer.run)
    title = title_attribute(footer.run.get("name") or "", name)
    parts = [f"<b{title}>{run_mark(footer.run)}{escape(name)}</b>"]
    if footer.status != "finished":
        parts.append(_status(footer))
    if footer.duration_s is not None:
        parts.append(f'<span class="nbm-q">{fmt.duration(footer.duration_s)}</span>')
    metrics, params = _named_once(footer)
    parts += [_metric(metric) for metric in metrics]
    parts += [_param(param) for param in params]
    rest = _rest(footer)
    if rest:
        parts.append(f'<span class="nbm-q">{rest}</span>')
    line = '<span class="nbm-q"> · </span>'.join(f'<span class="nbm-part">{part}</span>' for part in parts)
    warnings = "".join(
        f'<div class="nbm-line nbm-q">{dot("▲", "nbm-warn")}'
        f"<span{title_attribute(warning, fmt.short(warning, 300))}>{escape(fmt.short(warning, 300))}</span></div>"
        for warning in footer.warnings[:_MOST_WARNINGS]
    )
    notes = "".join(
        f'<div class="nbm-line nbm-q"><span{title_attribute(note, fmt.short(note, 300))}>'
        f"{escape(fmt.short(note, 300))}</span></div>"
        for note in footer.notes
    )
    return f'<div class="nbm-view nbm-footer">{line_style()}<div class="nbm-line">{line}</div>{warnings}{notes}</div>'


def _name(run: Mapping[str, object]) -> str:
    marks = [fmt.short(fmt.run_label(run), 60)]
    if run.get("is_baseline"):
        marks.append("★")
    attempts = run.get("attempts")
    if isinstance(attempts, int) and attempts > 1:
        marks.append(f"×{attempts}")
    return " ".join(marks)


def _error(footer: Footer) -> str:
    """The error's name; an interrupt says no more than its status does."""
    return "" if footer.status == "interrupted" else fmt.short(footer.error_name or "", 60)


def _named_once(footer: Footer) -> tuple[list[FooterMetric], list[FooterParam]]:
    """What is shown, the other run named at the first difference only."""
    named, known = "", next((metric.against for metric in footer.metrics if metric.against), "")
    kept: list[tuple[FooterMetric | FooterParam, str]] = []
    items: list[FooterMetric | FooterParam] = [*footer.metrics[:_MOST], *footer.params[:_MOST]]
    for item in items:
        differs = item.delta is not None if isinstance(item, FooterMetric) else _is_change(item)
        other = item.against or known
        against = other if differs and other != named else ""
        named = against or named
        kept.append((item, against))
    metrics = [replace(item, against=said) for item, said in kept if isinstance(item, FooterMetric)]
    return metrics, [replace(item, against=said) for item, said in kept if isinstance(item, FooterParam)]


def _is_change(param: FooterParam) -> bool:
    """Whether the value before says something that the cell's text does not."""
    if param.before is ABSENT:
        return False
    return type(param.before) is not type(param.cell_says) or repr(param.before) != repr(param.cell_says)


def _key(key: str) -> str:
    return fmt.short(key, 40)


def _against(metric: FooterMetric) -> str:
    if metric.delta is None:
        return ""
    other = f" vs {fmt.short(metric.against, 40)}" if metric.against else ""
    return f" ({fmt.signed(metric.delta)}{other})"


def _change(param: FooterParam) -> str:
    text = fmt.value(param.value)
    if _is_change(param):
        text = _between(param.before, param.value)
    said = [f"cell says {fmt.value(param.cell_says)}"] if param.cell_says is not ABSENT else []
    if param.against:
        said.insert(0, f"vs {fmt.short(param.against, 40)}")
    return f"{text} ({', '.join(said)})" if said else text


def _between(before: object, after: object) -> str:
    """Two values of one parameter; long and close ones are shown where they differ."""
    old, new = fmt.value(before), fmt.value(after)
    if old == new:
        whole = [each if isinstance(each, str) else repr(each) for each in (before, after)]
        start = next((at for at, pair in enumerate(zip(*whole, strict=False)) if len(set(pair)) > 1), None)
        start = min(map(len, whole)) if start is None else start
        old, new = (_around(text, start) for text in whole)
    return f"{old} -> {new}"


def _around(text: str, place: int) -> str:
    low = max(place - 12, 0) if len(text) > 40 else 0
    return ("…" if low else "") + fmt.short(text[low:], 40)


def _rest(footer: Footer) -> str:
    left_out = max(len(footer.metrics) - _MOST, 0), max(len(footer.params) - _MOST, 0)
    words = [
        f"{count} more {noun}{'s' if count > 1 else ''}"
        for count, noun in zip(left_out, ("metric", "param"), strict=True)
        if count
    ]
    return ", ".join(words)


def _status(footer: Footer) -> str:
    sign, css = STATUS_MARKS.get(footer.status, ("○", "nbm-q"))
    error = _error(footer)
    title = title_attribute(footer.error_message or "", error)
    words = " ".join(filter(None, (escape(footer.status), escape(error))))
    return f"<span{title}>{dot(sign, css)}{words}</span>"


def _metric(metric: FooterMetric) -> str:
    shown = fmt.number(metric.value)
    value = f"<span{title_attribute(repr(metric.value), shown)}>{escape(shown)}</span>"
    delta = escape(_against(metric))
    arrow = delta_arrow(metric.delta, metric.is_better) if metric.delta is not None else ""
    if arrow:
        word, css = ("better", "nbm-good") if metric.is_better else ("worse", "nbm-bad")
        signed = escape(fmt.signed(metric.delta or 0.0))
        delta = delta.replace(signed, f'<span class="{css}"{INLINE[css]} title="{word}">{signed} {arrow}</span>', 1)
    if delta:
        delta = f'<span class="nbm-q">{delta}</span>'
    return f"{_quiet_key(metric.key)} {value}{delta}"


def _param(param: FooterParam) -> str:
    change = _change(param)
    title = title_attribute(repr(param.value)) if "…" in change else ""
    return f"{_quiet_key(param.key)} <span{title}>{escape(change)}</span>"


def _quiet_key(key: str) -> str:
    return f'<span class="nbm-q"{title_attribute(key, _key(key))}>{escape(_key(key))}</span>'
