"use strict";(self.rspackChunknbmlops=self.rspackChunknbmlops||[]).push([[413],{855(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`/* Every colour is a host variable with a fallback that reads on light and on dark; see nbmlops/ui/style.py. */
.nbm-view {
  --nbm-fg: var(--jp-content-font-color1, var(--vscode-foreground, inherit));
  --nbm-quiet: var(--jp-content-font-color2, var(--vscode-descriptionForeground, #7a7a7a));
  --nbm-line: var(--jp-border-color2, var(--vscode-panel-border, rgba(127, 127, 127, 0.3)));
  --nbm-ground: var(--jp-layout-color1, var(--vscode-editor-background, transparent));
  --nbm-raised: var(--jp-layout-color2, rgba(127, 127, 127, 0.1));
  --nbm-accent: var(--jp-brand-color1, var(--vscode-focusBorder, #1976d2));
  --nbm-good: color-mix(in srgb, var(--jp-success-color1, var(--vscode-testing-iconPassed, #2f8f3e)) 75%, currentcolor);
  --nbm-bad: color-mix(in srgb, var(--jp-error-color1, var(--vscode-errorForeground, #d9453a)) 75%, currentcolor);
  --nbm-warn: color-mix(
    in srgb,
    var(--jp-warn-color1, var(--vscode-editorWarning-foreground, #d97a00)) 75%,
    currentcolor
  );
  --nbm-info: color-mix(in srgb, var(--jp-info-color1, var(--vscode-charts-blue, #1e93a8)) 75%, currentcolor);
  color: var(--nbm-fg);
  font-family: var(--jp-ui-font-family, var(--vscode-font-family, system-ui, sans-serif));
  font-size: var(--jp-ui-font-size1, 13px);
  line-height: 24px;
  font-variant-numeric: tabular-nums;
  text-align: left;
}
/* outputs of a notebook lie on its paper, panels on their own ground */
.jp-OutputArea .nbm-view {
  --nbm-ground: var(--jp-layout-color0, var(--vscode-editor-background, transparent));
}
.nbm-live {
  position: relative;
  box-sizing: border-box;
  min-width: 0;
}
.nbm-live *,
.nbm-live *::before {
  box-sizing: border-box;
}
.nbm-view .nbm-q {
  color: var(--nbm-quiet);
}
.nbm-view .nbm-good {
  color: var(--nbm-good);
}
.nbm-view .nbm-bad {
  color: var(--nbm-bad);
}
.nbm-view .nbm-warn {
  color: var(--nbm-warn);
}
.nbm-view .nbm-info {
  color: var(--nbm-info);
}
.nbm-view code,
.nbm-view pre {
  font-family: var(--jp-code-font-family, var(--vscode-editor-font-family, monospace));
  font-size: 12px;
}
.nbm-live.nbm-live pre {
  word-break: normal; /* the host breaks within words */
}
.nbm-live :focus-visible {
  outline: 2px solid var(--nbm-accent);
  outline-offset: 1px;
}
/* for those who listen */
.nbm-live .nbm-unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.nbm-live [hidden] {
  display: none !important;
}
.nbm-live .nbm-button {
  height: 24px;
  padding: 0 8px;
  border: 1px solid var(--nbm-line);
  border-radius: 2px;
  background: none;
  color: inherit;
  font: inherit;
  line-height: 22px;
  cursor: pointer;
  white-space: nowrap;
}
.nbm-live .nbm-button:hover:not(:disabled) {
  background: var(--nbm-raised);
}
.nbm-live .nbm-button:disabled {
  opacity: 0.5;
  cursor: default;
}
.nbm-live .nbm-button.nbm-primary {
  border-color: var(--nbm-accent);
  color: var(--nbm-accent);
}
.nbm-live input:is([type="text"], [type="search"], [type="number"]),
.nbm-live select,
.nbm-live textarea {
  height: 24px;
  padding: 0 6px;
  border: 1px solid var(--nbm-line);
  border-radius: 2px;
  background: var(--nbm-ground);
  color: inherit;
  font: inherit;
}
.nbm-live .nbm-bar {
  position: absolute;
  top: 0;
  left: 0;
  height: 2px;
  width: 30%;
  background: var(--nbm-accent);
  animation: nbm-slide 1.2s linear infinite;
}
@keyframes nbm-slide {
  from {
    left: 0;
  }
  to {
    left: 70%;
  }
}
@media (prefers-reduced-motion: reduce) {
  .nbm-live .nbm-bar {
    animation: none;
    width: 100%;
  }
}
.nbm-view .nbm-problem,
.nbm-problem.nbm-view {
  padding: 4px 8px;
  border-left: 2px solid var(--nbm-bad);
}
.nbm-view .nbm-problem-quiet {
  border-color: var(--nbm-line);
  color: var(--nbm-quiet);
}
.nbm-view .nbm-problem .nbm-button {
  margin-left: 8px;
}
.nbm-view .nbm-empty {
  padding: 8px;
  color: var(--nbm-quiet);
}
.nbm-view .nbm-old {
  padding: 0 8px;
}
.nbm-live .nbm-frame {
  width: 100%;
  border: 0;
  background: #fff;
}
.nbm-live .nbm-frame.nbm-clear {
  background: none;
}
.nbm-live .nbm-opened {
  margin-top: 8px;
  border-top: 1px solid var(--nbm-line);
}
.nbm-live .nbm-place-head {
  display: flex;
  align-items: center;
  justify-content: space-between;
  padding: 4px 8px;
}

/* an output of a cell: what is drawn out of sight takes its place later */
.nbm-cell {
  position: relative;
}
.nbm-backstage {
  position: absolute;
  inset: 0 0 auto;
  height: 0;
  overflow: hidden;
  visibility: hidden;
}
.nbm-saved-note {
  padding: 4px 0;
}
`,""]),i.d(e,{},{A:t})},507(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`.nbm-compare .nbm-cmp-tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 16px;
  padding: 4px 8px;
}
.nbm-compare .nbm-cmp-tools-title {
  flex: 1 1 240px;
  white-space: nowrap;
  font-weight: 600;
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
}
.nbm-compare .nbm-cmp-scroller {
  overflow-x: auto;
  max-width: 100%;
}
.nbm-compare.nbm-compare table.nbm-cmp-grid {
  border-collapse: separate;
  border-spacing: 0;
  border: 0;
  margin: 0;
  width: 100%;
  table-layout: auto;
  font-size: inherit;
  color: inherit;
}
.nbm-compare.nbm-compare .nbm-cmp-grid > :is(thead, tbody) > tr {
  background: none;
}
.nbm-compare.nbm-compare .nbm-cmp-grid > :is(thead, tbody) > tr > :is(th, td) {
  height: 24px;
  padding: 0 8px;
  border: 0;
  border-bottom: 1px solid var(--nbm-line);
  font-weight: 400;
  line-height: 23px;
  text-align: left;
  vertical-align: top;
  white-space: nowrap;
  background: none;
  color: inherit;
}
.nbm-compare.nbm-compare .nbm-cmp-grid > :is(thead, tbody) > tr > .nbm-cmp-n {
  text-align: right;
  /* words give way, so that what differs is in sight */
  --nbm-most: clamp(10.5em, calc((var(--nbm-room, 1000px) - 27em) / var(--nbm-runs, 2)), 28em);
  max-width: var(--nbm-most);
  min-width: 96px;
  overflow: hidden;
  text-overflow: ellipsis;
}
.nbm-compare.nbm-compare .nbm-cmp-grid > :is(thead, tbody) > tr > .nbm-q {
  color: var(--nbm-quiet);
}
.nbm-compare.nbm-compare .nbm-cmp-grid > tbody > tr > .nbm-cmp-best {
  font-weight: 600;
}
.nbm-compare.nbm-compare .nbm-cmp-grid > :is(thead, tbody) > tr > .nbm-cmp-key {
  position: sticky;
  left: 0;
  z-index: 1;
  max-width: min(22em, calc(var(--nbm-room, 1000px) * 0.3));
  overflow: hidden;
  text-overflow: ellipsis;
  background: none;
}
.nbm-compare.nbm-compare .nbm-cmp-scrolls > .nbm-cmp-grid > :is(thead, tbody) > tr > .nbm-cmp-key {
  background: var(--nbm-under, var(--nbm-ground));
}
.nbm-compare .nbm-cmp-grid > thead > tr > th {
  font-weight: 500;
}
.nbm-compare .nbm-cmp-merged {
  overflow-x: auto;
}
.nbm-compare.nbm-compare .nbm-cmp-merged table {
  border-collapse: collapse;
  margin: 0;
  font-size: 12px;
}
.nbm-compare.nbm-compare .nbm-cmp-merged table tr > :is(th, td) {
  padding: 0 8px;
  border: 0;
  border-bottom: 1px solid var(--nbm-line);
  line-height: 20px;
  font-weight: 400;
  text-align: right;
  white-space: nowrap;
  background: none;
}
.nbm-compare.nbm-compare .nbm-cmp-merged table tr > :is(th, td):first-child {
  text-align: left;
}
.nbm-compare.nbm-compare .nbm-cmp-merged table tr > th {
  color: var(--nbm-quiet);
}
.nbm-compare .nbm-cmp-merged :is(del, ins) {
  text-decoration: none;
  border-radius: 2px;
  padding: 0 2px;
}
.nbm-compare .nbm-cmp-merged del {
  background: color-mix(in srgb, var(--nbm-bad) 14%, transparent);
}
.nbm-compare .nbm-cmp-merged ins {
  background: color-mix(in srgb, var(--nbm-good) 16%, transparent);
}
.nbm-compare.nbm-compare .nbm-cmp-grid > :is(thead, tbody) > tr > .nbm-cmp-rest {
  width: 100%;
  padding: 0;
}
.nbm-compare.nbm-compare .nbm-cmp-grid > tbody > tr.nbm-cmp-row:hover > :is(th, td) {
  background: var(--nbm-raised);
}
.nbm-compare.nbm-compare .nbm-cmp-grid > tbody > tr.nbm-cmp-section-head > th {
  padding: 8px 8px 0;
}
.nbm-compare.nbm-compare .nbm-cmp-grid > :is(thead, tbody) > tr > .nbm-cmp-change {
  padding-left: 0;
}
.nbm-compare .nbm-cmp-tools label {
  display: inline-flex;
  align-items: center;
  gap: 4px;
}
.nbm-compare .nbm-cmp-tools input {
  margin: 0;
}
.nbm-compare button:is(.nbm-cmp-fold, .nbm-cmp-link) {
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  line-height: inherit;
  cursor: pointer;
}
.nbm-compare button.nbm-cmp-section-title {
  font-weight: 600;
}
.nbm-compare button.nbm-cmp-more {
  text-decoration: underline dotted;
  text-decoration-color: var(--nbm-quiet);
  text-underline-offset: 3px;
}
.nbm-compare span + button.nbm-cmp-more {
  margin-left: 8px;
}
.nbm-compare button.nbm-cmp-link:hover {
  text-decoration: underline;
}
.nbm-compare.nbm-compare .nbm-cmp-grid > thead > tr > th.nbm-cmp-n {
  position: relative;
  padding-bottom: 20px;
  overflow: visible;
}
.nbm-compare .nbm-cmp-grid > thead > tr > .nbm-cmp-n > .nbm-cmp-link {
  max-width: calc(var(--nbm-most) - 2.3em);
  overflow: hidden;
  text-overflow: ellipsis;
  vertical-align: bottom;
}
.nbm-compare .nbm-cmp-column-tools {
  position: absolute;
  top: 24px;
  right: 8px;
  display: flex;
  gap: 8px;
  justify-content: flex-end;
  line-height: 16px;
  padding-bottom: 4px;
  font-size: 11px;
}
.nbm-compare.nbm-compare .nbm-cmp-grid > tbody > tr > td.nbm-cmp-wide-cell {
  padding: 0;
  white-space: normal;
}
.nbm-compare .nbm-cmp-wide {
  position: sticky;
  left: 0;
  width: var(--nbm-room, 100%);
  max-width: 100%;
  padding: 0 8px 8px;
}
.nbm-compare .nbm-cmp-pair-line {
  line-height: 24px;
}
.nbm-compare .nbm-cmp-note {
  padding: 0 8px;
}
.nbm-compare .nbm-cmp-section-tools {
  display: inline-flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  margin-left: 16px;
}
.nbm-compare .nbm-cmp-choice {
  display: inline-flex;
}
.nbm-compare .nbm-cmp-choice .nbm-button {
  height: 20px;
  line-height: 18px;
  font-size: 12px;
  border-radius: 0;
}
.nbm-compare .nbm-cmp-choice .nbm-button + .nbm-button {
  border-left: 0;
}
.nbm-compare .nbm-cmp-choice .nbm-button[aria-pressed="true"] {
  background: var(--nbm-raised);
  font-weight: 600;
}
.nbm-compare .nbm-cmp-contents[data-waiting] {
  min-height: 120px;
}
.nbm-compare .nbm-cmp-side {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(220px, 1fr));
  gap: 8px 16px;
}
.nbm-compare .nbm-cmp-figure {
  margin: 0;
  min-width: 0;
}
.nbm-compare .nbm-cmp-figure :is(img, canvas),
.nbm-compare .nbm-cmp-stack img {
  display: block;
  max-width: 100%;
  max-height: 420px;
  background: #fff;
}
.nbm-compare .nbm-cmp-swipe {
  display: inline-block;
  max-width: 100%;
}
.nbm-compare .nbm-cmp-stack {
  position: relative;
  cursor: ew-resize;
}
.nbm-compare .nbm-cmp-stack .nbm-cmp-top {
  position: absolute;
  inset: 0 auto auto 0;
  clip-path: inset(0 0 0 var(--nbm-at));
}
.nbm-compare .nbm-cmp-stack::after {
  content: "";
  position: absolute;
  inset: 0 auto 0 var(--nbm-at);
  width: 1px;
  background: var(--nbm-accent);
}
.nbm-compare .nbm-cmp-swipe input {
  display: block;
  width: 100%;
  margin: 4px 0 0;
  accent-color: var(--nbm-accent);
}
.nbm-compare .nbm-cmp-ends {
  display: flex;
  justify-content: space-between;
  line-height: 16px;
}
@media (hover: hover) {
  .nbm-compare th:not(:hover, :focus-within) > .nbm-cmp-column-tools .nbm-cmp-link {
    opacity: 0;
  }
}
.nbm-compare .nbm-cmp-stick {
  position: sticky;
  left: 8px;
  display: inline-flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0 8px;
  white-space: normal;
  max-width: calc(var(--nbm-room, 100%) - 16px);
}
`,""]),i.d(e,{},{A:t})},912(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`/* Curves of many runs: what is chosen, the grid, the legend. */
.nbm-curves {
  container-type: inline-size;
}
.nbm-curves > .nbm-body {
  padding: 0 8px;
}
.nbm-curves:is(.nbm-live *) > .nbm-body {
  padding: 0;
}
.nbm-curves .nbm-curves-tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 16px;
  padding: 4px 0;
}
.nbm-curves .nbm-curves-tools label {
  display: inline-flex;
  align-items: center;
  gap: 4px;
  white-space: nowrap;
}
.nbm-curves .nbm-curves-tools input:is([type="range"], [type="checkbox"]) {
  accent-color: var(--nbm-accent);
  margin: 0;
}
.nbm-curves .nbm-curves-tools input[type="range"] {
  width: 96px;
}
.nbm-curves .nbm-curves-weight {
  min-width: 2em;
}
.nbm-curves .nbm-curves-menu {
  position: relative;
}
.nbm-curves .nbm-curves-menu > summary {
  list-style: none;
}
.nbm-curves .nbm-curves-menu > summary::-webkit-details-marker {
  display: none;
}
.nbm-curves .nbm-curves-menu > summary::after {
  content: " ▾";
}
.nbm-curves .nbm-curves-panel {
  position: absolute;
  z-index: 20;
  top: 26px;
  left: 0;
  width: min(320px, 90cqw);
  padding: 8px;
  border: 1px solid var(--nbm-line);
  background: var(--jp-layout-color1, var(--vscode-editor-background, Canvas));
}
.nbm-curves .nbm-curves-panel input[type="search"] {
  width: 100%;
}
.nbm-curves .nbm-curves-choice {
  max-height: 240px;
  margin-top: 4px;
  overflow: auto;
}
.nbm-curves .nbm-curves-tools .nbm-curves-choice label {
  display: flex;
}
.nbm-curves .nbm-curves-main {
  display: flex;
  gap: 16px;
  align-items: flex-start;
}
.nbm-curves .nbm-curves-grid.nbm-one {
  grid-template-columns: 1fr;
}
.nbm-curves .nbm-curves-legend {
  display: flex;
  position: sticky;
  top: 0;
  flex: 0 0 220px;
  flex-direction: column;
  min-width: 0;
}
.nbm-curves .nbm-curves-said {
  overflow: hidden;
  color: var(--nbm-quiet);
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-curves .nbm-curves-rows {
  display: flex;
  position: relative;
  flex-direction: column;
  max-height: 384px;
  overflow: auto;
}
.nbm-curves .nbm-curves-row {
  display: flex;
  flex: none;
  flex-wrap: wrap;
  align-items: center;
  column-gap: 6px;
  width: 100%;
  padding: 0 4px;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  line-height: 24px;
  text-align: left;
  cursor: pointer;
}
.nbm-curves .nbm-curves-row:is(:hover, .nbm-bold) {
  background: var(--nbm-raised);
}
.nbm-curves .nbm-curves-row.nbm-bold {
  font-weight: 600;
}
.nbm-curves .nbm-curves-row:focus-visible {
  outline-offset: -2px;
}
.nbm-curves .nbm-curves-row[aria-pressed="false"] {
  color: var(--nbm-quiet);
  text-decoration: line-through;
}
.nbm-curves .nbm-curves-swatch {
  flex: none;
}
.nbm-curves .nbm-curves-row[aria-pressed="false"] .nbm-curves-swatch {
  opacity: 0.25;
}
.nbm-curves .nbm-curves-name {
  flex: 1;
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-curves .nbm-curves-value {
  flex: none;
  text-align: right;
  white-space: nowrap;
}
.nbm-curves .nbm-curves-band {
  display: block;
  margin-top: -6px;
  font-weight: 400;
}
.nbm-curves .nbm-curves-buttons {
  display: flex;
  gap: 8px;
  min-height: 28px;
  padding-top: 4px;
}
@container (max-width: 560px) {
  .nbm-curves .nbm-curves-main {
    flex-direction: column;
    align-items: stretch;
    gap: 4px;
  }
  .nbm-curves .nbm-curves-legend {
    position: static;
    flex: none;
  }
  .nbm-curves .nbm-curves-rows {
    max-height: 168px;
  }
}
`,""]),i.d(e,{},{A:t})},813(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`.nbm-datadiff .nbm-datadiff-title {
  display: flex;
  flex-wrap: wrap;
  gap: 0 16px;
  padding: 4px 0;
}
.nbm-datadiff .nbm-datadiff-rows {
  margin-top: 16px;
}
.nbm-datadiff tr[aria-current="true"] td {
  background: var(--nbm-raised);
}
.nbm-datadiff.nbm-datadiff .nbm-list td.nbm-datadiff-side {
  border-left: 1px solid var(--nbm-line);
}
.nbm-datadiff .nbm-button[aria-pressed="true"] {
  background: var(--nbm-raised);
  font-weight: 600;
}
.nbm-datadiff .nbm-datadiff-file {
  margin-top: 8px;
}
.nbm-datadiff .nbm-datadiff-pictures {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
}
.nbm-datadiff .nbm-datadiff-pictures figure {
  margin: 0;
}
.nbm-datadiff .nbm-datadiff-pictures img {
  display: block;
  max-width: 256px;
  max-height: 256px;
  min-width: 64px;
  image-rendering: pixelated;
  outline: 1px solid var(--nbm-line);
  background: var(--nbm-raised);
}
.nbm-datadiff.nbm-datadiff .nbm-datadiff-rows .nbm-list {
  width: auto;
  min-width: min(100%, 480px);
}
.nbm-datadiff.nbm-datadiff button.nbm-link {
  text-decoration: underline dotted;
  text-decoration-color: var(--nbm-quiet);
  text-underline-offset: 3px;
}
.nbm-datadiff.nbm-datadiff button.nbm-link:hover {
  text-decoration-style: solid;
}
`,""]),i.d(e,{},{A:t})},246(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`.nbm-dataversion .nbm-dataversion-title {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0 16px;
  padding: 4px 0;
}
.nbm-dataversion .nbm-dataversion-tools {
  display: flex;
  gap: 4px;
  margin-left: auto;
}
.nbm-dataversion .nbm-dataversion-part {
  margin-top: 8px;
}
.nbm-dataversion.nbm-dataversion .nbm-dataversion-rows .nbm-list {
  width: auto;
  min-width: min(100%, 480px);
}
`,""]),i.d(e,{},{A:t})},93(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`/* Lines and tables of two texts as one; before compare.css, whose selectors are stronger. */
.nbm-view.nbm-view table.nbm-diff {
  border-collapse: collapse;
  border-spacing: 0;
  width: 100%;
  margin: 0 0 8px;
  table-layout: fixed;
  border: 1px solid var(--nbm-line);
  font-family: var(--jp-code-font-family, var(--vscode-editor-font-family, monospace));
  font-size: 12px;
}
.nbm-view.nbm-view .nbm-diff tr {
  background: none;
}
.nbm-view.nbm-view .nbm-diff td {
  padding: 0 8px;
  border: 0;
  line-height: 18px;
  text-align: left;
  vertical-align: top;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  max-width: none;
}
.nbm-view .nbm-diff col.nbm-diff-at {
  width: 40px;
}
.nbm-view.nbm-view .nbm-diff td.nbm-diff-at {
  width: 40px;
  padding: 0 4px;
  text-align: right;
  color: var(--nbm-quiet);
  user-select: none;
  font-size: 11px;
}
.nbm-view.nbm-view .nbm-diff td.nbm-diff-text {
  padding-left: 20px;
  text-indent: -12px;
}
.nbm-view .nbm-diff .nbm-diff-sign {
  display: inline-block;
  width: 12px;
  text-indent: 0;
  user-select: none;
}
.nbm-view.nbm-view .nbm-diff td.nbm-diff-cut {
  background: color-mix(in srgb, var(--nbm-bad) 12%, transparent);
}
.nbm-view.nbm-view .nbm-diff td.nbm-diff-new {
  background: color-mix(in srgb, var(--nbm-good) 14%, transparent);
}
.nbm-view.nbm-view .nbm-diff td.nbm-diff-none {
  background: var(--nbm-raised);
}
.nbm-view .nbm-diff :is(del, ins) {
  text-decoration: none;
  border-radius: 2px;
}
.nbm-view .nbm-diff del {
  background: color-mix(in srgb, var(--nbm-bad) 32%, transparent);
}
.nbm-view .nbm-diff ins {
  background: color-mix(in srgb, var(--nbm-good) 36%, transparent);
}
.nbm-view.nbm-view .nbm-diff .nbm-diff-gap td {
  padding-left: 48px;
  color: var(--nbm-quiet);
  font-family: var(--jp-ui-font-family, system-ui, sans-serif);
  font-size: 11px;
}
`,""]),i.d(e,{},{A:t})},731(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`/* Parallel coordinates, scatter and importance of many runs. */
.nbm-explore > .nbm-body {
  position: relative;
  container-type: inline-size;
  padding: 4px 8px 8px;
}
.nbm-explore .nbm-explore-line {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  min-height: 28px;
}
.nbm-explore .nbm-explore-line label {
  display: flex;
  align-items: center;
  gap: 4px;
  min-width: 0;
}
.nbm-explore .nbm-explore-line select {
  max-width: 14em;
  min-width: 0;
}
.nbm-explore .nbm-explore-head input[type="search"] {
  flex: 1 1 160px;
  min-width: 100px;
}
.nbm-explore .nbm-explore-add {
  width: 110px;
  margin-left: auto;
}
.nbm-explore .nbm-explore-scatter .nbm-explore-line select {
  max-width: 11em;
}
.nbm-explore .nbm-explore-notes {
  line-height: 20px;
}
.nbm-explore .nbm-explore-notes p {
  margin: 0 0 4px;
  line-height: 18px;
  max-width: 60em;
}
.nbm-explore .nbm-explore-notes summary {
  cursor: pointer;
}
.nbm-explore .nbm-explore-legend {
  display: inline-flex;
  align-items: center;
  gap: 4px;
  font-size: 11px;
}
.nbm-explore .nbm-explore-legend i {
  width: 56px;
  height: 8px;
}
.nbm-explore .nbm-explore-parallel {
  overflow-x: auto;
  min-height: 290px;
  margin-top: 4px;
}
.nbm-explore .nbm-explore-scatter {
  min-height: 288px;
}
.nbm-explore .nbm-explore-plot {
  position: relative;
}
.nbm-explore .nbm-explore-on {
  cursor: pointer;
}
.nbm-explore .nbm-explore-lines {
  position: absolute;
  top: 0;
  left: 0;
  display: block;
}
.nbm-explore .nbm-explore-axis {
  position: absolute;
  top: 0;
  pointer-events: none;
}
.nbm-explore .nbm-explore-axis > * {
  pointer-events: auto;
}
.nbm-explore .nbm-explore-name {
  position: absolute;
  top: 10px;
  left: 0;
  max-width: calc(100% - 12px);
  padding: 0 4px;
  border: 1px solid transparent;
  border-radius: 2px;
  background: none;
  color: inherit;
  font: inherit;
  font-weight: 600;
  line-height: 22px;
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
  cursor: grab;
  touch-action: none;
}
.nbm-explore .nbm-explore-name:hover {
  border-color: var(--nbm-line);
}
.nbm-explore .nbm-explore-moved .nbm-explore-name {
  cursor: grabbing;
  background: var(--nbm-raised);
}
.nbm-explore .nbm-explore-brushed .nbm-explore-name {
  color: var(--nbm-accent);
}
.nbm-explore .nbm-explore-track {
  position: absolute;
  left: 0;
  width: 28px;
  cursor: crosshair;
  touch-action: none;
}
.nbm-explore .nbm-explore-ticks {
  position: absolute;
  top: 0;
  left: 0;
  overflow: visible;
  pointer-events: none !important;
}
.nbm-explore .nbm-explore-ticks path {
  stroke: var(--nbm-fg);
  stroke-opacity: 0.7;
  fill: none;
}
.nbm-explore .nbm-explore-ticks path.nbm-explore-grid {
  stroke: var(--nbm-line);
  stroke-opacity: 1;
}
.nbm-explore .nbm-explore-ticks path.nbm-explore-slot {
  stroke-dasharray: 2 1;
}
.nbm-explore .nbm-explore-ticks text {
  font-size: 11px;
  fill: var(--nbm-fg);
  paint-order: stroke;
  stroke: var(--nbm-ground);
  stroke-width: 3px;
  stroke-linejoin: round;
}
.nbm-explore .nbm-explore-ticks text.nbm-explore-word {
  fill: var(--nbm-quiet);
  font-style: italic;
}
.nbm-explore .nbm-explore-brush {
  fill: var(--nbm-accent);
  fill-opacity: 0.25;
  stroke: var(--nbm-accent);
}
.nbm-explore .nbm-explore-foot {
  position: absolute;
  left: 0;
  display: flex;
  gap: 2px;
  opacity: 0;
}
.nbm-explore .nbm-explore-axis:is(:hover, :focus-within) .nbm-explore-foot,
.nbm-explore .nbm-explore-parallel:hover .nbm-explore-foot:has([aria-pressed="true"]) {
  opacity: 1;
}
@media (hover: none) {
  .nbm-explore .nbm-explore-foot {
    opacity: 1;
  }
}
.nbm-explore .nbm-button.nbm-explore-small,
.nbm-explore .nbm-explore-small {
  height: 20px;
  padding: 0 4px;
  border: 1px solid transparent;
  border-radius: 2px;
  background: none;
  color: var(--nbm-quiet);
  font: inherit;
  font-size: 11px;
  line-height: 18px;
  cursor: pointer;
}
.nbm-explore .nbm-explore-small:hover {
  color: var(--nbm-fg);
  border-color: var(--nbm-line);
}
.nbm-explore .nbm-explore-small[aria-pressed="true"] {
  color: var(--nbm-accent);
}
.nbm-explore .nbm-explore-panels {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));
  gap: 8px 16px;
  align-items: start;
}
.nbm-explore .nbm-explore-panels > section {
  min-width: 0;
}
.nbm-explore .nbm-explore-matches {
  grid-column: 1 / -1;
}
@container (min-width: 1160px) {
  .nbm-explore .nbm-explore-panels {
    grid-template-columns: minmax(300px, 5fr) minmax(300px, 4fr) minmax(300px, 6fr);
  }
  .nbm-explore .nbm-explore-matches {
    grid-column: auto;
  }
}
.nbm-explore .nbm-explore-row {
  display: block;
  width: 100%;
  height: 24px;
  padding: 0 4px;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  text-align: left;
  cursor: pointer;
}
.nbm-explore .nbm-explore-row:hover {
  background: var(--nbm-raised);
}
.nbm-explore .nbm-explore-cells {
  display: grid;
  grid-template-columns: minmax(0, 9em) minmax(40px, 1fr) 4.5em;
  align-items: center;
  gap: 8px;
}
.nbm-explore .nbm-explore-param {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-explore .nbm-explore-row[aria-pressed="true"] .nbm-explore-param {
  font-weight: 600;
}
.nbm-explore .nbm-explore-bar {
  position: relative;
  height: 12px;
  background: var(--nbm-raised);
}
.nbm-explore .nbm-explore-bar > span {
  position: absolute;
  inset: 0 auto 0 0;
  background: var(--nbm-accent);
}
.nbm-explore .nbm-explore-bar > .nbm-explore-weak {
  opacity: 0.35;
}
.nbm-explore .nbm-explore-bar > i {
  position: absolute;
  top: -2px;
  bottom: -2px;
  width: 1px;
  background: var(--nbm-fg);
}
.nbm-explore .nbm-explore-value,
.nbm-explore .nbm-explore-number {
  text-align: right;
}
.nbm-explore.nbm-explore table.nbm-explore-list {
  border-collapse: collapse;
  margin: 0;
  font-size: inherit;
  color: inherit;
}
.nbm-explore.nbm-explore .nbm-explore-list tr {
  background: none;
}
.nbm-explore.nbm-explore .nbm-explore-list tbody tr:hover {
  background: var(--nbm-raised);
}
.nbm-explore.nbm-explore .nbm-explore-list :is(th, td) {
  height: 24px;
  padding: 0 8px;
  border: 0;
  border-bottom: 1px solid var(--nbm-line);
  line-height: 23px;
  font-weight: 400;
  text-align: left;
  white-space: nowrap;
  background: none;
}
.nbm-explore.nbm-explore .nbm-explore-list thead th {
  color: var(--nbm-quiet);
}
.nbm-explore.nbm-explore .nbm-explore-list .nbm-explore-number {
  text-align: right;
}
.nbm-explore .nbm-explore-matches .nbm-scroll {
  max-height: 320px;
  overflow: auto;
}
.nbm-explore .nbm-explore-open {
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
}
.nbm-explore .nbm-explore-open:hover {
  text-decoration: underline;
}
.nbm-explore .nbm-explore-tip {
  position: absolute;
  z-index: 10;
  display: grid;
  grid-template-columns: auto auto;
  gap: 0 12px;
  max-width: 320px;
  padding: 4px 8px;
  border: 1px solid var(--nbm-line);
  background: var(--jp-layout-color1, var(--vscode-editor-background, #fff));
  line-height: 18px;
  font-size: 12px;
  pointer-events: none;
}
/* where it stands below a table: the filter is that of the table, and the title stands above */
.nbm-explore:is([data-filtered="above"] *) .nbm-explore-head .nbm-explore-line > :is(b, input[type="search"]) {
  display: none;
}
`,""]),i.d(e,{},{A:t})},285(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`.nbm-footer .nbm-foot-row {
  display: flex;
  align-items: flex-start;
  column-gap: 16px;
}
.nbm-footer .nbm-foot-line {
  flex: 1 1 0;
  min-width: 0;
}
.nbm-footer b {
  font-weight: 500;
}
.nbm-footer .nbm-foot-part {
  white-space: nowrap;
}
.nbm-footer .nbm-dot {
  font-size: 10px;
}
.nbm-footer .nbm-foot-words {
  display: inline-flex;
  flex: none;
  gap: 8px;
}
.nbm-footer .nbm-sq {
  font-size: 12px;
}
.nbm-footer button.nbm-foot-word {
  padding: 0 4px;
  border: 0;
  background: none;
  color: var(--nbm-quiet);
  font: inherit;
  line-height: inherit;
  cursor: pointer;
}
.nbm-footer button.nbm-foot-word:hover {
  color: var(--nbm-fg);
  text-decoration: underline;
}
`,""]),i.d(e,{},{A:t})},722(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=i.n(a),m=i(855),b=i(728),l=i(765),p=i(93),d=i(507),s=i(813),c=i(246),x=i(409),u=i(789),g=i(234),h=i(912),f=i(162),v=i(285),w=i(731),y=i(222),k=t()(o());k.i(m.A),k.i(b.A),k.i(l.A),k.i(p.A),k.i(d.A),k.i(s.A),k.i(c.A),k.i(x.A),k.i(u.A),k.i(g.A),k.i(h.A),k.i(f.A),k.i(v.A),k.i(w.A),k.i(y.A),k.push([n.id,`
`,""]),i.d(e,{},{A:k})},83(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=i.n(a),m=i(722),b=i(342),l=t()(o());l.i(m.A),l.i(b.A),l.push([n.id,`/* Our widgets in JupyterLab's shell. */
.nbm-sidebar {
  outline: none;
  background: var(--jp-layout-color1);
  min-width: 200px;
  overflow: hidden;
}
.nbm-drag {
  padding: 0 8px;
  border: 1px solid var(--nbm-accent);
  background: var(--nbm-ground);
  font-family: var(--jp-code-font-family, monospace);
}
/* the cell that made a run, for a moment */
.jp-Notebook .jp-Cell.nbm-made-here {
  animation: nbm-made-here 2s ease-out;
}
@keyframes nbm-made-here {
  from {
    background: color-mix(in srgb, var(--jp-brand-color1, #1976d2) 25%, transparent);
  }
  to {
    background: transparent;
  }
}
/* views in the main area */
.nbm-main {
  overflow: auto;
  padding: 8px;
  outline: none;
  background: var(--jp-layout-color1);
}
`,""]),i.d(e,{},{A:l})},409(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`.nbm-lineage .nbm-lineage-scroller {
  max-height: 480px;
  overflow: auto;
}
.nbm-lineage .nbm-lineage-canvas {
  position: relative;
}
.nbm-lineage .nbm-lineage-edge {
  fill: none;
  stroke: var(--nbm-quiet);
}
.nbm-lineage .nbm-lineage-node {
  position: absolute;
  padding: 0 8px;
  overflow: hidden;
  border: 1px solid var(--nbm-line);
  border-radius: 2px;
  background: var(--nbm-ground);
  color: inherit;
  font: inherit;
  line-height: 22px;
  text-align: left;
  white-space: nowrap;
}
.nbm-lineage button.nbm-lineage-node {
  cursor: pointer;
}
.nbm-lineage button.nbm-lineage-node:hover {
  background: var(--nbm-raised);
}
.nbm-lineage .nbm-lineage-node[data-kind="run"] {
  border-radius: 12px;
}
.nbm-lineage .nbm-lineage-node:is([data-kind="file"], [data-kind="frame"]) {
  border-style: dashed;
}
.nbm-lineage .nbm-lineage-node[data-stale] {
  border-color: var(--nbm-warn);
  color: var(--nbm-warn);
}
.nbm-lineage .nbm-lineage-start {
  font-weight: 600;
}
.nbm-lineage .nbm-lineage-notes {
  display: flex;
  flex-wrap: wrap;
  gap: 0 16px;
}
`,""]),i.d(e,{},{A:t})},222(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`.nbm-live[data-view="live"] > .nbm-body {
  padding: 0 8px 4px;
}
.nbm-live[data-view="live"] .nbm-live-head {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0 16px;
  min-height: 28px;
}
.nbm-live[data-view="live"] .nbm-live-name {
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
.nbm-live[data-view="live"] .nbm-live-clock {
  color: var(--nbm-quiet);
}
.nbm-live[data-view="live"] .nbm-live-head .nbm-button {
  margin-left: auto;
}
.nbm-live[data-view="live"] .nbm-loop {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0 8px;
}
.nbm-live[data-view="live"] .nbm-loop progress {
  flex: 0 1 240px;
  height: 6px;
  border: 0;
  border-radius: 3px;
  overflow: hidden;
  appearance: none;
  background: var(--nbm-line);
}
.nbm-live[data-view="live"] .nbm-loop progress::-webkit-progress-bar {
  background: var(--nbm-line);
}
.nbm-live[data-view="live"] .nbm-loop progress::-webkit-progress-value {
  background: var(--nbm-accent);
}
.nbm-live[data-view="live"] .nbm-loop progress::-moz-progress-bar {
  background: var(--nbm-accent);
}
.nbm-live[data-view="live"] .nbm-live-grid {
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 220px), 1fr));
  gap: 4px 16px;
}
.nbm-live[data-view="live"] .nbm-gauges {
  display: flex;
  flex-wrap: wrap;
  gap: 0 16px;
  color: var(--nbm-quiet);
}
.nbm-live[data-view="live"] .nbm-gauge {
  display: inline-flex;
  align-items: center;
  gap: 6px;
  white-space: nowrap;
}
.nbm-live[data-view="live"] .nbm-gauge-value {
  min-width: 3em;
  color: var(--nbm-fg);
  text-align: right;
}
`,""]),i.d(e,{},{A:t})},234(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`/* The grid of figures, texts, tables and sounds. */
.nbm-media .nbm-media-player {
  display: flex;
  flex: 1 1 240px;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  max-width: 640px;
}
.nbm-media .nbm-media-player input[type="range"] {
  flex: 1 1 100px;
  min-width: 60px;
  height: 24px;
  margin: 0;
  accent-color: var(--nbm-accent);
}
.nbm-media .nbm-media-step {
  min-width: 9em;
  white-space: nowrap;
}
.nbm-media .nbm-media-tools:empty {
  display: none;
}
.nbm-media .nbm-media-tiles {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 240px), 1fr));
  gap: 8px 16px;
  align-items: start;
}
.nbm-media .nbm-media-tile {
  min-width: 0;
}
.nbm-media .nbm-media-tile:is([data-kind="table"], [data-kind="html"], [data-kind="text"]) {
  grid-column: span 1;
}
.nbm-media .nbm-media-key {
  overflow: hidden;
  font-weight: 600;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-media .nbm-media-scroll {
  max-height: 720px;
  overflow: auto;
}
.nbm-media.nbm-media table.nbm-media-grid {
  width: auto;
  margin: 0;
  border: 0;
  border-collapse: separate;
  border-spacing: 0;
  table-layout: fixed;
  font-size: inherit;
  color: inherit;
}
.nbm-media.nbm-media .nbm-media-grid tr {
  background: none;
}
.nbm-media.nbm-media .nbm-media-grid > * > tr > :is(td, th) {
  padding: 4px 8px;
  border: 0;
  border-bottom: 1px solid var(--nbm-line);
  font-weight: 400;
  text-align: left;
  vertical-align: top;
}
.nbm-media.nbm-media .nbm-media-grid > thead > tr > :is(td, th) {
  position: sticky;
  top: 0;
  z-index: 2;
  background: var(--nbm-ground);
}
.nbm-media.nbm-media .nbm-media-grid > * > tr > :first-child {
  position: sticky;
  left: 0;
  z-index: 1;
  min-width: 112px;
  max-width: 112px;
  padding-left: 0;
  background: var(--nbm-ground);
  overflow-wrap: anywhere;
}
.nbm-media.nbm-media .nbm-media-grid > thead > tr > :first-child {
  z-index: 3;
}
.nbm-media.nbm-media .nbm-media-grid > tbody > tr > td {
  width: 240px;
  min-width: 200px;
  max-width: 320px;
}
.nbm-media .nbm-media-cell {
  min-width: 0;
}
.nbm-media .nbm-media-waiting {
  height: 120px;
  background: var(--nbm-raised);
}
.nbm-media .nbm-picture .nbm-media-picture {
  max-height: 220px;
}
.nbm-media .nbm-media-cell .nbm-quiet-button {
  margin-left: -5px;
}
.nbm-media .nbm-media-foot {
  min-height: 18px;
  font-size: 12px;
  line-height: 18px;
}
.nbm-media .nbm-media-text {
  max-height: 200px;
  margin: 0;
  overflow: auto;
  line-height: 18px;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  background: none;
  color: inherit;
}
.nbm-media .nbm-media-large .nbm-media-text {
  max-height: 70vh;
}
.nbm-media .nbm-media-cell .nbm-list-wrap {
  max-height: 240px;
}
.nbm-media .nbm-media-large .nbm-list-wrap {
  max-height: 70vh;
}
.nbm-media .nbm-histogram {
  display: block;
  width: 100%;
  height: 80px;
  fill: var(--nbm-run, var(--nbm-quiet));
  border-bottom: 1px solid var(--nbm-line);
}
.nbm-media .nbm-media-large .nbm-histogram {
  height: 320px;
}
.nbm-media .nbm-histogram-foot {
  display: flex;
  justify-content: space-between;
  font-size: 12px;
  line-height: 18px;
}
.nbm-media > .nbm-body {
  padding: 4px 8px;
}
.nbm-media:is(.nbm-media *) > .nbm-body {
  padding: 0;
}
`,""]),i.d(e,{},{A:t})},728(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`/* What several views show: lists, pictures, dialogs, texts with colours. */
.nbm-live .nbm-sq {
  font-size: 12px;
}
.nbm-live .nbm-dot {
  font-size: 10px;
  margin-right: 4px;
  position: relative;
  top: -1px;
}
.nbm-live .nbm-link {
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  text-align: left;
  cursor: pointer;
}
.nbm-live .nbm-link:hover {
  text-decoration: underline;
}
.nbm-live .nbm-button.nbm-quiet-button {
  border-color: transparent;
  padding: 0 4px;
  color: var(--nbm-quiet);
}
.nbm-live .nbm-button.nbm-quiet-button:hover {
  border-color: var(--nbm-line);
  color: var(--nbm-fg);
}
.nbm-live a.nbm-button {
  display: inline-block;
  text-decoration: none;
}
.nbm-live .nbm-picture {
  display: block;
  max-width: 100%;
  padding: 0;
  border: 0;
  background: none;
  cursor: zoom-in;
}
.nbm-live .nbm-picture img {
  display: block;
  max-width: 100%;
  max-height: 360px;
  background: #fff;
  object-fit: contain;
}
.nbm-live .nbm-list-wrap {
  max-height: 384px;
  overflow: auto;
}
.nbm-live.nbm-live table.nbm-list {
  width: 100%;
  margin: 0;
  border: 0;
  border-collapse: collapse;
  table-layout: auto;
  font-size: inherit;
  color: inherit;
}
.nbm-live.nbm-live .nbm-list tr {
  background: none;
}
.nbm-live.nbm-live .nbm-list :is(td, th) {
  height: 24px;
  padding: 0 8px;
  border: 0;
  border-bottom: 1px solid var(--nbm-line);
  line-height: 23px;
  text-align: left;
  vertical-align: top;
  font-weight: 400;
  white-space: nowrap;
}
.nbm-live.nbm-live .nbm-list :is(td, th):first-child {
  padding-left: 0;
}
.nbm-live.nbm-live .nbm-list th {
  position: sticky;
  top: 0;
  z-index: 1;
  background: var(--nbm-ground);
  color: var(--nbm-quiet);
}
.nbm-live.nbm-live .nbm-list .nbm-n {
  text-align: right;
}
.nbm-live.nbm-live .nbm-list td.nbm-q {
  color: var(--nbm-quiet);
}
.nbm-live.nbm-live .nbm-list td.nbm-strong {
  font-weight: 600;
}
.nbm-live.nbm-live .nbm-list td.nbm-value {
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
.nbm-live .nbm-list .nbm-arrow {
  display: inline-block;
  width: 1.3em;
}
.nbm-live .nbm-tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  margin-bottom: 4px;
}
.nbm-live .nbm-tools input[type="search"] {
  flex: 1 1 120px;
  min-width: 0;
  max-width: 240px;
}
.nbm-live :is(.nbm-text, .nbm-code) {
  margin: 0;
  padding: 0;
  overflow-x: auto;
  line-height: 18px;
  background: none;
  color: inherit;
  white-space: pre;
}
.nbm-live .nbm-code {
  padding: 4px 8px;
  background: var(--jp-cell-editor-background, var(--vscode-textCodeBlock-background, var(--nbm-raised)));
}
.nbm-live .nbm-player {
  display: block;
  max-width: 100%;
}
.nbm-live video.nbm-player {
  max-height: 360px;
}
/* dialog */
.nbm-live dialog.nbm-dialog {
  min-width: min(480px, 90vw);
  max-width: 92vw;
  max-height: 92vh;
  padding: 8px 16px 16px;
  border: 1px solid var(--nbm-line);
  border-radius: 2px;
  background: var(--jp-layout-color1, var(--vscode-editor-background, Canvas));
  color: inherit;
}
.nbm-live dialog.nbm-dialog::backdrop {
  background: rgba(0, 0, 0, 0.5);
}
.nbm-live .nbm-dialog-head {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 16px;
  margin-bottom: 8px;
}
.nbm-live .nbm-picture-large {
  display: block;
  max-width: 100%;
  min-width: min(480px, 80vw);
  max-height: 78vh;
  background: #fff;
  object-fit: contain;
}
/* terminal colours: the host's own where it has them */
.nbm-live .nbm-ansi-bold {
  font-weight: 600;
}
.nbm-live .nbm-ansi-dim {
  opacity: 0.7;
}
.nbm-live .nbm-ansi-italic {
  font-style: italic;
}
.nbm-live .nbm-ansi-underline {
  text-decoration: underline;
}
.nbm-live .nbm-ansi-strike {
  text-decoration: line-through;
}
.nbm-live .nbm-ansi-inverse {
  background: var(--nbm-fg);
  color: var(--nbm-ground);
}
.nbm-live {
  --nbm-ansi-0: var(--vscode-terminal-ansiBlack, #24292f);
  --nbm-ansi-1: var(--vscode-terminal-ansiRed, #c0392b);
  --nbm-ansi-2: var(--vscode-terminal-ansiGreen, #1a7f37);
  --nbm-ansi-3: var(--vscode-terminal-ansiYellow, #8a6100);
  --nbm-ansi-4: var(--vscode-terminal-ansiBlue, #0960c4);
  --nbm-ansi-5: var(--vscode-terminal-ansiMagenta, #a0369b);
  --nbm-ansi-6: var(--vscode-terminal-ansiCyan, #0b7285);
  --nbm-ansi-7: var(--vscode-terminal-ansiWhite, #6a6a6a);
}
[data-jp-theme-light="false"] .nbm-live {
  --nbm-ansi-0: #8b949e;
  --nbm-ansi-1: #ff7b72;
  --nbm-ansi-2: #56d364;
  --nbm-ansi-3: #e3b341;
  --nbm-ansi-4: #79c0ff;
  --nbm-ansi-5: #d2a8ff;
  --nbm-ansi-6: #56d4dd;
  --nbm-ansi-7: #d0d7de;
}
.nbm-live :is(.nbm-ansi-fg-0, .nbm-ansi-fg-8) {
  color: var(--nbm-ansi-0);
}
.nbm-live :is(.nbm-ansi-bg-0, .nbm-ansi-bg-8) {
  background: var(--nbm-ansi-0);
}
.nbm-live :is(.nbm-ansi-fg-1, .nbm-ansi-fg-9) {
  color: var(--nbm-ansi-1);
}
.nbm-live :is(.nbm-ansi-bg-1, .nbm-ansi-bg-9) {
  background: var(--nbm-ansi-1);
}
.nbm-live :is(.nbm-ansi-fg-2, .nbm-ansi-fg-10) {
  color: var(--nbm-ansi-2);
}
.nbm-live :is(.nbm-ansi-bg-2, .nbm-ansi-bg-10) {
  background: var(--nbm-ansi-2);
}
.nbm-live :is(.nbm-ansi-fg-3, .nbm-ansi-fg-11) {
  color: var(--nbm-ansi-3);
}
.nbm-live :is(.nbm-ansi-bg-3, .nbm-ansi-bg-11) {
  background: var(--nbm-ansi-3);
}
.nbm-live :is(.nbm-ansi-fg-4, .nbm-ansi-fg-12) {
  color: var(--nbm-ansi-4);
}
.nbm-live :is(.nbm-ansi-bg-4, .nbm-ansi-bg-12) {
  background: var(--nbm-ansi-4);
}
.nbm-live :is(.nbm-ansi-fg-5, .nbm-ansi-fg-13) {
  color: var(--nbm-ansi-5);
}
.nbm-live :is(.nbm-ansi-bg-5, .nbm-ansi-bg-13) {
  background: var(--nbm-ansi-5);
}
.nbm-live :is(.nbm-ansi-fg-6, .nbm-ansi-fg-14) {
  color: var(--nbm-ansi-6);
}
.nbm-live :is(.nbm-ansi-bg-6, .nbm-ansi-bg-14) {
  background: var(--nbm-ansi-6);
}
.nbm-live :is(.nbm-ansi-fg-7, .nbm-ansi-fg-15) {
  color: var(--nbm-ansi-7);
}
.nbm-live :is(.nbm-ansi-bg-7, .nbm-ansi-bg-15) {
  background: var(--nbm-ansi-7);
}
/* Python: the editor's own colours where it has them */
.nbm-live .nbm-py-comment {
  color: var(--jp-mirror-editor-comment-color, var(--nbm-quiet));
  font-style: italic;
}
.nbm-live .nbm-py-string {
  color: var(--jp-mirror-editor-string-color, #ba2121);
}
.nbm-live .nbm-py-number {
  color: var(--jp-mirror-editor-number-color, #080);
}
.nbm-live .nbm-py-keyword {
  color: var(--jp-mirror-editor-keyword-color, #008000);
  font-weight: 600;
}
.nbm-live .nbm-py-builtin {
  color: var(--jp-mirror-editor-builtin-color, #008000);
}
.nbm-live :is(.nbm-py-decorator, .nbm-py-magic) {
  color: var(--nbm-info);
}
.nbm-live .nbm-popover {
  position: fixed;
  inset: auto;
  z-index: 100;
  box-sizing: border-box;
  width: 320px;
  max-width: calc(100vw - 16px);
  max-height: min(480px, calc(100vh - 16px));
  margin: 0;
  padding: 8px;
  overflow: hidden;
  border: 1px solid var(--nbm-line);
  border-radius: 2px;
  background: var(--jp-layout-color1, var(--vscode-editor-background, Canvas));
  color: var(--nbm-fg);
  font: inherit;
}
/* distributions */
.nbm-live .nbm-bars {
  display: inline-block;
  vertical-align: middle;
}
.nbm-live .nbm-bars-was {
  fill: currentcolor;
  opacity: 0.25;
}
.nbm-live .nbm-bars-now {
  fill: none;
  stroke: var(--nbm-accent);
}
.nbm-live .nbm-bars-only {
  fill: currentcolor;
  opacity: 0.5;
}
/* facts that belong together stay near each other on a wide page */
.nbm-live.nbm-live .nbm-list.nbm-near {
  width: auto;
  min-width: min(100%, 720px);
}
.nbm-live .nbm-list input[type="checkbox"] {
  display: block;
  margin: 5px 0;
}
.nbm-live .nbm-list-title {
  display: flex;
  flex-wrap: wrap;
  gap: 0 16px;
  padding: 4px 0;
}
/* tags and branches: a tag stays, a branch moves */
.nbm-live .nbm-chips {
  display: inline-flex;
  gap: 4px;
  align-items: center;
  vertical-align: top;
}
.nbm-live .nbm-list .nbm-chips {
  height: 23px;
}
.nbm-live .nbm-chip {
  flex: none;
  max-width: 160px;
  height: 18px;
  padding: 0 6px;
  overflow: hidden;
  border: 1px solid var(--nbm-line);
  border-radius: 9px;
  font-size: var(--jp-ui-font-size0, 11px);
  font-weight: 400;
  line-height: 16px;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-live .nbm-chip-tag {
  border-color: transparent;
  background: var(--nbm-raised);
}
`,""]),i.d(e,{},{A:t})},765(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`/* The frame that uPlot draws into. */
.nbm-plot {
  position: relative;
  width: 100%;
  overflow: hidden;
}
.nbm-plot .u-wrap {
  position: relative;
  user-select: none;
}
.nbm-plot canvas {
  display: block;
  width: 100%;
  height: 100%;
}
.nbm-plot :is(.u-over, .u-under, .u-axis, .u-select, .u-cursor-x, .u-cursor-y) {
  position: absolute;
}
.nbm-plot :is(.u-select, .u-cursor-x, .u-cursor-y) {
  top: 0;
  left: 0;
  pointer-events: none;
}
.nbm-plot .u-over {
  cursor: crosshair;
}
.nbm-plot .u-select {
  background: var(--nbm-accent);
  opacity: 0.15;
}
.nbm-plot .u-cursor-x {
  height: 100%;
  border-right: 1px solid var(--nbm-quiet);
}
.nbm-plot .u-cursor-y,
.nbm-plot .u-off {
  display: none;
}
.nbm-live .nbm-curves-grid {
  display: grid;
  flex: 1;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr));
  gap: 8px 16px;
  min-width: 0;
}
.nbm-live .nbm-curves-cell {
  min-width: 0;
}
.nbm-live .nbm-curves-grid > .nbm-empty {
  grid-column: 1 / -1;
  padding: 8px 0;
}
.nbm-live .nbm-curves-frame {
  position: relative;
}
.nbm-live .nbm-curves-none {
  position: absolute;
  inset: 40% 8px auto 40px;
  line-height: 18px;
  text-align: center;
  pointer-events: none;
}
.nbm-live .nbm-curves-cell.nbm-large {
  grid-column: 1 / -1;
}
.nbm-live .nbm-curves-title {
  display: flex;
  justify-content: space-between;
  gap: 8px;
  overflow: hidden;
  white-space: nowrap;
}
.nbm-live .nbm-curves-metric {
  overflow: hidden;
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  font-weight: 600;
  text-overflow: ellipsis;
  cursor: pointer;
}
`,""]),i.d(e,{},{A:t})},789(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`/* The page of one run, and what other views of one run share with it. */
.nbm-run > .nbm-body {
  padding: 4px 8px 8px;
}
.nbm-run .nbm-grow {
  flex: 1;
}
.nbm-run .nbm-run-line {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0 8px;
}
.nbm-run .nbm-run-title {
  margin: 0;
  font-size: 15px;
  font-weight: 600;
  line-height: 28px;
  overflow-wrap: anywhere;
}
.nbm-run .nbm-run-title .nbm-q {
  font-weight: 400;
}
.nbm-run .nbm-run-facts {
  display: flex;
  flex-wrap: wrap;
  line-height: 20px;
}
.nbm-run .nbm-run-facts > span + span::before {
  content: "\xb7";
  margin: 0 6px;
}
.nbm-run .nbm-run-family,
.nbm-run .nbm-run-tags {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  margin-top: 4px;
}
.nbm-run .nbm-tag {
  display: inline-flex;
  align-items: center;
  height: 20px;
  border: 1px solid var(--nbm-line);
  border-radius: 10px;
  max-width: 100%;
}
.nbm-run .nbm-tag button {
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  line-height: 18px;
  cursor: pointer;
  border-radius: 10px;
}
.nbm-run .nbm-tag-text {
  padding: 0 0 0 8px;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-run .nbm-tag .nbm-tag-off {
  width: 20px;
  padding: 0;
  color: var(--nbm-quiet);
}
.nbm-run .nbm-tag .nbm-tag-off:hover {
  color: var(--nbm-fg);
}
.nbm-run .nbm-failure {
  margin-top: 8px;
  padding-left: 8px;
  border-left: 2px solid var(--nbm-bad);
}
.nbm-run .nbm-failure-quiet {
  border-left-color: var(--nbm-warn);
}
.nbm-run .nbm-failure-title {
  font-weight: 600;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}
.nbm-run .nbm-failure-title .nbm-q {
  font-weight: 400;
}
.nbm-run .nbm-failure summary {
  cursor: pointer;
  color: var(--nbm-quiet);
}
.nbm-run .nbm-run-words {
  display: flex;
  flex-wrap: wrap;
  align-items: flex-end;
  gap: 0 8px;
}
.nbm-run .nbm-run-tags > .nbm-quiet-button:first-child {
  margin-left: -5px;
}
.nbm-run .nbm-note {
  flex: 1 0 100%;
  min-width: 0;
  margin: 4px 0;
}
.nbm-run .nbm-note.nbm-note-none {
  flex: none;
  margin: 4px 0 0;
}
.nbm-run .nbm-note .nbm-quiet-button {
  margin-left: -5px;
}
.nbm-run .nbm-note-text {
  max-width: 80em;
  max-height: 240px;
  overflow: auto;
  line-height: 20px;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
.nbm-run textarea.nbm-note-field {
  display: block;
  width: 100%;
  max-width: 80em;
  height: auto;
  padding: 4px 6px;
  line-height: 20px;
  resize: vertical;
}
.nbm-run .nbm-note-foot {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  margin-top: 4px;
}
.nbm-run .nbm-figures {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
  margin: 8px 0;
}
.nbm-run .nbm-figures figure {
  margin: 0;
}
.nbm-run .nbm-figures figcaption {
  line-height: 18px;
  font-size: 12px;
}
.nbm-run .nbm-figures .nbm-picture img {
  height: 132px;
}
.nbm-run .nbm-run-numbers {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 24px;
  align-items: flex-start;
  margin: 4px 0 8px;
}
.nbm-run .nbm-run-column {
  flex: 1 1 260px;
  min-width: 0;
  max-width: 100%;
}
.nbm-run .nbm-run-column:first-child:not(:last-child) {
  flex: 2 1 440px;
}
.nbm-run .nbm-run-column > h3 {
  margin: 0;
  font-size: inherit;
  font-weight: 600;
  line-height: 24px;
}
.nbm-run .nbm-run-column > h3 .nbm-q {
  font-weight: 400;
}
.nbm-run.nbm-run :is(.nbm-run-column:only-child, .nbm-packages) table.nbm-list {
  width: auto;
}
.nbm-run .nbm-under > td > * {
  width: 0;
  min-width: 100%;
}
.nbm-run.nbm-run .nbm-list tr.nbm-under > td {
  padding: 4px 0 8px;
  background: none;
  white-space: normal;
}
.nbm-run.nbm-run .nbm-list tbody tr:not(.nbm-under):hover > td {
  background: var(--nbm-raised);
}
.nbm-run.nbm-run .nbm-run-column .nbm-list :is(td, th):first-child {
  /* what is measured is worth more than the end of a long name */
  max-width: min(22em, 45cqw);
  overflow: hidden;
  text-overflow: ellipsis;
}
.nbm-run.nbm-run .nbm-list-text :is(td, th):nth-child(2) {
  width: 100%;
}
.nbm-run .nbm-row-actions .nbm-button {
  height: 20px;
  line-height: 18px;
  margin-left: 4px;
}
.nbm-run.nbm-run .nbm-list td.nbm-row-actions {
  text-align: right;
}
.nbm-run .nbm-section {
  margin-top: 4px;
  border-top: 1px solid var(--nbm-line);
}
.nbm-run .nbm-section-head {
  display: flex;
  align-items: baseline;
  gap: 8px;
  margin: 0;
  font-size: inherit;
  font-weight: 400;
  line-height: 28px;
}
.nbm-run .nbm-section-toggle {
  flex: none;
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
.nbm-run .nbm-section-toggle::before {
  content: "▸" / "";
  display: inline-block;
  width: 14px;
  color: var(--nbm-quiet);
}
.nbm-run .nbm-section-toggle[aria-expanded="true"]::before {
  content: "▾" / "";
}
.nbm-run .nbm-section-summary {
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-run .nbm-section-body {
  padding: 0 0 8px 14px;
}
.nbm-run .nbm-output {
  display: grid;
  grid-template-columns: 48px minmax(0, 1fr);
  gap: 0 8px;
  padding: 2px 0;
}
.nbm-run .nbm-output-kind {
  font-size: 12px;
  line-height: 20px;
}
.nbm-run .nbm-output-bad .nbm-output-body {
  padding-left: 8px;
  border-left: 2px solid var(--nbm-bad);
}
.nbm-run .nbm-run-cell {
  margin-bottom: 8px;
}
.nbm-run .nbm-run-cell-head {
  display: flex;
  align-items: center;
  gap: 8px;
}
@container (max-width: 420px) {
  .nbm-run .nbm-output {
    grid-template-columns: minmax(0, 1fr);
  }
}
.nbm-run {
  container-type: inline-size;
}
`,""]),i.d(e,{},{A:t})},162(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`.nbm-runs .nbm-runs-table {
  display: flex;
  flex-direction: column;
  min-width: 0;
}
.nbm-runs .nbm-runs-tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 16px;
  padding: 4px 0;
}
.nbm-runs .nbm-runs-tools > div {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px;
}
.nbm-runs .nbm-runs-tools > .nbm-which {
  flex: 1 1 540px; /* in a cell a line of its own, in the main area one line with the rest */
  flex-wrap: nowrap;
  min-width: 0;
}
.nbm-runs .nbm-runs-tools > .nbm-what {
  margin-left: auto;
}
.nbm-runs .nbm-runs-tools select {
  flex: 0 1 auto;
  min-width: 0;
  max-width: 112px;
  padding: 0 2px;
}
.nbm-runs .nbm-runs-tools select.nbm-experiment {
  flex: none;
  max-width: 160px;
  border-color: transparent !important;
  font-weight: 600 !important;
}
.nbm-runs input.nbm-filter {
  flex: 1 1 auto;
  min-width: 80px;
  width: 100%;
}
.nbm-runs .nbm-runs-tools > .nbm-filter-problem {
  display: block;
  flex: 1 1 100%;
  max-height: 160px;
  overflow: auto;
  line-height: 18px;
}
.nbm-runs .nbm-filter-problem pre {
  margin: 0;
  overflow-x: auto;
  color: var(--nbm-bad);
  line-height: 16px;
}
.nbm-runs .nbm-runs-grid {
  position: relative;
  max-height: 504px;
  overflow: auto;
  overscroll-behavior-x: contain;
  border-top: 1px solid var(--nbm-line);
  border-bottom: 1px solid var(--nbm-line);
  outline-offset: -2px;
}
.nbm-runs .nbm-canvas {
  position: relative;
  width: 100%;
}
.nbm-runs .nbm-line {
  position: absolute;
  left: 0;
  display: grid;
  grid-template-columns: var(--nbm-columns);
  width: 100%;
  height: 24px;
  border-bottom: 1px solid var(--nbm-line);
  background: var(--nbm-ground);
}
.nbm-runs .nbm-line.nbm-head,
.nbm-runs .nbm-line.nbm-guest {
  position: sticky;
  z-index: 2;
  top: 0;
}
.nbm-runs .nbm-line.nbm-guest {
  top: 24px;
}
.nbm-runs .nbm-gc {
  position: relative;
  min-width: 0;
  padding: 0 8px;
  overflow: hidden;
  line-height: 23px;
  text-overflow: ellipsis;
  white-space: nowrap;
  background: inherit;
}
.nbm-runs .nbm-right {
  text-align: right;
}
.nbm-runs .nbm-sticky {
  position: sticky;
  z-index: 1;
}
.nbm-runs .nbm-edge {
  box-shadow: inset -1px 0 0 var(--nbm-line);
}
.nbm-runs .nbm-head > .nbm-gc {
  display: flex;
  gap: 2px;
  color: var(--nbm-quiet);
  cursor: pointer;
}
.nbm-runs .nbm-head > .nbm-right {
  justify-content: flex-end;
}
.nbm-runs .nbm-head > .nbm-gc:hover,
.nbm-runs .nbm-head > [aria-sort="ascending"],
.nbm-runs .nbm-head > [aria-sort="descending"] {
  color: var(--nbm-fg);
}
.nbm-runs .nbm-way {
  color: var(--nbm-accent);
}
.nbm-runs .nbm-check {
  padding: 0 4px 0 8px;
  text-overflow: clip;
}
.nbm-runs .nbm-check input {
  width: 13px;
  height: 13px;
  margin: 5px 0 0;
  cursor: pointer;
  accent-color: var(--nbm-accent);
}
.nbm-runs .nbm-line:not(.nbm-head):hover,
.nbm-runs .nbm-line[aria-selected="true"] {
  background: color-mix(in srgb, var(--nbm-accent) 7%, var(--nbm-ground));
}
.nbm-runs .nbm-runs-grid:focus-visible .nbm-active {
  outline: 2px solid var(--nbm-accent);
  outline-offset: -2px;
}
.nbm-runs .nbm-runs-grid:focus-visible {
  outline: none;
}
.nbm-runs .nbm-who {
  display: flex;
  gap: 4px;
  align-items: center;
}
.nbm-runs .nbm-mark {
  flex: none;
}
.nbm-runs .nbm-attempt .nbm-who {
  padding-left: 24px;
}
.nbm-runs .nbm-name {
  flex: 0 1 auto;
  min-width: 0;
  overflow: hidden;
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  line-height: 23px;
  text-overflow: ellipsis;
  white-space: nowrap;
  cursor: pointer;
}
.nbm-runs .nbm-baseline .nbm-name {
  font-weight: 600;
}
.nbm-runs .nbm-name:hover {
  color: var(--nbm-accent);
  text-decoration: underline;
}
.nbm-runs .nbm-word {
  padding: 0 2px;
  border: 0;
  background: none;
  color: var(--nbm-quiet);
  font: inherit;
  line-height: inherit;
  cursor: pointer;
  text-decoration: underline;
  text-decoration-color: var(--nbm-line);
  text-underline-offset: 3px;
}
.nbm-runs .nbm-word:hover {
  color: var(--nbm-accent);
}
.nbm-runs .nbm-star {
  margin-left: auto;
  text-decoration: none;
  opacity: 0;
}
.nbm-runs .nbm-star.nbm-pinned,
.nbm-runs :is(.nbm-line:hover, .nbm-active) .nbm-star {
  opacity: 1;
}
.nbm-runs .nbm-times {
  flex: none;
}
.nbm-runs .nbm-gc > .nbm-word:is([data-act="note"], [data-act="tags"], [data-act="stop"]) {
  position: absolute;
  top: 0;
  right: 0;
  padding: 0 8px;
  background: inherit;
  opacity: 0;
}
.nbm-runs :is(.nbm-line:hover .nbm-gc, .nbm-gc.nbm-active) > .nbm-word {
  opacity: 1;
}
.nbm-runs .nbm-clip {
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-runs .nbm-none {
  color: var(--nbm-quiet);
}
.nbm-runs .nbm-curve {
  float: left;
  width: 64px;
  height: 23px;
}
.nbm-runs .nbm-spark {
  display: block;
  margin-top: 4px;
}
.nbm-runs .nbm-part {
  display: inline-block;
  padding-left: 8px;
  text-align: right;
}
.nbm-runs .nbm-runs-arrow {
  display: inline-block;
  width: 1em;
  font-size: 9px;
  text-align: center;
}
.nbm-runs .nbm-line.nbm-group {
  background: color-mix(in srgb, var(--nbm-fg) 6%, var(--nbm-ground));
}
.nbm-runs .nbm-wide {
  position: sticky;
  left: 0;
  grid-column: 1 / -1;
  display: flex;
  gap: 16px;
  width: max-content;
  max-width: 100%;
}
.nbm-runs .nbm-turn {
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  font-weight: 600;
  line-height: 23px;
  cursor: pointer;
}
.nbm-runs .nbm-wait {
  grid-column: 1 / -1;
}
.nbm-runs .nbm-foot {
  padding: 4px 8px 0;
  color: var(--nbm-quiet);
  line-height: 20px;
}
.nbm-runs .nbm-said {
  color: var(--nbm-fg);
}
/* in the main area the table takes the room there is */
.nbm-runs:is(.nbm-main > *) {
  display: flex;
  flex-direction: column;
  height: 100%;
}
.nbm-runs:is(.nbm-main > *) > .nbm-body {
  flex: 1 1 auto;
  min-height: 0;
}
.nbm-runs:is(.nbm-main > *) .nbm-runs-table {
  height: 100%;
}
.nbm-runs:is(.nbm-main > *) .nbm-runs-grid {
  flex: 0 1 auto;
  min-height: 96px;
  max-height: none;
}
.nbm-runs .nbm-popover.nbm-columns,
.nbm-runs .nbm-popover.nbm-views {
  display: flex;
  flex-direction: column;
  gap: 8px;
}
.nbm-runs .nbm-popover .nbm-options {
  min-height: 0;
  overflow: auto;
}
.nbm-runs .nbm-popover .nbm-row {
  display: flex;
  align-items: center;
  gap: 8px;
}
.nbm-runs .nbm-popover .nbm-row > label {
  display: flex;
  flex: 1 1 auto;
  align-items: center;
  gap: 8px;
  min-width: 0;
  cursor: pointer;
}
.nbm-runs .nbm-popover .nbm-row > input[type="text"] {
  flex: 1 1 auto;
  min-width: 0;
}
.nbm-runs .nbm-popover .nbm-row > :is(.nbm-word, .nbm-q) {
  flex: none;
  white-space: nowrap;
}
.nbm-runs .nbm-popover .nbm-pinned {
  color: var(--nbm-accent);
}
.nbm-runs .nbm-popover textarea {
  display: block;
  width: 100%;
  height: auto;
  margin-bottom: 8px;
  padding: 4px 6px;
  line-height: 18px;
  resize: vertical;
}
/* charts below the table: their views are as wide as they are given */
.nbm-runs .nbm-charts {
  display: flex;
  flex-wrap: wrap;
  align-items: flex-start;
  gap: 16px;
  margin-top: 16px;
}
.nbm-runs .nbm-charts[hidden] {
  display: none;
}
.nbm-runs .nbm-chart {
  box-sizing: border-box;
  flex: 1 1 100%;
  min-width: 0;
  border-top: 1px solid var(--nbm-line);
  outline-offset: -2px;
}
.nbm-runs .nbm-chart.nbm-half {
  flex: 0 1 calc(50% - 8px);
  min-width: min(100%, 400px);
}
.nbm-runs .nbm-chart > .nbm-place-head {
  gap: 16px;
}
.nbm-runs .nbm-chart > .nbm-place-head > b {
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-runs .nbm-chart > .nbm-place-head > span {
  display: flex;
  flex: none;
  gap: 8px;
}
.nbm-runs .nbm-chart .nbm-word:disabled {
  opacity: 0.4;
  cursor: default;
}
.nbm-runs:is(.nbm-main > *):has(.nbm-charts:not([hidden])) .nbm-runs-table {
  height: auto;
}
.nbm-runs:is(.nbm-main > *):has(.nbm-charts:not([hidden])) .nbm-runs-grid {
  max-height: 504px;
}
.nbm-runs:is(.nbm-main > *):has(.nbm-charts:not([hidden])) > .nbm-body {
  overflow: auto;
}
`,""]),i.d(e,{},{A:t})},342(n,e,i){var r=i(501),o=i.n(r),a=i(230),t=(i.n(a))()(o());t.push([n.id,`/* The panel beside the notebook: 240 px are enough. */
.nbm-panel {
  display: flex;
  flex-direction: column;
  height: 100%;
}
.nbm-panel .nbm-panel-body {
  display: flex;
  flex: 1;
  flex-direction: column;
  min-height: 0;
}
.nbm-panel.nbm-bare :is(.nbm-tree, .nbm-filter-line, .nbm-sort, .nbm-list-scroll, .nbm-actions) {
  display: none;
}
.nbm-panel.nbm-stale :is(.nbm-tree, .nbm-runs-list) {
  opacity: 0.75;
}
.nbm-panel .nbm-store {
  padding: 4px 8px;
  border-bottom: 1px solid var(--nbm-line);
}
.nbm-panel .nbm-store-path {
  display: block;
  width: 100%;
  overflow: hidden;
  font-weight: 500;
  text-overflow: ellipsis;
  white-space: nowrap;
  direction: ltr;
}
.nbm-panel select.nbm-store-path {
  margin-left: -6px;
  width: calc(100% + 6px);
  border-color: transparent;
  font-weight: 500;
}
.nbm-panel select.nbm-store-path:is(:hover, :focus) {
  border-color: var(--nbm-line);
}
.nbm-panel .nbm-store-facts {
  font-size: var(--jp-ui-font-size0, 11px);
  line-height: 16px;
}
.nbm-panel .nbm-tree {
  flex: none;
  max-height: 30%;
  overflow-y: auto;
  padding: 4px 0;
}
.nbm-panel .nbm-branch,
.nbm-panel .nbm-panel-run {
  display: flex;
  gap: 4px;
  align-items: center;
  height: 24px;
  padding: 0 8px;
  cursor: default;
  user-select: none;
}
.nbm-panel .nbm-branch .nbm-grow {
  flex: 1;
}
.nbm-panel .nbm-going {
  font-size: 10px;
}
.nbm-panel .nbm-twist {
  width: 12px;
  margin-left: -4px;
  cursor: pointer;
}
.nbm-panel .nbm-name {
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-panel :is(.nbm-branch, .nbm-panel-run):hover {
  background: var(--nbm-raised);
}
.nbm-panel :is(.nbm-branch, .nbm-panel-run)[aria-selected="true"] {
  background: color-mix(in srgb, var(--nbm-accent) 14%, transparent);
  box-shadow: inset 2px 0 0 var(--nbm-accent);
}
.nbm-panel .nbm-branch:focus-visible {
  outline-offset: -2px;
}
.nbm-panel .nbm-filter-line {
  flex: none;
  padding: 4px 8px;
  border-top: 1px solid var(--nbm-line);
}
.nbm-panel input.nbm-filter {
  width: 100%;
}
.nbm-panel .nbm-filter-line input[aria-invalid="true"] {
  border-color: var(--nbm-bad);
}
.nbm-panel .nbm-filter-problem {
  margin-top: 4px;
  max-height: 140px;
  overflow: auto;
  line-height: 18px;
}
.nbm-panel .nbm-filter-problem pre {
  margin: 0;
  overflow-x: auto;
  color: var(--nbm-bad);
  line-height: 14px;
}
.nbm-panel .nbm-sort {
  display: flex;
  flex: none;
  align-items: center;
  justify-content: space-between;
  gap: 4px;
  padding: 0 8px;
}
.nbm-panel .nbm-count {
  overflow: hidden;
  color: var(--nbm-quiet);
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-panel .nbm-by {
  display: flex;
  flex: none;
}
.nbm-panel .nbm-by :is(select, .nbm-button) {
  border-color: transparent;
}
.nbm-panel .nbm-by .nbm-button {
  width: 24px;
  padding: 0;
}
.nbm-panel .nbm-list-scroll {
  flex: 1;
  min-height: 48px;
  overflow-y: auto;
}
.nbm-panel .nbm-runs-list {
  outline: none;
}
.nbm-panel .nbm-runs-list:focus-visible {
  outline: none;
}
.nbm-panel .nbm-runs-list:focus-visible .nbm-active {
  outline: 2px solid var(--nbm-accent);
  outline-offset: -2px;
}
.nbm-panel .nbm-panel-run .nbm-dot {
  flex: none;
  width: 12px;
  font-size: 10px;
}
.nbm-panel .nbm-panel-run .nbm-name {
  flex: 1;
}
.nbm-panel .nbm-panel-run .nbm-panel-cols {
  display: flex;
  flex: none;
  gap: 8px;
  max-width: 65%;
}
.nbm-panel .nbm-panel-run .nbm-panel-col {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-panel .nbm-panel-run .nbm-age {
  min-width: 40px;
  text-align: right;
}
.nbm-panel .nbm-rest {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  padding: 4px 8px;
}
.nbm-panel .nbm-rest:empty {
  display: none;
}
.nbm-panel .nbm-empty p {
  margin: 0 0 8px;
  line-height: 20px;
}
.nbm-panel .nbm-said {
  display: flex;
  flex: none;
  gap: 8px;
  align-items: center;
  padding: 4px 8px;
  border-top: 1px solid var(--nbm-line);
  line-height: 18px;
}
.nbm-panel .nbm-editing {
  flex: none;
  padding: 4px 8px;
  border-top: 1px solid var(--nbm-line);
}
.nbm-panel .nbm-edit {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  align-items: center;
}
.nbm-panel .nbm-edit label,
.nbm-panel .nbm-edit .nbm-bad {
  flex: 1 0 100%;
}
.nbm-panel .nbm-edit .nbm-bad {
  overflow-wrap: anywhere;
}
.nbm-panel .nbm-edit textarea {
  display: block;
  width: 100%;
  height: auto;
  padding: 4px 6px;
  line-height: 18px;
  resize: vertical;
}
.nbm-panel .nbm-actions {
  display: flex;
  flex-wrap: wrap;
  flex: none;
  gap: 4px;
  padding: 8px;
  border-top: 1px solid var(--nbm-line);
}
.nbm-panel .nbm-saved-views {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  max-height: 320px;
  overflow: auto;
}
.nbm-panel .nbm-popover:has(.nbm-saved-views) {
  width: auto;
  max-width: 240px;
}
.nbm-panel .nbm-tabs {
  display: flex;
  flex: none;
  gap: 16px;
  padding: 0 8px;
  border-bottom: 1px solid var(--nbm-line);
}
.nbm-panel .nbm-tab {
  height: 28px;
  padding: 0;
  border: 0;
  border-bottom: 2px solid transparent;
  background: none;
  color: var(--nbm-quiet);
  font: inherit;
  line-height: 26px;
  cursor: pointer;
}
.nbm-panel .nbm-tab:focus-visible {
  outline-offset: -3px;
}
.nbm-panel .nbm-tab:hover {
  color: var(--nbm-fg);
}
.nbm-panel .nbm-tab[aria-selected="true"] {
  border-bottom-color: var(--nbm-accent);
  color: var(--nbm-fg);
}
.nbm-panel .nbm-data-body {
  display: none;
  flex: 1;
  flex-direction: column;
  min-height: 0;
}
.nbm-panel .nbm-data-body .nbm-filter-line {
  border-top: 0;
}
.nbm-panel.nbm-bare .nbm-tabs,
.nbm-panel.nbm-shows-data:not(.nbm-bare) .nbm-panel-body {
  display: none;
}
.nbm-panel.nbm-shows-data:not(.nbm-bare) .nbm-data-body {
  display: flex;
}
.nbm-panel .nbm-data-list {
  outline: none;
}
.nbm-panel.nbm-stale .nbm-data-list {
  opacity: 0.75;
}
.nbm-panel .nbm-data-line {
  display: flex;
  gap: 4px;
  padding: 0 8px;
  cursor: default;
  user-select: none;
}
.nbm-panel .nbm-data-line[aria-level="2"] {
  padding-left: 20px;
}
.nbm-panel .nbm-data-line:hover {
  background: var(--nbm-raised);
}
.nbm-panel .nbm-data-line[aria-selected="true"] {
  background: color-mix(in srgb, var(--nbm-accent) 14%, transparent);
  box-shadow: inset 2px 0 0 var(--nbm-accent);
}
.nbm-panel .nbm-data-list:focus-visible .nbm-active {
  outline: 2px solid var(--nbm-accent);
  outline-offset: -2px;
}
.nbm-panel .nbm-data-words {
  flex: 1;
  min-width: 0;
}
.nbm-panel .nbm-data-first {
  display: flex;
  gap: 6px;
  align-items: center;
  height: 22px;
}
.nbm-panel .nbm-data-first .nbm-grow {
  flex: 1;
}
.nbm-panel .nbm-data-first .nbm-chips {
  flex: 0 1 auto;
  min-width: 0;
  overflow: hidden;
}
.nbm-panel .nbm-data-version .nbm-name {
  flex: none;
}
.nbm-panel .nbm-data-first .nbm-age {
  flex: none;
  min-width: 40px;
  text-align: right;
}
.nbm-panel .nbm-data-second {
  display: block;
  overflow: hidden;
  margin-top: -3px;
  padding-bottom: 3px;
  font-size: var(--jp-ui-font-size0, 11px);
  line-height: 16px;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.nbm-panel .nbm-data-more {
  cursor: pointer;
}
.nbm-panel .nbm-data-line[aria-selected="true"] .nbm-chip-tag {
  background: var(--nbm-ground);
}
`,""]),i.d(e,{},{A:t})},230(n){n.exports=function(n){var e=[];return e.toString=function(){return this.map(function(e){var i="",r=void 0!==e[5];return e[4]&&(i+="@supports (".concat(e[4],") {")),e[2]&&(i+="@media ".concat(e[2]," {")),r&&(i+="@layer".concat(e[5].length>0?" ".concat(e[5]):""," {")),i+=n(e),r&&(i+="}"),e[2]&&(i+="}"),e[4]&&(i+="}"),i}).join("")},e.i=function(n,i,r,o,a){"string"==typeof n&&(n=[[null,n,void 0]]);var t={};if(r)for(var m=0;m<this.length;m++){var b=this[m][0];null!=b&&(t[b]=!0)}for(var l=0;l<n.length;l++){var p=[].concat(n[l]);r&&t[p[0]]||(void 0!==a&&(void 0===p[5]||(p[1]="@layer".concat(p[5].length>0?" ".concat(p[5]):""," {").concat(p[1],"}")),p[5]=a),i&&(p[2]&&(p[1]="@media ".concat(p[2]," {").concat(p[1],"}")),p[2]=i),o&&(p[4]?(p[1]="@supports (".concat(p[4],") {").concat(p[1],"}"),p[4]=o):p[4]="".concat(o)),e.push(p))}},e}},501(n){n.exports=function(n){return n[1]}},284(n,e,i){i.r(e);var r=i(695),o=i.n(r),a=i(13),t=i.n(a),m=i(23),b=i.n(m),l=i(652),p=i.n(l),d=i(872),s=i.n(d),c=i(453),x=i.n(c),u=i(83),g={};g.styleTagTransform=x(),g.setAttributes=p(),g.insert=b().bind(null,"head"),g.domAPI=t(),g.insertStyleElement=s(),o()(u.A,g);let h=u.A&&u.A.locals?u.A.locals:void 0;i.d(e,{},{default:h})},695(n){var e=[];function i(n){for(var i=-1,r=0;r<e.length;r++)if(e[r].identifier===n){i=r;break}return i}function r(n,r){for(var o={},a=[],t=0;t<n.length;t++){var m=n[t],b=r.base?m[0]+r.base:m[0],l=o[b]||0,p="".concat(b," ").concat(l);o[b]=l+1;var d=i(p),s={css:m[1],media:m[2],sourceMap:m[3],supports:m[4],layer:m[5]};if(-1!==d)e[d].references++,e[d].updater(s);else{var c=function(n,e){var i=e.domAPI(e);return i.update(n),function(e){e?(e.css!==n.css||e.media!==n.media||e.sourceMap!==n.sourceMap||e.supports!==n.supports||e.layer!==n.layer)&&i.update(n=e):i.remove()}}(s,r);r.byIndex=t,e.splice(t,0,{identifier:p,updater:c,references:1})}a.push(p)}return a}n.exports=function(n,o){var a=r(n=n||[],o=o||{});return function(n){n=n||[];for(var t=0;t<a.length;t++){var m=i(a[t]);e[m].references--}for(var b=r(n,o),l=0;l<a.length;l++){var p=i(a[l]);0===e[p].references&&(e[p].updater(),e.splice(p,1))}a=b}}},23(n){var e={};n.exports=function(n,i){var r=function(n){if(void 0===e[n]){var i=document.querySelector(n);if(window.HTMLIFrameElement&&i instanceof window.HTMLIFrameElement)try{i=i.contentDocument.head}catch(n){i=null}e[n]=i}return e[n]}(n);if(!r)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");r.appendChild(i)}},872(n){n.exports=function(n){var e=document.createElement("style");return n.setAttributes(e,n.attributes),n.insert(e,n.options),e}},652(n,e,i){n.exports=function(n){var e=i.nc;e&&n.setAttribute("nonce",e)}},13(n){n.exports=function(n){if("u"<typeof document)return{update:function(){},remove:function(){}};var e=n.insertStyleElement(n);return{update:function(i){var r,o,a;r="",i.supports&&(r+="@supports (".concat(i.supports,") {")),i.media&&(r+="@media ".concat(i.media," {")),(o=void 0!==i.layer)&&(r+="@layer".concat(i.layer.length>0?" ".concat(i.layer):""," {")),r+=i.css,o&&(r+="}"),i.media&&(r+="}"),i.supports&&(r+="}"),(a=i.sourceMap)&&"u">typeof btoa&&(r+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(a))))," */")),n.styleTagTransform(r,e,n.options)},remove:function(){var n;null===(n=e).parentNode||n.parentNode.removeChild(n)}}}},453(n){n.exports=function(n,e){if(e.styleSheet)e.styleSheet.cssText=n;else{for(;e.firstChild;)e.removeChild(e.firstChild);e.appendChild(document.createTextNode(n))}}}}]);