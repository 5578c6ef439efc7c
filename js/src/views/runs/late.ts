import type { Table } from "./table";
import type { Data, Row } from "./types";

const CHANGED = "something changed";

/** Newer data of the same table, which waits while its rows would move under the pointer or out of sight. */
export class Late {
  private data: Data | null = null;
  private isInside = false;

  constructor(private readonly table: Table) {
    const { node } = table.grid;
    node.addEventListener("pointerenter", () => {
      this.isInside = true;
    });
    node.addEventListener("pointerleave", () => {
      this.isInside = false;
      this.show();
    });
  }

  take(data: Data): void {
    const { table } = this;
    const order = (rows: Row[]) => rows.map((row) => row.run.id).join();
    const isMoved = order(data.rows) !== order(table.data.rows) || data.total !== table.data.total;
    if (isMoved && (this.isInside || table.grid.node.scrollTop > 0)) {
      this.data = data;
      table.foot.say(CHANGED, "Show", () => this.show());
    } else this.renew(data);
  }

  /** What is drawn now is newer. */
  drop(): void {
    this.data = null;
    this.table.foot.unsay(CHANGED);
  }

  private show(): void {
    if (this.data) this.renew(this.data);
  }

  /** What was chosen here since that was asked for stays chosen. */
  private renew(data: Data): void {
    if (this.table.choosing.onto(data)) this.table.begin(data, true);
    else void this.table.change({});
  }
}
