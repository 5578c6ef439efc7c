"""The one quiet line under a run cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nbmlops.ui import format as fmt
from nbmlops.ui.absent import ABSENT
from nbmlops.ui.html import NBSP, STATUS_MARKS, TITLE_LIMIT, delta_arrow, dot, escape, run_mark, title_attribute
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
    against: str | None = None  # id of the run it is compared with


@dataclass(frozen=True)
class Span:
    """A piece of the line: text in one class, with more on hover."""

    text: str
    css: str = ""
    title: str = ""

    def html(self) -> str:
        """As static HTML; what the class means stands inline too, for where style sheets are taken away."""
        inline = next((INLINE[name] for name in self.css.split() if name in INLINE), "")
        attributes = (f' class="{self.css}"' if self.css else "") + inline + title_attribute(self.title, self.text)
        attributes += ' aria-hidden="true"' if "nbm-dot" in self.css else ""
        return f"<span{attributes}>{escape(self.text)}</span>" if attributes else escape(self.text)

    def data(self) -> list[str]:
        """Text, class and title, as far as there are some."""
        title = self.title if self.title != self.text else ""
        found = [fmt.visible(self.text), self.css, title[:TITLE_LIMIT]]
        while len(found) > 1 and not found[-1]:
            found.pop()
        return found


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
    parts = [f"<b{_title(footer)}>{run_mark(footer.run)}{escape(_name(footer.run))}</b>"]
    parts += ["".join(span.html() for span in part) for part in _parts(footer)]
    line = '<span class="nbm-q"> · </span>'.join(f'<span class="nbm-part">{part}</span>' for part in parts)
    warnings = "".join(
        f'<div class="nbm-line nbm-q">{dot("▲", "nbm-warn")}{_said(warning).html()}</div>'
        for warning in footer.warnings[:_MOST_WARNINGS]
    )
    notes = "".join(f'<div class="nbm-line nbm-q">{_said(note).html()}</div>' for note in footer.notes)
    return f'<div class="nbm-view nbm-footer">{line_style()}<div class="nbm-line">{line}</div>{warnings}{notes}</div>'


def footer_data(footer: Footer) -> dict[str, Any]:
    """The footer as a browser draws it, with the words that lead on: the same pieces as in the static line."""
    return {
        "run": {"id": footer.run.get("id"), "number": footer.run.get("number"), "name": footer.run.get("name") or None},
        "label": _name(footer.run),
        "parts": [[span.data() for span in part] for part in _parts(footer)],
        "warnings": [_said(warning).data() for warning in footer.warnings[:_MOST_WARNINGS]],
        "notes": [_said(note).data() for note in footer.notes],
        "against": footer.against,
    }


def _title(footer: Footer) -> str:
    return title_attribute(footer.run.get("name") or "", _name(footer.run))


def _said(line: str) -> Span:
    return Span(fmt.short(line, 300), title=line)


def _parts(footer: Footer) -> Iterator[list[Span]]:
    """What stands behind the name, piece by piece."""
    if footer.status != "finished":
        sign, css = STATUS_MARKS.get(footer.status, ("○", "nbm-q"))
        words = " ".join(filter(None, (footer.status, _error(footer))))
        yield [Span(f"{sign}{NBSP}", f"nbm-dot {css}"), Span(words, title=footer.error_message or "")]
    if footer.duration_s is not None:
        yield [Span(fmt.duration(footer.duration_s), "nbm-q")]
    metrics, params = _named_once(footer)
    yield from map(_metric, metrics)
    yield from map(_param, params)
    rest = _rest(footer)
    if rest:
        yield [Span(rest, "nbm-q")]


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


def _metric(metric: FooterMetric) -> list[Span]:
    spans = [_quiet_key(metric.key), Span(" "), Span(fmt.number(metric.value), title=repr(metric.value))]
    delta = _against(metric)
    arrow = delta_arrow(metric.delta, metric.is_better) if metric.delta is not None else ""
    if not arrow:
        return [*spans, Span(delta, "nbm-q")] if delta else spans
    signed = fmt.signed(metric.delta or 0.0)
    before, _, after = delta.partition(signed)
    word, css = ("better", "nbm-good") if metric.is_better else ("worse", "nbm-bad")
    return [*spans, Span(before, "nbm-q"), Span(f"{signed} {arrow}", css, word), Span(after, "nbm-q")]


def _param(param: FooterParam) -> list[Span]:
    change = _change(param)
    return [_quiet_key(param.key), Span(" "), Span(change, title=repr(param.value) if "…" in change else "")]


def _quiet_key(key: str) -> Span:
    return Span(_key(key), "nbm-q", key)
