/** What a view knows of where it is shown: anywidget's model in a cell, a model of ours in JupyterLab's own panels. */
export interface Model {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: (...args: any[]) => void): void;
  off(event?: string | null, callback?: ((...args: any[]) => void) | null): void;
  send(content: unknown): void;
  /** Told with what arguments the view is looked at now, where somebody keeps that. */
  keep?(args: object): void;
}

export interface Context {
  model: Model;
  el: HTMLElement;
}

export type Cleanup = () => void;

/** A view draws itself into `el`; what it returns takes it away again. */
export type Render = (context: Context) => Cleanup;

/** What `model.get("state")` holds; `data` is null where the view has to ask for it. */
export interface State<A = Record<string, unknown>, D = any> {
  v: number;
  view: string;
  args: A;
  data: D | null;
  /** What was asked at once when this was saved, and the answers. */
  known?: { name: string; args: unknown; data: unknown }[];
}

/** The newest form of `State` that this code reads. */
export const VERSION = 1;
