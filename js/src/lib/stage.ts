import { AskError, Desk } from "./ask";
import { ChildModel } from "./child";
import { button, h } from "./dom";
import type { Cleanup, Context, Model, Render, State } from "./host";
import { VERSION } from "./host";
import { type OpenRequest, requestOpen } from "./open";

/** What a view is given to work with. */
export interface Stage<A = Record<string, any>, D = any> {
  /** Where to draw; emptied before each `draw`. */
  body: HTMLElement;
  root: HTMLElement;
  model: Model;
  desk: Desk;
  args: A;
  /** Ask again with other arguments; the old picture stays until the answer is here. */
  update(change: Partial<A>): Promise<void>;
  /** Draw again from the data that is known. */
  redraw(): void;
  /** Show one line of what failed above the picture, without taking the picture away. */
  say(error: unknown): void;
  /** Open another view: in JupyterLab's main area, else below this one. */
  open(request: OpenRequest): void;
  /** Tell Python what is chosen (run ids). */
  select(ids: string[]): void;
  /** Called when the view goes away. */
  onClose(callback: () => void): void;
  readonly data: D;
}

let registry: Record<string, Render> = {};

/** Views by name, for what opens inside another view. */
export function register(views: Record<string, Render>): void {
  registry = views;
}

export function renderView(context: Context): Cleanup {
  const state = context.model.get("state") as State | undefined;
  const render = state ? registry[state.view] : undefined;
  if (!state || !render || !(state.v <= VERSION)) {
    const what = state && state.v > VERSION ? "This was made by a newer nbmlops" : "This view is not known here";
    context.el.append(
      h(
        "div",
        { class: "nbm-view nbm-problem", role: "alert" },
        `${what} (${String(state?.view ?? "no state").slice(0, 60)}). Upgrade nbmlops and reload the page.`,
      ),
    );
    return () => context.el.replaceChildren();
  }
  return render(context);
}

/**
 * The frame that every view stands in: first data or a question for it, a thin bar while waiting, errors with a way
 * to try again, views that open inside.
 *
 * @param draw draws `stage.data` into `stage.body`; may return what is to be undone before the next draw.
 */
export function stageView<A = any, D = any>(context: Context, draw: (stage: Stage<A, D>) => Cleanup | void): Cleanup {
  const { model, el } = context;
  const desk = new Desk(model);
  const closers: (() => void)[] = [];
  let undo: Cleanup | void;
  let data: D | null = null;
  let turn = 0;

  const bar = h("div", { class: "nbm-bar", hidden: true });
  const problem = h("div", { class: "nbm-problem", role: "alert", hidden: true });
  const body = h("div", { class: "nbm-body" });
  const inner = h("div", { class: "nbm-inner" });
  const state = () => model.get("state") as State<A, D>;
  const root = h(
    "div",
    { class: `nbm-view nbm-live nbm-${state().view}`, "data-view": state().view },
    bar,
    problem,
    body,
    inner,
  );
  el.append(root);

  const stage: Stage<A, D> = {
    body,
    root,
    model,
    desk,
    args: { ...state().args },
    get data() {
      return data as D;
    },
    async update(change) {
      stage.args = { ...stage.args, ...change };
      await load();
    },
    redraw: show,
    say,
    open(request) {
      if (!requestOpen(root, request)) openInside(request);
    },
    select(ids) {
      model.set("selection", ids);
      model.save_changes();
    },
    onClose(callback) {
      closers.push(callback);
    },
  };

  function say(error: unknown): void {
    const { message, hint } = error instanceof AskError ? error : { message: String(error), hint: "" };
    problem.replaceChildren(
      h("span", {}, message),
      hint ? h("span", { class: "nbm-q" }, ` · ${hint} `) : " ",
      button("Try again", () => void load()),
      button("Dismiss", () => {
        problem.hidden = true;
      }),
    );
    problem.hidden = false;
  }

  function show(): void {
    if (data === null) return;
    undo?.();
    body.replaceChildren();
    undo = draw(stage);
    root.dataset.ready = String(Number(root.dataset.ready ?? 0) + 1);
  }

  async function load(): Promise<void> {
    const mine = ++turn;
    bar.hidden = false;
    try {
      const found = await desk.view<D>(state().view, stage.args as object);
      if (mine !== turn) return;
      data = found;
      problem.hidden = true;
      show();
    } catch (error) {
      if (mine === turn) say(error);
    } finally {
      if (mine === turn) bar.hidden = true;
    }
  }

  function openInside(request: OpenRequest): void {
    const child = new ChildModel(model, request.view, request.args);
    const place = h("div", { class: "nbm-place" });
    const close = () => {
      stop();
      child.close();
      panel.remove();
    };
    const head = h("div", { class: "nbm-place-head" }, h("b", {}, request.title), button("Close", close));
    const panel = h("section", { class: "nbm-opened", "aria-label": request.title }, head, place);
    inner.replaceChildren(panel);
    const stop = renderView({ model: child, el: place });
    panel.scrollIntoView({ block: "nearest" });
  }

  const onState = () => {
    stage.args = { ...state().args };
    data = state().data;
    if (data === null) void load();
    else show();
  };
  model.on("change:state", onState);
  onState();

  return () => {
    model.off("change:state", onState);
    undo?.();
    for (const close of closers) close();
    desk.close();
    root.remove();
  };
}
