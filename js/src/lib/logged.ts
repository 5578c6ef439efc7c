import { sandboxed } from "./dom";
import { cssColour, onThemeChange } from "./theme";

const TALLEST = 420;

/** How tall a frame of logged HTML should be: nobody can measure what is inside, but rows can be counted. */
export function frameHeight(page: string): number {
  const rows = page.match(/<tr[\s>]/gi)?.length ?? 0;
  const lines = page.match(/<(p|li|h[1-6]|br|pre)[\s>/]/gi)?.length ?? 0;
  const breaks = /<pre[\s>]/i.test(page) ? page.split("\n").length : 0;
  const pictures = page.match(/<(img|svg|video|canvas|iframe)[\s>]/gi)?.length ?? 0;
  const sounds = page.match(/<audio[\s>]/gi)?.length ?? 0;
  const wanted = 16 + rows * 25 + Math.max(lines, breaks) * 18 + pictures * 260 + sounds * 60;
  return Math.min(Math.max(wanted, 64), TALLEST);
}

function look(el: HTMLElement): string {
  const colour = (name: string, fallback: string) => cssColour(el, name, fallback);
  const fg = colour("--jp-content-font-color1", "#222");
  const line = colour("--jp-border-color2", "rgba(127,127,127,.3)");
  // with another scheme than the page around it a frame would have a ground of its own
  const scheme = getComputedStyle(el).colorScheme || "normal";
  return (
    `html{color-scheme:${scheme};color:${fg};background:transparent;font:12px/1.5 system-ui,sans-serif}body{margin:4px}` +
    `table{border:0;border-collapse:collapse;font-variant-numeric:tabular-nums}` +
    `td,th{padding:2px 8px;border:0;border-bottom:1px solid ${line};text-align:right}a{color:inherit}`
  ).replaceAll("<", "");
}

/** Logged HTML in its sandboxed frame, in the colours of the host; drawn again when the theme changes. */
export function loggedHtml(
  page: string,
  host: HTMLElement,
  tallest = TALLEST,
): { node: HTMLElement; undo: () => void } {
  const height = Math.min(frameHeight(page), tallest);
  let frame = sandboxed(page, height, look(host));
  const undo = onThemeChange(() => {
    const fresh = sandboxed(page, height, look(host));
    frame.replaceWith(fresh);
    frame = fresh;
  });
  const node = document.createElement("div");
  node.append(frame);
  return { node, undo };
}
