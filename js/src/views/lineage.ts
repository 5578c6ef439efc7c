import { h, s } from "../lib/dom";
import { middle } from "../lib/format";
import type { Cleanup, Context } from "../lib/host";
import { reachable } from "../lib/scrolls";
import { type Stage, stageView } from "../lib/stage";
import { layered } from "./lineage/layout";

interface Node {
  id: string;
  kind: "data" | "file" | "frame" | "run";
  label: string;
  /** Why it is not up to date. */
  stale: string;
}

interface LineageData {
  start: string;
  nodes: Node[];
  edges: [string, string][];
  is_cut: boolean;
}

const [WIDE, HIGH, GAP_X, GAP_Y, EDGE] = [168, 24, 48, 16, 4];
const KINDS = { data: "data", file: "file", frame: "frame", run: "run" };

/** Where data came from and what was made of it: versions, files and runs, from left to right. */
export function lineage(context: Context): Cleanup {
  return stageView(context, (stage: Stage<object, LineageData>) => {
    const { data, body } = stage;
    const stale = data.nodes.filter((node) => node.stale).length;
    const notes = [
      stale ? h("span", { class: "nbm-warn" }, `${stale} out of date`) : null,
      data.is_cut ? "there is more: open one that is farther away" : null,
      "inputs seen: what runs loaded, opened, read or fitted; there may be others",
    ];
    body.append(graph(stage));
    body.append(h("div", { class: "nbm-lineage-notes nbm-q" }, ...notes.map((note) => note && h("span", {}, note))));
  });
}

function graph(stage: Stage<object, LineageData>): HTMLElement {
  const { data } = stage;
  const places = new Map(
    layered(
      data.nodes.map((node) => node.id),
      data.edges,
    ).map(({ id, column, row }) => [id, { x: EDGE + column * (WIDE + GAP_X), y: EDGE + row * (HIGH + GAP_Y) }]),
  );
  const width = Math.max(0, ...[...places.values()].map(({ x }) => x)) + WIDE + EDGE;
  const height = Math.max(0, ...[...places.values()].map(({ y }) => y)) + HIGH + EDGE;
  const edges = data.edges.flatMap(([from, to]) => {
    const [a, b] = [places.get(from), places.get(to)];
    if (!a || !b) return [];
    const [x1, y1, x2, y2] = [a.x + WIDE, a.y + HIGH / 2, b.x, b.y + HIGH / 2];
    const bend = GAP_X / 2;
    return s("path", {
      d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
      class: "nbm-lineage-edge",
    });
  });
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...edges);
  const nodes = data.nodes.map((node) => {
    const { x, y } = places.get(node.id)!;
    const words = [KINDS[node.kind], node.label, node.stale && `out of date: ${node.stale}`].filter(Boolean).join(", ");
    const request = opened(node);
    return h(
      request ? "button" : "div",
      {
        ...(request ? { type: "button", onClick: () => stage.open(request) } : {}),
        class: `nbm-lineage-node${node.id === data.start ? " nbm-lineage-start" : ""}`,
        "data-kind": node.kind,
        "data-stale": node.stale ? "" : null,
        title: words,
        "aria-label": words,
        style: { left: `${x}px`, top: `${y}px`, width: `${WIDE}px`, height: `${HIGH}px` },
      },
      middle(node.label.length > 24 ? node.label.replace(/, not (saved|hashed)$/, "") : node.label, 24),
    );
  });
  const canvas = h("div", { class: "nbm-lineage-canvas", style: { width: `${width}px`, height: `${height}px` } });
  canvas.append(svg, ...nodes);
  return reachable(h("div", { class: "nbm-lineage-scroller" }, canvas), "lineage");
}

function opened(node: Node) {
  const key = node.id.slice(node.id.indexOf(":") + 1);
  if (node.kind === "run") return { view: "run", args: { run: key }, title: node.label };
  if (node.kind === "data") return { view: "dataversion", args: { version: key }, title: node.label };
  return null;
}
