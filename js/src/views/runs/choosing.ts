import { type Choices, chooseColumns } from "./columns";
import type { Table } from "./table";
import type { Args, Data } from "./types";

/** Which columns are in sight: what is here is shown and hidden at once, the rest is asked for. */
export class Choosing {
  constructor(private readonly table: Table) {}

  open(anchor: HTMLElement): void {
    const { data, stage } = this.table;
    const of = (kind: string) => data.columns.filter((column) => column.key.startsWith(`${kind}.`));
    const fields = data.columns.filter((column) => !/^(metric|param|tag)\./.test(column.key));
    const known: Choices = { runs: data.runs, metrics: of("metric"), params: of("param"), tags: of("tag"), fields };
    chooseColumns(anchor, known, () => stage.desk.view("runs/columns", stage.args), {
      shown: () => this.shown,
      pinned: () => this.table.data.asked.pinned,
      show: (key, isShown) => this.show(key, isShown),
      pin: (key, isPinned) => this.pin(key, isPinned),
      reset: () => void this.table.change(DEFAULT),
    });
  }

  showEqual(isShown: boolean): void {
    const { data } = this.table;
    const equal = data.columns.filter((column) => column.equal);
    if (equal.length < data.equal) return void this.table.change({ hide_equal: !isShown });
    for (const column of equal) column.shown = isShown;
    this.keep({ hide_equal: !isShown });
    this.table.foot.show(data);
  }

  /**
   * Put what was chosen here onto data that was asked for before. False if it lacks something for that: it is then
   * to be asked for again.
   */
  onto(data: Data): boolean {
    const mine = chosen(this.table.data.asked);
    const { columns, pinned, hide_equal } = mine;
    if (JSON.stringify(chosen(data.asked)) === JSON.stringify(mine)) return true;
    const wanted = new Set([...(columns ?? []), ...pinned]);
    const isEqualWanted = !columns && !hide_equal;
    const here = new Set(data.columns.map((column) => column.key));
    if ([...wanted].some((key) => !here.has(key))) return false;
    if (isEqualWanted && data.columns.filter((column) => column.equal).length < data.equal) return false;
    for (const column of data.columns) {
      if (columns || wanted.has(column.key)) column.shown = wanted.has(column.key);
      else if (column.equal) column.shown = isEqualWanted;
    }
    Object.assign(data.asked, mine);
    return true;
  }

  /** As it was asked last, though the answer may not be here yet. */
  private get shown(): string[] {
    const { data, stage } = this.table;
    return stage.args.columns ?? data.columns.filter((column) => column.shown).map((column) => column.key);
  }

  private show(key: string, isShown: boolean): void {
    const column = this.table.data.columns.find((each) => each.key === key);
    const columns = isShown ? [...this.shown, key] : this.shown.filter((each) => each !== key);
    if (!column) return void this.table.change({ columns });
    column.shown = isShown;
    this.keep({ columns });
  }

  private pin(key: string, isPinned: boolean): void {
    const pinned = this.table.data.asked.pinned.filter((each) => each !== key);
    if (isPinned) pinned.push(key);
    this.keep({ pinned });
    if (isPinned && !this.shown.includes(key)) this.show(key, true);
  }

  /** The table is asked for like this from now on. */
  private keep(change: Partial<Args>): void {
    const { data, stage } = this.table;
    Object.assign(data.asked, change);
    stage.args = { ...stage.args, ...change };
    this.table.lay();
    if (this.table.isAsking) void this.table.change(change); // the answer on its way does not know of this
  }
}

/** What of the question is chosen without asking. */
function chosen({ columns, pinned, hide_equal }: Args): Pick<Args, "columns" | "pinned" | "hide_equal"> {
  return { columns, pinned, hide_equal };
}

const DEFAULT = { columns: null, pinned: [], hide_equal: true, metric: null };
