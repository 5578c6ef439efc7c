import { ansiNodes } from "../../lib/ansi";
import { button, h } from "../../lib/dom";
import { foldedText } from "../../lib/folded";
import { number, short, size } from "../../lib/format";
import { loggedHtml } from "../../lib/logged";
import { type Content, picture, pictureUrl } from "../../lib/picture";
import type { Stage } from "../../lib/stage";
import { onceVisible } from "../../lib/visible";
import { problem } from "./section";

interface OutputRow extends Content {
  execution: string;
  cell: string | null;
  seq: number;
  kind: "stream" | "display" | "result" | "error";
  name: string | null;
  forms: string[];
  updates: number;
  is_truncated: boolean;
  is_late: boolean;
  is_cleared: boolean;
  is_later?: boolean;
}

interface Answer {
  outputs: OutputRow[];
  offset: number;
  total: number;
}

/** What the cells of a run showed, in order. */
export async function outputs(stage: Stage, run: string, body: HTMLElement): Promise<() => void> {
  const undo: (() => void)[] = [];
  const list = h("div", { class: "nbm-outputs" });
  const cleared = h("div", { class: "nbm-outputs", hidden: true });
  const foot = h("div", { class: "nbm-fold" });
  const about = button("", () => {
    cleared.hidden = !cleared.hidden;
    about.setAttribute("aria-expanded", String(!cleared.hidden));
  });
  about.hidden = true;
  about.setAttribute("aria-expanded", "false");
  let read = 0;
  const more = async () => {
    const found = await stage.desk.view<Answer>("run/outputs", { run, offset: read });
    read += found.outputs.length;
    for (const output of found.outputs) {
      const row = oneOutput(stage, run, output, undo);
      (output.is_cleared ? cleared : list).append(row);
    }
    about.hidden = !cleared.firstChild;
    about.textContent = `${cleared.children.length} that the cell cleared away`;
    foot.replaceChildren();
    if (read >= found.total || !found.outputs.length) return;
    const rest = button("Show more", () => {
      rest.disabled = true;
      more().catch((error) => foot.replaceChildren(problem(error, () => void more())));
    });
    foot.append(h("span", { class: "nbm-q" }, `first ${number(read)} of ${number(found.total)} `), rest);
  };
  await more();
  body.append(list, foot, about, cleared);
  return () => {
    for (const each of undo) each();
  };
}

function oneOutput(stage: Stage, run: string, output: OutputRow, undo: (() => void)[]): HTMLElement {
  const place = h("div", { class: "nbm-output-body" });
  const gutter = h("div", { class: "nbm-output-kind nbm-q", title: output.forms.join(", ") }, word(output));
  const ask = (mime: string) =>
    stage.desk.view<Content>("run/output", { run, execution: output.execution, seq: output.seq, mime });
  const show = (content: Content) => place.replaceChildren(...contentNodes(stage, output, content, ask, undo));
  if (output.is_later) {
    place.append(h("div", { class: "nbm-q nbm-waiting" }, `${output.mime}, ${size(output.size)}`));
    const load = () => ask(output.mime).then(show, (error) => place.replaceChildren(problem(error, () => void load())));
    undo.push(onceVisible(place, () => void load()));
  } else show(output);
  const remarks = [
    output.is_late && "printed after the cell had ended",
    output.is_truncated && "its middle was not kept",
    output.updates > 1 && `the last of ${number(output.updates)} updates`,
  ].filter(Boolean);
  if (remarks.length) place.append(h("div", { class: "nbm-q" }, remarks.join(" · ")));
  const css = output.kind === "error" || output.name === "stderr" ? "nbm-output nbm-output-bad" : "nbm-output";
  return h("div", { class: css }, gutter, place);
}

function word(output: OutputRow): string {
  if (output.kind === "stream") return output.name ?? "stdout";
  if (output.kind === "error") return "error";
  return output.kind === "result" ? "result" : output.mime.startsWith("image/") ? "figure" : "shown";
}

function contentNodes(
  stage: Stage,
  output: OutputRow,
  content: Content,
  ask: (mime: string) => Promise<Content>,
  undo: (() => void)[],
): Node[] {
  const { mime } = content;
  if (content.missing) return [h("div", { class: "nbm-q" }, `${mime}: ${content.missing}`)];
  const url = pictureUrl(content);
  if (url) return [picture(url, `${word(output)} ${output.seq + 1}`, stage.root)];
  const whole = content.is_cut
    ? async () => {
        const found = await ask(mime);
        return { text: pretty(found), isCut: !!found.is_cut };
      }
    : undefined;
  if (mime === "text/html" && content.text !== undefined && !content.is_cut) {
    const frame = loggedHtml(content.text, stage.root);
    undo.push(frame.undo);
    return [frame.node, ...otherForm(output, ask)];
  }
  if (content.text !== undefined) {
    return [foldedText({ text: pretty(content), nodes: ansiNodes, whole, label: `${word(output)} ${output.seq + 1}` })];
  }
  return [h("div", { class: "nbm-q" }, `${mime}, ${size(content.size)}: it cannot be drawn here`)];
}

/** A page that needs scripts shows nothing in its frame: the plain form is one click away. */
function otherForm(output: OutputRow, ask: (mime: string) => Promise<Content>): Node[] {
  if (!output.forms.includes("text/plain")) return [];
  const place = h("div");
  const turn = button(
    "Show as text",
    () => {
      turn.disabled = true;
      ask("text/plain").then(
        (found) => {
          turn.remove();
          place.replaceChildren(foldedText({ text: found.text ?? "", nodes: ansiNodes }));
        },
        (error) => place.append(h("div", { class: "nbm-q" }, short(error?.message ?? error, 200))),
      );
    },
    { class: "nbm-button nbm-quiet-button" },
  );
  place.append(turn);
  return [place];
}

function pretty(content: Content): string {
  const text = content.text ?? "";
  if (!content.mime.endsWith("json") || content.is_cut) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
