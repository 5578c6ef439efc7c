/** How far a place can move: lines from `top` (the head) to `bottom`, columns from 0. */
export interface Bounds {
  top: number;
  bottom: number;
  columns: number;
  page: number;
}

/** The place that arrows move. */
export class Place {
  line = 0;
  column = 1;

  constructor(
    private readonly bounds: () => Bounds,
    private readonly moved: () => void,
  ) {}

  go(line: number, column: number): void {
    this.line = line;
    this.column = column;
    this.moved();
  }

  /** Stay inside after the table changed. */
  keep(): void {
    const { top, bottom, columns } = this.bounds();
    this.line = Math.max(top, Math.min(this.line, bottom));
    this.column = Math.max(0, Math.min(this.column, columns - 1));
  }

  /** True if the key moved it. */
  onKey(event: KeyboardEvent): boolean {
    const { top, bottom, page, columns } = this.bounds();
    const isFar = event.ctrlKey || event.metaKey;
    const steps: Record<string, [number, number]> = {
      ArrowDown: [isFar ? bottom - this.line : 1, 0],
      ArrowUp: [isFar ? top - this.line : -1, 0],
      ArrowRight: [0, isFar ? columns : 1],
      ArrowLeft: [0, isFar ? -columns : -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: [isFar ? -this.line : 0, -columns],
      End: [isFar ? bottom - this.line : 0, columns],
    };
    const step = steps[event.key];
    if (!step || event.altKey) return false;
    event.preventDefault();
    event.stopPropagation();
    const line = Math.max(top, Math.min(this.line + step[0], bottom));
    this.go(line, Math.max(0, Math.min(this.column + step[1], columns - 1)));
    return true;
  }
}
