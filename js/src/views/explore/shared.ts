import { middle } from "../../lib/format";
import type { Scale } from "../../lib/scale";
import type { Brush } from "./brush";
import type { Paint } from "./paint";
import type { Table } from "./table";

/** What a person chose; it outlives new data. */
export interface Memory {
  axes: string[] | null;
  logs: Map<string, boolean>;
  brushes: Map<string, Brush>;
  x: string | null;
  y: string | null;
  /** A column; `run` for the colours of the runs; null: whatever suits. */
  colour: string | null;
  byForest: boolean;
  showsAll: boolean;
  /** Somebody brushed here: until then what is chosen is not ours to say. */
  hasBrushed: boolean;
  /** The label of what had the focus when all was drawn anew. */
  focus: string | null;
}

export function freshMemory(): Memory {
  return {
    axes: null,
    logs: new Map(),
    brushes: new Map(),
    x: null,
    y: null,
    colour: null,
    byForest: false,
    showsAll: false,
    hasBrushed: false,
    focus: null,
  };
}

/** What the panels share: the runs, how they are drawn, which are kept, and what a person can do. */
export interface Shared {
  readonly table: Table;
  readonly memory: Memory;
  readonly paints: readonly Paint[];
  /** 1 for each run that passes all brushes. */
  readonly kept: Uint8Array;
  /** These runs, best first. */
  readonly matching: readonly number[];
  readonly dark: boolean;
  scale(key: string): Scale | null;
  brush(key: string, brush: Brush | null): void;
  move(key: string, to: number): void;
  hide(key: string): void;
  show(key: string): void;
  switchLog(key: string): void;
  chooseX(key: string): void;
  chooseY(key: string): void;
  /** Point at a run in all panels, or at none; `at` is where to say its name. */
  point(run: number | null, at?: { clientX: number; clientY: number }): void;
  openRun(run: number): void;
  /** Something was chosen: whoever keeps it is told. */
  chosen(): void;
}

/** An empty canvas as sharp as the screen, in CSS pixels; of the same size as before it keeps its memory. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = Math.min(window.devicePixelRatio || 1, 3);
  const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  const context = canvas.getContext("2d");
  if (canvas.width !== wide || canvas.height !== high) {
    [canvas.width, canvas.height] = [wide, high];
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  } else {
    context?.setTransform(1, 0, 0, 1, 0, 0);
    context?.clearRect(0, 0, wide, high);
  }
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/** A label that fits into so many pixels of small text. */
export function fitted(label: string, pixels: number): string {
  return middle(label, Math.max(5, Math.floor(pixels / 6.2)));
}
