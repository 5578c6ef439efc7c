import { AskError } from "../../lib/ask";
import { runLabel } from "../../lib/format";
import { edit } from "./edit";
import type { Table } from "./table";
import type { Run } from "./types";

const MOST_CURVES = 10;

/** What is done with runs: opened, compared, drawn, changed. */
export class Doing {
  private isEditing = false;

  constructor(private readonly table: Table) {}

  open(run: Run): void {
    this.table.stage.open({ view: "run", args: { run: run.id }, title: runLabel(run) });
  }

  compare(): void {
    const { ticks, data, stage } = this.table;
    const runs = ticks.inOrder(data.baseline);
    const title = runs.length === 2 ? runs.map(runLabel).join(" and ") : `${runs.length} runs`;
    stage.open({ view: "compare", args: { runs: runs.map(({ id }) => id) }, title: `Compare ${title}` });
  }

  /** Curves of the ticked runs, else of the first ones. */
  curves(): void {
    const { ticks, rows, data, stage } = this.table;
    const ticked = ticks.inOrder(null).map(({ id }) => id);
    const first = [...rows.known()].slice(0, MOST_CURVES).map((row) => row.run.id);
    const runs = ticked.length ? ticked : first;
    const metric = data.drawn ?? data.metric;
    const args = { runs, metrics: metric ? [metric] : [] };
    stage.open({ view: "curves", args, title: `Curves of ${runs.length} run${runs.length === 1 ? "" : "s"}` });
  }

  explore(): void {
    const { asked, experiment, metric } = this.table.data;
    const args = { filter: asked.filter, experiment: experiment ?? "*", metric };
    this.table.stage.open({ view: "explore", args, title: `Explore ${experiment ?? "all runs"}` });
  }

  async act(name: string, run: Run, anchor: HTMLElement): Promise<void> {
    const { foot, stage, grid } = this.table;
    try {
      if (name === "note" || name === "tags") {
        if (this.isEditing) return; // a double click on the word is one wish
        this.isEditing = true;
        const isChanged = await edit(stage.desk, name, run, anchor, stage.root).finally(() => {
          this.isEditing = false;
        });
        if (isChanged) await this.table.change({});
        grid.node.focus({ preventScroll: true });
      } else if (name === "pin") await this.pin(run);
      else if (name === "delete") await this.delete(run);
      else if (name === "stop") {
        await stage.desk.act("stop", { run: run.id });
        foot.say(`${runLabel(run)} was asked to stop: it does at its next log call`);
      }
    } catch (error) {
      this.failed(error);
    }
  }

  async save(name: string): Promise<void> {
    const { filter, experiment, sort, group, columns, pinned, metric, fold, hide_equal } = this.table.data.asked;
    const charts = this.table.charts.kept;
    const settings = { filter, experiment, sort, group, columns, pinned, metric, fold, hide_equal, charts };
    const saved = await this.table.stage.desk.act<{ name: string }>("save_view", { name, settings });
    await this.table.change({ named: saved.name });
  }

  async forget(name: string): Promise<void> {
    await this.table.stage.desk.act("forget_view", { name });
    await this.table.change(this.table.data.asked.named === name ? { named: null } : {});
  }

  private failed(error: unknown): void {
    const { foot, stage } = this.table;
    if (isAway(error)) foot.say("changing something needs the kernel: run the cell again");
    else stage.say(error);
  }

  private async pin(run: Run): Promise<void> {
    const { data, stage } = this.table;
    const experiment = data.place ?? run.experiment;
    await stage.desk.act("pin", { experiment, run: run.is_baseline ? null : run.id });
    await this.table.change({});
  }

  /** Taken off the list, with a way back. */
  private async delete(run: Run): Promise<void> {
    const { foot, stage, ticks } = this.table;
    await stage.desk.act("delete", { run: run.id });
    ticks.drop(run.id);
    await this.table.change({});
    foot.say(`${runLabel(run)} was deleted`, "Restore", () => void this.restore(run));
  }

  private async restore(run: Run): Promise<void> {
    try {
      await this.table.stage.desk.act("restore", { run: run.id });
      await this.table.change({});
    } catch (error) {
      this.failed(error);
    }
  }
}

/** Whether nobody is there who could answer. */
export function isAway(error: unknown): boolean {
  return error instanceof AskError && ["saved", "no-store", ""].includes(error.kind);
}
