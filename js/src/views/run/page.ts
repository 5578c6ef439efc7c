import { ChildModel } from "../../lib/child";
import { h } from "../../lib/dom";
import { number } from "../../lib/format";
import { renderView, type Stage } from "../../lib/stage";
import { onceVisible } from "../../lib/visible";
import type { RunData } from "./data";
import { failure, figures } from "./glance";
import { deleted, facts, family, title } from "./head";
import { Note } from "./note";
import { offeredSections } from "./offered";
import { problem, Section, type SectionOptions } from "./section";
import { type Embed, sectionsOf } from "./sections";
import { type Memory, metrics, params, system } from "./tables";
import { tagList } from "./tags";

export type Args = { run: string };

const PERIOD_MS = 2000;

/** One part of the page that is drawn again only if what it shows has changed. */
interface Part {
  node: HTMLElement;
  of: (data: RunData) => unknown;
  draw: (data: RunData) => Node[];
  last: string;
}

/** The page itself: parts that are drawn again one by one, and sections that fold. */
export class Page {
  private data: RunData;
  private readonly parts: Part[] = [];
  private readonly sections = new Map<string, Section>();
  private readonly undo: (() => void)[] = [];
  private readonly children: ChildModel[] = [];
  private readonly note: Note;
  private readonly memory: Memory = new Map();
  private readonly system = h("div", { class: "nbm-system" });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false; // what is under way then comes back later

  constructor(
    private readonly stage: Stage<Args, RunData>,
    private readonly folds: Map<string, boolean>,
  ) {
    this.data = stage.data;
    const { body } = stage;
    const changed = () => this.ask();
    const header = h("div", { class: "nbm-run-head" });
    body.append(header);
    const relatives = (data: RunData) => [data.children, data.attempts, data.parent];
    this.part(
      header,
      (data) => data.deleted_at,
      (data) => deleted(stage, data, changed),
    );
    this.part(
      header,
      (data) => [data.run, data.baseline],
      (data) => [title(stage, data)],
    );
    this.part(
      header,
      (data) => [data.run.status, data.ended_at, data.git, Math.floor(Date.now() / 2000)],
      (data) => [facts(data)],
    );
    const words = h("div", { class: "nbm-run-words" });
    header.append(words);
    this.part(
      words,
      (data) => data.tags,
      (data) => [tagList(stage, data, changed)],
    );
    this.note = new Note(stage, this.data, changed);
    words.append(this.note.node);
    this.part(header, relatives, (data) => family(stage, data));
    this.part(
      body,
      (data) => data.error,
      (data) => failure(data),
    );
    this.part(
      body,
      (data) => data.figures,
      (data) => figures(stage, data),
    );
    this.part(
      body,
      (data) => [data.params, data.metrics, data.baseline],
      (data) => this.numbers(data),
    );
    this.part(
      this.system,
      (data) => data.system,
      (data) => [system(data, this.memory)],
    );
    for (const section of sectionsOf(this.stage, this.data, this.embed, this.system)) this.add(section);
    if (this.data.offered) this.addOffered();
    this.watch();
  }

  /** Newer data of the same run in place; only what changed is drawn again. */
  patch(data: RunData): boolean {
    if (data.run.id !== this.data.run.id) return false;
    const before = this.data;
    this.data = data;
    for (const part of this.parts) this.drawPart(part);
    this.note.patch(data);
    const wanted = sectionsOf(this.stage, data, this.embed, this.system);
    let previous: HTMLElement | null = null;
    for (const options of wanted) {
      const known = this.sections.get(options.key);
      if (known) known.take(options);
      else this.add(options, previous);
      previous = this.sections.get(options.key)!.node;
    }
    const grew = (name: keyof RunData["counts"]) => before.counts[name] !== data.counts[name];
    const ended = before.run.status !== data.run.status;
    if (grew("outputs") || ended) this.sections.get("outputs")?.refill();
    if (grew("cells") || ended) this.sections.get("source")?.refill();
    if (grew("artifacts")) this.sections.get("artifacts")?.refill();
    this.watch();
    return true;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const each of this.undo) each();
    for (const section of this.sections.values()) section.close();
  }

  private part(place: HTMLElement, of: Part["of"], draw: Part["draw"]): void {
    const part: Part = { node: h("div"), of, draw, last: "" };
    this.parts.push(part);
    place.append(part.node);
    this.drawPart(part);
  }

  private drawPart(part: Part): void {
    const found = JSON.stringify(part.of(this.data));
    if (found === part.last) return;
    part.last = found;
    const focused = part.node.contains(document.activeElement);
    if (focused && document.activeElement?.matches("input")) {
      part.last = ""; // somebody types here: next time
      return;
    }
    const lists = [...part.node.querySelectorAll(".nbm-list-wrap")].map((list) => list.scrollTop);
    part.node.replaceChildren(...part.draw(this.data));
    part.node.querySelectorAll(".nbm-list-wrap").forEach((list, at) => {
      list.scrollTop = lists[at] ?? 0;
    });
  }

  private async ask(): Promise<void> {
    const data = await this.stage.desk.view<RunData>("run", this.stage.args);
    if (this.isClosed) return;
    this.patch(data);
    for (const child of this.children) child.touch();
  }

  /** A run that goes on is looked at again; a host that knows of changes says so by itself. */
  private watch(): void {
    clearTimeout(this.timer);
    if (this.isClosed || this.data.run.status !== "running") return;
    this.timer = setTimeout(() => {
      if (document.hidden || !this.stage.root.offsetParent) return this.watch();
      this.ask().catch(() => this.watch()); // the kernel is busy: the picture stays, it is asked again
    }, PERIOD_MS);
  }

  private add(options: SectionOptions, after: HTMLElement | null = null): void {
    const { key } = options;
    const isOpen = this.folds.get(key) ?? options.isOpen ?? false;
    const section = new Section({
      ...options,
      isOpen,
      opensWhenSeen: !this.folds.has(key),
      onToggle: (is) => this.folds.set(key, is),
    });
    this.sections.set(key, section);
    const last = after ?? [...this.sections.values()].at(-2)?.node ?? null;
    if (last?.isConnected) last.after(section.node);
    else this.stage.body.append(section.node);
  }

  private numbers(data: RunData): Node[] {
    const { desk } = this.stage;
    const box = h("div", { class: "nbm-run-numbers" });
    const args = { run: data.run.id };
    const column = (title: string, total: number, node: HTMLElement) => {
      box.append(
        h(
          "div",
          { class: "nbm-run-column" },
          h("h3", {}, title, h("span", { class: "nbm-q" }, ` ${number(total)}`)),
          node,
        ),
      );
    };
    if (data.metrics.total) {
      column(
        "Metrics",
        data.metrics.total,
        metrics(data, this.memory, async () => (await desk.view("run/metrics", args)).rows),
      );
    }
    if (data.params.total) {
      column(
        "Parameters",
        data.params.total,
        params(data, this.memory, async () => (await desk.view("run/params", args)).rows),
      );
    }
    return box.firstChild ? [box] : [];
  }

  /** Sections of other capabilities: known only when asked, so they come last and nothing moves. */
  private addOffered(): void {
    const end = h("div");
    this.stage.body.append(end);
    const ask = async () => {
      end.replaceChildren();
      try {
        for (const section of await offeredSections(this.stage, this.embed)) this.add(section);
      } catch (error) {
        end.append(problem(error, () => void ask()));
      }
    };
    this.undo.push(onceVisible(end, () => void ask()));
  }

  /** Another view inside the page, drawn when it is first seen. */
  private readonly embed: Embed = (body, view, args) => {
    const child = new ChildModel(this.stage.model, view, args);
    this.children.push(child);
    let stop: (() => void) | undefined;
    const cancel = onceVisible(body, () => {
      stop = renderView({ model: child, el: body });
    });
    return () => {
      cancel();
      stop?.();
      child.close();
      this.children.splice(this.children.indexOf(child), 1);
    };
  };
}
