import { runColour } from "../lib/colours";
import { openDialog } from "../lib/dialog";
import { button, h } from "../lib/dom";
import { number, runLabel, short } from "../lib/format";
import type { Context } from "../lib/host";
import { type Stage, stageView } from "../lib/stage";
import { MediaCell } from "./media/cell";
import { entryNode } from "./media/content";
import { Contents, type Entry } from "./media/contents";
import { StepPlayer } from "./media/player";
import { nearest, type Packed, union, unpacked } from "./media/steps";

interface Run {
  id: string;
  number: number | null;
  name: string | null;
  status: string;
}

interface Key {
  key: string;
  kind: string;
  runs: Record<string, Packed>;
}

interface Data {
  runs: Run[];
  total_runs: number;
  keys: Key[];
  total_keys: number;
  /** Contents that were saved with the notebook. */
  places?: Entry[];
}

type Args = { runs: string[]; keys?: string[] | null };

const MANY = 6;
const PERIOD_MS = 3000;

/** Figures, texts, tables and sounds of runs: a row a key, a column a run, one slider over the steps. */
export function media(context: Context) {
  return stageView<Args, Data>(context, (stage) => {
    const grid = new Grid(stage);
    return { undo: () => grid.close(), patch: (data) => grid.patch(data) };
  });
}

class Grid {
  private cells: MediaCell[] = [];
  private readonly contents: Contents;
  private readonly player: StepPlayer;
  private data: Data;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false; // what is under way then comes back later

  constructor(private readonly stage: Stage<Args, Data>) {
    this.data = stage.data;
    this.contents = new Contents(stage.desk, this.data.places);
    this.player = new StepPlayer(this.steps(), (step) => this.go(step));
    this.player.node.hidden = this.steps().length < 2;
    this.draw();
    this.watch();
  }

  /** A run logged more: the slider gets longer, what is looked at stays. */
  patch(data: Data): boolean {
    const shape = (found: Data) =>
      JSON.stringify([found.runs.map((run) => run.id), found.keys.map((key) => [key.key, Object.keys(key.runs)])]);
    if (shape(data) !== shape(this.data)) return false;
    this.data = data;
    for (const cell of this.cells) {
      const packed = data.keys.find((key) => key.key === cell.key)?.runs[cell.run];
      if (packed) cell.steps = packed;
    }
    this.player.update(this.steps());
    this.watch();
    return true;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.player.stop();
    for (const cell of this.cells) cell.close();
  }

  private steps(): number[] {
    return union(this.data.keys.flatMap((key) => Object.values(key.runs)));
  }

  private async go(step: number): Promise<void> {
    await Promise.all(this.cells.map((cell) => cell.go(step)));
  }

  /** Runs that go on are looked at again; a host that knows of changes says so by itself. */
  private watch(): void {
    clearTimeout(this.timer);
    if (this.isClosed) return;
    if (!this.data.runs.some((run) => run.status === "running") || this.data.places) return;
    this.timer = setTimeout(async () => {
      if (document.hidden || !this.stage.root.offsetParent) return this.watch();
      try {
        const found = await this.stage.desk.view<Data>("media", this.stage.args);
        if (!this.isClosed && !this.patch(found)) await this.stage.update({});
      } catch {
        this.watch(); // the kernel is busy: the picture stays
      }
    }, PERIOD_MS);
  }

  private draw(): void {
    const { body } = this.stage;
    const { data } = this;
    if (!data.keys.length) {
      const chosen = this.stage.args.keys?.length
        ? ` under ${this.stage.args.keys.map((key) => short(key, 40)).join(", ")}`
        : "";
      const who = data.runs.length === 1 ? runLabel(data.runs[0]!) : `these ${data.runs.length} runs`;
      const how = h("code", {}, "ml.log(roc=fig)");
      body.append(
        h(
          "div",
          { class: "nbm-empty" },
          `Nothing but numbers was logged by ${who}${chosen}. `,
          how,
          " logs a figure; texts, tables and sounds too.",
        ),
      );
      return;
    }
    const grid = data.runs.length === 1 ? this.tiles(data) : this.table(data);
    body.append(this.tools(data, grid), grid);
    const notes = [
      data.keys.length < data.total_keys && `first ${number(data.keys.length)} of ${number(data.total_keys)} keys`,
      data.runs.length < data.total_runs && `first ${number(data.runs.length)} of ${number(data.total_runs)} runs`,
      data.keys.some((key) => Object.values(key.runs).some((packed) => packed.total)) &&
        "an even choice of the steps: .series() has all",
    ].filter(Boolean);
    if (notes.length) body.append(h("div", { class: "nbm-q" }, notes.join(" · ")));
    if (data.places) {
      const all = button("Show all steps", () => void this.stage.update({}));
      body.append(
        h("div", { class: "nbm-tools" }, h("span", { class: "nbm-q" }, "The last steps, as they were saved."), all),
      );
    }
    void this.go(this.player.step);
  }

  private tools(data: Data, grid: HTMLElement): HTMLElement {
    const field = h("input", {
      type: "search",
      placeholder: "Find a key",
      "aria-label": "Find a key",
      onInput: () => {
        const wanted = field.value.toLowerCase().trim();
        for (const row of grid.querySelectorAll<HTMLElement>("[data-key]")) {
          row.hidden = !row.dataset.key!.toLowerCase().includes(wanted);
        }
      },
    });
    return h("div", { class: "nbm-tools nbm-media-tools" }, this.player.node, data.keys.length > MANY && field);
  }

  private cell(run: Run, key: Key): MediaCell | null {
    const packed = key.runs[run.id];
    if (!packed) return null;
    const open = (cell: MediaCell, step: number) => this.enlarge(run, cell, step);
    const cell = new MediaCell(run.id, key.key, packed, this.contents, open, this.stage.root);
    cell.node.style.setProperty("--nbm-run", runColour(run.number));
    this.cells.push(cell);
    return cell;
  }

  /** One run: its keys side by side. */
  private tiles(data: Data): HTMLElement {
    const run = data.runs[0]!;
    const tiles = data.keys.map((key) => {
      const name = h("div", { class: "nbm-media-key", title: key.key }, short(key.key, 60));
      return h(
        "div",
        { class: "nbm-media-tile", "data-key": key.key, "data-kind": key.kind },
        name,
        this.cell(run, key)?.node,
      );
    });
    return h("div", { class: "nbm-media-tiles" }, ...tiles);
  }

  /** Several runs: a column each, in the colours they have everywhere. */
  private table(data: Data): HTMLElement {
    const heads = data.runs.map((run) => {
      const mark = h("span", { class: "nbm-sq", style: { color: runColour(run.number) }, "aria-hidden": "true" }, "■");
      const open = () => this.stage.open({ view: "run", args: { run: run.id }, title: runLabel(run) });
      const name = h(
        "button",
        { type: "button", class: "nbm-link", title: "Open this run", onClick: open },
        mark,
        " ",
        runLabel(run),
      );
      return h("th", { scope: "col" }, name);
    });
    const rows = data.keys.map((key) =>
      h(
        "tr",
        { "data-key": key.key },
        h("th", { scope: "row", title: key.key }, short(key.key, 40)),
        ...data.runs.map((run) => h("td", {}, this.cell(run, key)?.node ?? h("span", { class: "nbm-q" }, "·"))),
      ),
    );
    const corner = h("td", {});
    const table = h(
      "table",
      { class: "nbm-media-grid" },
      h("thead", {}, h("tr", {}, corner, ...heads)),
      h("tbody", {}, ...rows),
    );
    return h(
      "div",
      { class: "nbm-media-scroll", tabindex: 0, role: "group", "aria-label": "media by key and run" },
      table,
    );
  }

  /** One entry large; the arrow keys and buttons go through its steps. */
  private enlarge(run: Run, cell: MediaCell, from: number): void {
    const steps = unpacked(cell.steps);
    let at = steps.indexOf(from);
    let undo: (() => void) | undefined;
    const place = h("div", { class: "nbm-media-large" });
    const label = h("span", { class: "nbm-media-step", role: "status" });
    const back = button("Previous step", () => void go(at - 1));
    const on = button("Next step", () => void go(at + 1));
    const go = async (wanted: number) => {
      at = Math.min(Math.max(wanted, 0), steps.length - 1);
      const step = steps[at]!;
      back.disabled = at === 0;
      on.disabled = at === steps.length - 1;
      label.textContent = `step ${number(step)} of ${number(steps.at(-1))}`;
      try {
        const entry = await this.contents.get({ run: run.id, key: cell.key, step });
        if (steps[at] !== step) return;
        undo?.();
        const shown = entryNode(entry, this.stage.root, true);
        undo = shown.undo;
        place.replaceChildren(shown.node);
      } catch (error) {
        label.textContent = `step ${number(step)}: ${(error as Error).message}`;
      }
    };
    const { body } = openDialog(this.stage.root, `${short(cell.key, 60)} · ${runLabel(run)}`, {
      onKey: (event) => {
        if (event.key === "ArrowLeft") void go(at - 1);
        if (event.key === "ArrowRight") void go(at + 1);
      },
      onClose: () => undo?.(),
    });
    if (steps.length > 1) body.append(h("div", { class: "nbm-tools" }, back, on, label));
    body.append(place);
    void go(nearest({ steps }, from) === null ? 0 : at);
  }
}
