import { runColour } from "../../lib/colours";
import { copyText } from "../../lib/copy";
import { button, h } from "../../lib/dom";
import { ago, duration, moment, runLabel, short } from "../../lib/format";
import { isInLab, requestJump } from "../../lib/open";
import type { Stage } from "../../lib/stage";
import { isKnown } from "../../lib/stage";
import { statusNode } from "../../lib/status";
import type { Relatives, RunData, RunName } from "./data";

type PageStage = Stage<{ run: string }, RunData>;

/** Colour, number, name and status of the run, and what can be done with it. */
export function title(stage: PageStage, data: RunData): HTMLElement {
  const { run } = data;
  const name = h(
    "h2",
    { class: "nbm-run-title", title: run.name ?? run.id },
    h("span", { class: "nbm-sq", style: { color: runColour(run.number) }, "aria-hidden": "true" }, "■"),
    " ",
    runLabel(run),
    run.is_baseline && h("span", { class: "nbm-q" }, " ★ baseline"),
  );
  const grow = h("span", { class: "nbm-grow" });
  return h("div", { class: "nbm-run-line" }, name, statusNode(run.status), grow, ...actions(stage, data));
}

function actions(stage: PageStage, data: RunData): HTMLElement[] {
  const { run } = data;
  const found: HTMLElement[] = [];
  if (run.status === "running" && isKnown("live")) {
    const open = () => stage.open({ view: "live", args: { run: run.id }, title: `${runLabel(run)} live` });
    found.push(button("Watch live", open));
  }
  if (data.baseline && isKnown("compare")) {
    const runs = [run.id, data.baseline.id];
    const open = () =>
      stage.open({ view: "compare", args: { runs }, title: `${runLabel(run)} vs ${runLabel(data.baseline!)}` });
    found.push(button(`Compare with ${runLabel({ ...data.baseline, name: null })} ★`, open));
  }
  const line = `run = ml.get(${run.number ?? JSON.stringify(run.id.slice(-6))})`;
  const copy = button(`Copy ${line}`, async () => {
    const done = await copyText(line);
    copy.textContent = done ? "Copied" : "Not allowed to copy here";
    setTimeout(() => {
      copy.textContent = `Copy ${line}`;
    }, 1500);
  });
  copy.title = "Paste it into a cell";
  found.push(copy);
  return found;
}

/** Facts in the order in which people ask for them; what is not known is not there. */
export function facts(data: RunData): HTMLElement {
  const { run, git } = data;
  const isRunning = run.status === "running";
  const ended = data.ended_at ? `, ended ${moment(data.ended_at)}` : "";
  const taken =
    isRunning && data.started_at ? (Date.now() - Date.parse(data.started_at)) / 1000 : (data.duration_s ?? null);
  const place = data.notebook
    ? `${short(data.notebook, 60)}${data.execution_count ? ` [${data.execution_count}]` : ""}`
    : "";
  const pieces: [string, string][] = [
    [short(run.experiment, 60), `experiment ${run.experiment}`],
    [ago(data.started_at), `began ${moment(data.started_at)}${ended}`],
    [taken === null ? "" : `${duration(taken)}${isRunning ? " so far" : ""}`, taken === null ? "" : `${taken} s`],
    [place, data.cell_id ? `cell ${data.cell_id}` : ""],
    [git.sha ? `git ${git.sha.slice(0, 7)}${git.dirty ? " (dirty)" : ""}` : "", git.sha ?? ""],
    [data.seed === null ? "" : `seed ${data.seed}`, ""],
  ];
  const line = h("div", { class: "nbm-run-facts nbm-q" });
  for (const [text, title] of pieces.filter(([text]) => text && text !== "·")) {
    if (text === place && data.cell_id && isInLab()) line.append(h("span", {}, cellLink(place, run.id)));
    else line.append(h("span", { title: title || null }, text));
  }
  return line;
}

/** Leads to the cell that made the run, as it is now. */
function cellLink(place: string, run: string): HTMLElement {
  const go = button(place, () => requestJump(go, run), {
    class: "nbm-link",
    title: "Go to the cell that made this run",
  });
  return go;
}

/** The runs around it: its parent, its children, its other attempts. */
export function family(stage: PageStage, data: RunData): HTMLElement[] {
  const found: HTMLElement[] = [];
  if (data.parent) found.push(relations(stage, "part of", { runs: [data.parent], total: 1 }));
  if (data.children.total)
    found.push(relations(stage, data.children.total === 1 ? "child" : "children", data.children));
  if (data.attempts.total > 1)
    found.push(relations(stage, `${data.attempts.total} attempts`, data.attempts, data.run.id));
  return found;
}

function relations(stage: PageStage, word: string, relatives: Relatives, own = ""): HTMLElement {
  const few = relatives.runs.slice(0, 12);
  const line = h("div", { class: "nbm-run-family" }, h("span", { class: "nbm-q" }, word));
  for (const run of few) line.append(run.id === own ? h("b", {}, label(run)) : link(stage, run));
  const more = relatives.total - few.length;
  if (more > 0) line.append(h("span", { class: "nbm-q" }, `and ${more} more`));
  return line;
}

/** A run that can be opened by its name. */
function link(stage: PageStage, run: RunName): HTMLElement {
  const open = () => stage.open({ view: "run", args: { run: run.id }, title: runLabel(run) });
  return h("button", { type: "button", class: "nbm-link", title: run.status, onClick: open }, label(run));
}

function label(run: RunName): HTMLElement {
  const mark = h("span", { class: "nbm-sq", style: { color: runColour(run.number) }, "aria-hidden": "true" }, "■");
  const failed = run.status === "finished" ? "" : ` ${run.status}`;
  return h("span", {}, mark, " ", runLabel(run), failed && h("span", { class: "nbm-q" }, failed));
}

/** A word on a run that is in no list any more, and a way back. */
export function deleted(stage: PageStage, data: RunData, changed: () => Promise<void>): Node[] {
  if (!data.deleted_at) return [];
  const bring = async () => {
    try {
      await stage.desk.act("restore", { run: data.run.id });
      await changed();
    } catch (error) {
      stage.say(error, () => void bring());
    }
  };
  const restore = button("Restore", () => void bring());
  const when = h("span", { title: moment(data.deleted_at) }, `Deleted ${ago(data.deleted_at)}: it is in no list. `);
  return [h("div", { class: "nbm-problem", role: "status" }, when, restore)];
}
