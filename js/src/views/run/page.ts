import { ChildModel } from "../../lib/child";
import { h } from "../../lib/dom";
import { number } from "../../lib/format";
import { isKnown, renderView, type Stage } from "../../lib/stage";
import { onceVisible } from "../../lib/visible";
import { artifacts } from "./artifacts";
import type { RunData } from "./data";
import { environment } from "./environment";
import { failure, figures } from "./glance";
import { deleted, facts, family, title } from "./head";
import { Note } from "./note";
import { outputs } from "./outputs";
import { Section, type SectionOptions } from "./section";
import { source } from "./source";
import { metrics, params, system } from "./tables";
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
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly stage: Stage<Args, RunData>,
    private readonly folds: Map<string, boolean>,
  ) {
    this.data = stage.data;
    const { body } = stage;
    const changed = () => this.ask();
    const header = h("header", { class: "nbm-run-head" });
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
    this.part(
      header,
      (data) => data.tags,
      (data) => [tagList(stage, data, changed)],
    );
    this.part(header, relatives, (data) => family(stage, data));
    this.part(
      body,
      (data) => data.error,
      (data) => failure(data),
    );
    this.note = new Note(stage, this.data, changed);
    body.append(this.note.node);
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
    for (const section of this.sectionsOf(this.data)) this.add(section);
    this.watch();
  }

  /** Newer data of the same run in place; only what changed is drawn again. */
  patch(data: RunData): boolean {
    if (data.run.id !== this.data.run.id) return false;
    const before = this.data;
    this.data = data;
    for (const part of this.parts) this.drawPart(part);
    this.note.patch(data);
    const wanted = this.sectionsOf(data);
    let previous: HTMLElement | null = null;
    for (const options of wanted) {
      const known = this.sections.get(options.key);
      if (known) known.say(options.summary ?? "");
      else this.add(options, previous);
      previous = this.sections.get(options.key)!.node;
    }
    const grew = (name: keyof RunData["counts"]) => before.counts[name] !== data.counts[name];
    const ended = before.run.status !== data.run.status;
    if (grew("outputs") || ended) this.sections.get("outputs")?.refill();
    if (grew("cells") || ended) this.sections.get("source")?.refill();
    if (grew("artifacts")) this.sections.get("artifacts")?.refill();
    for (const child of this.children) child.touch();
    this.watch();
    return true;
  }

  close(): void {
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
    part.node.replaceChildren(...part.draw(this.data));
  }

  private async ask(): Promise<void> {
    this.patch(await this.stage.desk.view<RunData>("run", this.stage.args));
  }

  /** A run that goes on is looked at again; a host that knows of changes says so by itself. */
  private watch(): void {
    clearTimeout(this.timer);
    if (this.data.run.status !== "running") return;
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
        metrics(data, async () => (await desk.view("run/metrics", args)).rows),
      );
    }
    if (data.params.total) {
      column(
        "Parameters",
        data.params.total,
        params(data, async () => (await desk.view("run/params", args)).rows),
      );
    }
    return box.firstChild ? [box] : [];
  }

  /** Sections in their order; what is empty is not there. */
  private sectionsOf(data: RunData): SectionOptions[] {
    const { stage } = this;
    const { counts, environment: around } = data;
    const id = data.run.id;
    const curves = data.metrics.rows.filter((row) => row.count > 1);
    const many = (count: number, word: string) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;
    const all: (SectionOptions & { is: boolean })[] = [
      {
        is: curves.length > 0 && isKnown("curves"),
        key: "curves",
        title: "Curves",
        summary: "",
        isOpen: true,
        fill: (body: HTMLElement) =>
          this.embed(body, "curves", { runs: [id], metrics: curves.slice(0, 12).map((row) => row.key) }),
      },
      {
        is: counts.outputs > 0,
        key: "outputs",
        title: "Outputs",
        summary: number(counts.outputs),
        fill: (body: HTMLElement) => outputs(stage, id, body),
      },
      {
        is: counts.cells > 0,
        key: "source",
        title: "Source",
        summary: many(counts.cells, "cell"),
        fill: (body: HTMLElement) => source(stage, id, body),
      },
      {
        is: counts.series > 0 && isKnown("media"),
        key: "media",
        title: "Media",
        summary: `${many(counts.series, "key")}${counts.entries > counts.series ? `, ${number(counts.entries)} entries` : ""}`,
        fill: (body: HTMLElement) => this.embed(body, "media", { runs: [id] }),
      },
      {
        is: counts.artifacts > 0,
        key: "artifacts",
        title: "Artifacts",
        summary: many(counts.artifacts, "file"),
        fill: (body: HTMLElement) => artifacts(stage, id, body),
      },
      {
        is: data.system.total > 0,
        key: "system",
        title: "System use",
        summary: "",
        fill: (body: HTMLElement) => {
          body.append(system(data));
          const keys = data.system.rows.filter((row) => row.count > 1).map((row) => row.key);
          if (!keys.length || !isKnown("curves")) return;
          const place = h("div");
          body.append(place);
          return this.embed(place, "curves", { runs: [id], metrics: keys.slice(0, 12), x: "relative" });
        },
      },
      {
        is: around !== null,
        key: "environment",
        title: "Environment",
        summary: around
          ? [around.python && `Python ${around.python}`, many(around.packages, "package")].filter(Boolean).join(" · ")
          : "",
        fill: (body: HTMLElement) => environment(stage, id, around!, body),
      },
    ];
    return all.filter((section) => section.is);
  }

  /** Another view inside the page, drawn when it is first seen. */
  private embed(body: HTMLElement, view: string, args: Record<string, unknown>): () => void {
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
  }
}
