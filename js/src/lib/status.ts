import { h } from "./dom";

/** A sign and a class for every status, the same as in `nbmlops/ui/html.py`; the word always stands beside it. */
export const STATUS: Record<string, readonly [string, string]> = {
  running: ["◐", "nbm-info"],
  finished: ["●", "nbm-good"],
  ok: ["●", "nbm-good"],
  failed: ["●", "nbm-bad"],
  error: ["●", "nbm-bad"],
  syntax: ["●", "nbm-bad"],
  interrupted: ["●", "nbm-warn"],
  stopped: ["●", "nbm-warn"],
  pruned: ["○", "nbm-q"],
  lost: ["○", "nbm-bad"],
};

/** A status as sign and word. */
export function statusNode(status: string): HTMLElement {
  const [sign, css] = STATUS[status] ?? ["○", "nbm-q"];
  return h(
    "span",
    { class: "nbm-status" },
    h("span", { class: `nbm-dot ${css}`, "aria-hidden": "true" }, sign),
    status,
  );
}
