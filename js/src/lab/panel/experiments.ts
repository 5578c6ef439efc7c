import { h } from "../../lib/dom";
import { number } from "../../lib/format";
import { ALL } from "./data";
import { type Branch, type Experiment, experimentTree, visibleBranches } from "./tree";

/** The tree of experiments: arrows move and open, Enter chooses. */
export class Experiments {
  readonly node: HTMLElement;
  private readonly closed = new Set<string>();
  private tree: Branch[] = [];
  private chosen = ALL;
  private active = ALL;
  private key = "";

  constructor(private readonly choose: (experiment: string) => void) {
    this.node = h("div", {
      class: "nbm-tree",
      role: "tree",
      "aria-label": "Experiments",
      onKeydown: (event: KeyboardEvent) => this.onKey(event),
    });
  }

  show(experiments: readonly Experiment[], chosen: string): void {
    const key = JSON.stringify([experiments, chosen]);
    if (key === this.key) return;
    this.key = key;
    this.chosen = chosen;
    const [runs, running] = [sum(experiments, "runs"), sum(experiments, "running")];
    const all: Branch = {
      path: ALL,
      label: "All experiments",
      experiment: { name: ALL, runs, running },
      runs,
      running,
      children: [],
    };
    this.tree = [all, ...experimentTree(experiments)];
    this.draw();
  }

  private draw(): void {
    const hasFocus = this.node.contains(document.activeElement);
    const lines = visibleBranches(this.tree, this.closed);
    if (!lines.some(([each]) => each.path === this.active)) this.active = ALL;
    this.node.replaceChildren(...lines.map(([each, level]) => this.line(each, level)));
    if (hasFocus) this.focus();
  }

  private line(each: Branch, level: number): HTMLElement {
    const isOpen = !this.closed.has(each.path);
    const name = each.label || "(no name)";
    return h(
      "div",
      {
        class: "nbm-branch",
        role: "treeitem",
        tabindex: each.path === this.active ? "0" : "-1",
        "aria-level": level,
        "aria-expanded": each.children.length ? String(isOpen) : null,
        "aria-selected": String(each.experiment !== null && each.experiment.name === this.chosen),
        "aria-label": `${name}, ${each.runs} runs${each.running ? `, ${each.running} running` : ""}`,
        "data-path": each.path,
        title: each.experiment && each.path !== ALL ? each.experiment.name : name,
        style: { "padding-left": `${8 + (level - 1) * 12}px` },
        onClick: (event: MouseEvent) => this.pick(each, (event.target as Element).closest(".nbm-twist") !== null),
      },
      each.children.length ? h("span", { class: "nbm-twist", "aria-hidden": "true" }, isOpen ? "▾" : "▸") : null,
      h("span", { class: "nbm-name" }, name),
      each.running ? h("span", { class: "nbm-info nbm-going", title: `${each.running} running` }, "◐") : null,
      h("span", { class: "nbm-grow" }),
      h("span", { class: "nbm-n nbm-q" }, number(each.runs)),
    );
  }

  private pick(each: Branch, isTwist: boolean): void {
    this.active = each.path;
    if (isTwist || !each.experiment) this.toggle(each);
    else if (each.experiment.name !== this.chosen) this.choose(each.experiment.name);
    this.draw();
    this.focus();
  }

  private toggle(each: Branch): void {
    if (!this.closed.delete(each.path)) this.closed.add(each.path);
  }

  private onKey(event: KeyboardEvent): void {
    const lines = visibleBranches(this.tree, this.closed);
    const at = lines.findIndex(([each]) => each.path === this.active);
    const [here, level] = lines[at] ?? lines[0]!;
    const isOpen = here.children.length > 0 && !this.closed.has(here.path);
    const to = (place: number) => {
      this.active = lines[Math.min(Math.max(place, 0), lines.length - 1)]![0].path;
    };
    if (event.key === "ArrowDown") to(at + 1);
    else if (event.key === "ArrowUp") to(at - 1);
    else if (event.key === "Home") to(0);
    else if (event.key === "End") to(lines.length - 1);
    else if (event.key === "ArrowRight" && here.children.length) {
      if (isOpen) to(at + 1);
      else this.toggle(here);
    } else if (event.key === "ArrowLeft") {
      if (isOpen) this.toggle(here);
      else to(lines.slice(0, at).reduce((found, [, depth], place) => (depth < level ? place : found), at));
    } else if (event.key === "Enter" || event.key === " ") this.pick(here, false);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.draw();
    this.focus();
  }

  private focus(): void {
    this.node.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }
}

function sum(experiments: readonly Experiment[], name: "runs" | "running"): number {
  return experiments.reduce((total, each) => total + each[name], 0);
}
