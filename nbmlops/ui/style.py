"""The static look. Every colour is a host variable with a fallback that is readable on light and on dark.

JupyterLab sets ``--jp-*``, VS Code ``--vscode-*``. A plain page sets neither, and its ground need not
follow ``prefers-color-scheme``: there text inherits the page's colour, and quiet text, hairlines and
accents are middle tones with enough contrast on both white and near-black.

JupyterLab takes ``<style>`` and ``<svg>`` out of a notebook it does not trust, and GitHub inline styles
too. What carries meaning must survive that: signs are characters, colours and alignment of cells stand
inline as well, and the style sheet overrides them (hence its ``!important``).
"""

from __future__ import annotations

INLINE = {
    "nbm-good": ' style="color:#2f8f3e"',
    "nbm-bad": ' style="color:#d9453a"',
    "nbm-warn": ' style="color:#d97a00"',
    "nbm-info": ' style="color:#1e93a8"',
}
"""Colours for where the style sheet is taken away."""

_VARIABLES = """
.nbm-view{--nbm-fg:var(--jp-content-font-color1,var(--vscode-foreground,inherit));
--nbm-quiet:var(--jp-content-font-color2,var(--vscode-descriptionForeground,#7a7a7a));
--nbm-line:var(--jp-border-color2,var(--vscode-panel-border,rgba(127,127,127,.3)));
--nbm-good:var(--jp-success-color1,var(--vscode-testing-iconPassed,#2f8f3e));
--nbm-bad:var(--jp-error-color1,var(--vscode-errorForeground,#d9453a));
--nbm-warn:var(--jp-warn-color1,var(--vscode-editorWarning-foreground,#d97a00));
--nbm-info:var(--jp-info-color1,var(--vscode-charts-blue,#1e93a8));
color:var(--nbm-fg);font-family:var(--jp-ui-font-family,var(--vscode-font-family,system-ui,sans-serif));
font-size:var(--jp-ui-font-size1,13px);line-height:24px;font-variant-numeric:tabular-nums;text-align:left}
.nbm-view .nbm-q{color:var(--nbm-quiet)}
.nbm-view .nbm-good{color:var(--nbm-good)!important}
.nbm-view .nbm-bad{color:var(--nbm-bad)!important}
.nbm-view .nbm-warn{color:var(--nbm-warn)!important}
.nbm-view .nbm-info{color:var(--nbm-info)!important}
.nbm-view .nbm-sq{font-size:12px;margin-right:2px;color:var(--nbm-quiet)}
.nbm-view .nbm-dot{font-size:10px;margin-right:2px;position:relative;top:-1px}
"""

# Doubled classes: the host's own table rules (stripes, auto margins, padding) are more specific than one.
_TABLE = """
.nbm-view .nbm-title{font-weight:600;padding:0 8px;line-height:28px}
.nbm-view .nbm-scroll{overflow-x:auto;max-width:100%}
.nbm-view .nbm-scroll::-webkit-scrollbar{height:8px}
.nbm-view .nbm-scroll::-webkit-scrollbar-thumb{background:rgba(127,127,127,.55);border-radius:4px}
.nbm-view .nbm-scroll::-webkit-scrollbar-track{background:rgba(127,127,127,.12)}
@supports not selector(::-webkit-scrollbar){.nbm-view .nbm-scroll{scrollbar-width:thin;
scrollbar-color:rgba(127,127,127,.55) rgba(127,127,127,.12)}}
.nbm-view.nbm-view table.nbm-table{border-collapse:collapse;border-spacing:0;border:0;margin:0;width:auto;
table-layout:auto;font-size:inherit;color:inherit;background:none}
.nbm-view.nbm-view .nbm-table tr.nbm-row,.nbm-view.nbm-view .nbm-table tr.nbm-head{background:none;border:0}
.nbm-view.nbm-view .nbm-table tr.nbm-row.nbm-row:hover{background:rgba(127,127,127,.1)}
.nbm-view.nbm-view .nbm-table .nbm-row td,.nbm-view.nbm-view .nbm-table .nbm-head th{box-sizing:border-box;height:24px;
padding:0 8px;border:0;border-bottom:1px solid var(--nbm-line);line-height:23px;white-space:nowrap;
vertical-align:middle;text-align:left;max-width:30em;overflow:hidden;text-overflow:ellipsis;color:inherit;background:none}
.nbm-view.nbm-view .nbm-table .nbm-head th{font-weight:400;color:var(--nbm-quiet)}
.nbm-view.nbm-view .nbm-table .nbm-row:last-child td{border-bottom:0}
.nbm-view.nbm-view .nbm-table .nbm-row td.nbm-n,.nbm-view.nbm-view .nbm-table .nbm-head th.nbm-n{text-align:right}
.nbm-view.nbm-view .nbm-table .nbm-row td.nbm-run{font-weight:500}
.nbm-view.nbm-view .nbm-table .nbm-row td.nbm-run .nbm-q{font-weight:400}
.nbm-view .nbm-table code{font-family:var(--jp-code-font-family,var(--vscode-editor-font-family,monospace));
font-size:12px;padding:0;border:0;background:none;color:inherit}
.nbm-view.nbm-view .nbm-table svg.nbm-spark{vertical-align:middle;margin:0 8px 0 0;display:inline-block;
overflow:visible;width:64px;height:16px;max-width:none}
.nbm-view .nbm-arrow{display:inline-block;width:1.3em;text-align:right}
.nbm-view .nbm-foot,.nbm-view .nbm-empty{padding:0 8px;color:var(--nbm-quiet);white-space:normal;max-width:80em}
.nbm-view .nbm-table+.nbm-foot{border-top:1px solid var(--nbm-line)}
"""

_LINE = """
.nbm-view .nbm-line{padding:0;white-space:normal}
.nbm-view .nbm-line b{font-weight:500}
.nbm-view .nbm-line .nbm-part{white-space:nowrap}
"""


_COMPARE = """
.nbm-view.nbm-compare table.nbm-table tr.nbm-row th{font-weight:400;text-align:left;padding:0 8px;height:24px;border:0;
border-bottom:1px solid var(--nbm-line);white-space:nowrap;color:inherit;background:none}
.nbm-view.nbm-compare table.nbm-table tr.nbm-row:last-child th{border-bottom:0}
.nbm-view.nbm-compare table.nbm-table tr.nbm-row th[scope=rowgroup]{font-weight:600;padding-top:8px}
.nbm-view.nbm-compare table.nbm-table .nbm-best{font-weight:600}
.nbm-view.nbm-compare table.nbm-table tr.nbm-row td[colspan]{max-width:none;white-space:normal}
.nbm-view .nbm-diff{margin:0;padding:4px 0;background:none;color:inherit;white-space:pre-wrap;line-height:18px;
font-size:12px;font-family:var(--jp-code-font-family,var(--vscode-editor-font-family,monospace))}
.nbm-view.nbm-compare table.nbm-table tr.nbm-row td .nbm-q,.nbm-view.nbm-compare th .nbm-q{color:var(--nbm-quiet);
font-weight:400}
.nbm-view.nbm-compare table.nbm-merged{margin:0;border-collapse:collapse;font-size:12px}
.nbm-view.nbm-compare table.nbm-merged :is(th,td){padding:0 8px;border:0;border-bottom:1px solid var(--nbm-line);
font-weight:400;text-align:right;white-space:nowrap}
"""


def compare_style() -> str:
    """The ``<style>`` of a comparison."""
    return f"<style>{_VARIABLES}{_TABLE}{_COMPARE}</style>"


def table_style() -> str:
    """The ``<style>`` of a table."""
    return f"<style>{_VARIABLES}{_TABLE}</style>"


def line_style() -> str:
    """The ``<style>`` of a footer line."""
    return f"<style>{_VARIABLES}{_LINE}</style>"
