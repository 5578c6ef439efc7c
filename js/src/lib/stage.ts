import { type Age, AskError, Desk } from "./ask";
import { ChildModel } from "./child";
import { button, h } from "./dom";
import { duration } from "./format";
import type { Cleanup, Context, Model, Render, State } from "./host";
import { VERSION } from "./host";
import { keepKeys } from "./keys";
import { type OpenRequest, requestOpen } from "./open";
import { Problem } from "./problem";
import { Typing } from "./typing";

/** What a drawing may give back: how it is undone, and how it takes new data without being drawn anew. */
export interface Drawn<D = any> {
  undo?: Cleanup;
  /** Take newer data of the same arguments in place; false when only drawing anew will do. */
  patch?: (data: D) => boolean;
  /** Take the data of other arguments in place; false when only drawing anew will do. */
  take?: (data: D) => boolean;
}

/** What a view is given to work with. */
export interface Stage<A = Record<string, any>, D = any> {
  /** Where to draw; emptied before each `draw`. */
  body: HTMLElement;
  root: HTMLElement;
  model: Model;
  desk: Desk;
  args: A;
  /**
   * Ask again with other arguments; the old picture stays until the answer is here.
   *
   * @param refused is told first what failed; if it returns true, the old arguments stay and nothing else is said.
   */
  update(change: Partial<A>, refused?: (error: unknown) => boolean): Promise<void>;
  /** Draw again from the data that is known. */
  redraw(): void;
  /**
   * Show one line of what failed above the picture, without taking the picture away; until the next action.
   *
   * @param retry does it again; without it no second try is offered.
   */
  say(error: unknown, retry?: () => void): void;
  /** Open other views: in JupyterLab's main area, else below this one in place of what was opened before. */
  open(...requests: OpenRequest[]): void;
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

/** Whether a view of that name can be drawn here. */
export function isKnown(view: string): boolean {
  return view in registry;
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
 * to try again, views that open inside. When the host says that the store changed (`change:stamp`), it asks again,
 * and draws only if the answer is another one; never while somebody types in the view, and nothing anew while a field
 * for text has the focus.
 *
 * @param draw draws `stage.data` into `stage.body`; may return what is to be undone before the next draw.
 */
export function stageView<A = any, D = any>(
  context: Context,
  draw: (stage: Stage<A, D>) => Cleanup | Drawn<D> | void,
): Cleanup {
  const { model, el } = context;
  const failed = new Problem(); // to load or to draw: gone when that succeeds
  const undone = new Problem(); // of an action: gone with the next one
  const desk = new Desk(model, undefined, showAge, () => undone.hide());
  let drawn: Drawn<D> = {};
  let data: D | null = null;
  let turn = 0;
  let isWaiting = false;
  let isLate = false;
  let isAgain = false;
  let isBroken = false;

  const bar = h("div", { class: "nbm-bar", hidden: true });
  const old = h("div", { class: "nbm-old nbm-q", role: "status", hidden: true });
  const body = h("div", { class: "nbm-body" });
  const inner = h("div", { class: "nbm-inner" });
  const state = () => model.get("state") as State<A, D>;
  const root = h(
    "div",
    { class: `nbm-view nbm-live nbm-${state().view}`, "data-view": state().view },
    bar,
    failed.node,
    undone.node,
    old,
    body,
    inner,
  );
  el.append(root);
  const typing = new Typing(body);
  const closers: (() => void)[] = [keepKeys(root)];

  let args: A = { ...state().args };
  const stage: Stage<A, D> = {
    body,
    root,
    model,
    desk,
    get args() {
      return args;
    },
    set args(changed) {
      args = changed;
      if (data !== null) model.keep?.(changed as object);
    },
    get data() {
      return data as D;
    },
    async update(change, refused) {
      const before = stage.args;
      stage.args = { ...before, ...change };
      await load(false, (error) => {
        if (!refused?.(error)) return false;
        stage.args = before;
        return true;
      });
    },
    redraw: show,
    say: (error, retry) => undone.say(error, retry),
    open(...requests) {
      const here = requests.filter((request) => !requestOpen(root, request));
      if (here.length) openInside(here);
    },
    select(ids) {
      model.set("selection", ids);
      model.save_changes();
    },
    onClose(callback) {
      closers.push(callback);
    },
  };

  function showAge(age: Age | null): void {
    old.hidden = age === null;
    if (age) old.textContent = `as of ${duration(age.seconds)} ago${age.notice ? ` · ${age.notice}` : ""}`;
  }

  function show(): void {
    if (data === null) return;
    drawn.undo?.();
    body.style.minHeight = `${body.offsetHeight}px`; // what is around keeps its place meanwhile
    body.replaceChildren();
    drawn = {};
    try {
      const found = draw(stage);
      drawn = typeof found === "function" ? { undo: found } : (found ?? {});
      if (isBroken) failed.hide();
      isBroken = false;
    } catch (error) {
      console.error(error);
      isBroken = true;
      const hint = "the console of the browser says where";
      failed.say(new AskError(`this could not be drawn: ${error}`, hint, "draw"), () => void load());
      return;
    } finally {
      body.style.minHeight = "";
    }
    isDrawn();
  }

  function isDrawn(): void {
    root.dataset.ready = String(Number(root.dataset.ready ?? 0) + 1);
  }

  async function load(isQuiet = false, refused?: (error: unknown) => boolean): Promise<void> {
    const mine = ++turn;
    isWaiting = true;
    bar.hidden = isQuiet;
    try {
      const found = await desk.view<D>(state().view, stage.args as object);
      if (mine !== turn) return;
      if (!isBroken) failed.hide();
      if (!isQuiet) {
        data = found;
        if (drawn.take?.(found)) isDrawn();
        else show();
      } else if (JSON.stringify(found) !== JSON.stringify(data)) {
        const before = data;
        data = found;
        if (drawn.patch?.(found)) return;
        isLate = typing.isNear; // drawing anew would take the field away
        if (isLate) data = before;
        else show();
      }
    } catch (error) {
      if (mine === turn && !refused?.(error)) failed.say(error, () => void load());
    } finally {
      if (mine === turn) {
        bar.hidden = true;
        isWaiting = false;
        if (isAgain) refresh();
      }
    }
  }

  function refresh(): void {
    isAgain = isWaiting; // what is under way may have been read before the change
    if (isAgain) return;
    isLate = typing.isOn;
    if (!isLate) void load(true);
  }

  const onLeave = () => {
    if (isLate) setTimeout(refresh); // the focus may only move on to the next field
  };

  let closeInside = () => {};
  closers.push(() => closeInside());

  function openInside(requests: readonly OpenRequest[]): void {
    closeInside();
    const before = document.activeElement as HTMLElement | null;
    const panels = requests.map((request) => panelOf(request, before));
    inner.replaceChildren(...panels.map(({ panel }) => panel));
    for (const { draw } of panels) draw(); // on the page only: its size is known
    closeInside = () => {
      closeInside = () => {};
      for (const { close } of panels) close();
    };
    panels[0]!.panel.scrollIntoView({ block: "nearest" });
    panels[0]!.shut.focus({ preventScroll: true });
  }

  function panelOf(request: OpenRequest, before: HTMLElement | null) {
    const child = new ChildModel(model, request.view, request.args);
    const place = h("div", { class: "nbm-place" });
    let stop = () => {};
    const close = () => {
      stop();
      stop = () => {};
      child.close();
      panel.remove();
    };
    const shut = button("Close", () => {
      close();
      before?.focus?.();
    });
    const head = h("div", { class: "nbm-place-head" }, h("b", {}, request.title), shut);
    const panel = h("section", { class: "nbm-opened", "aria-label": request.title }, head, place);
    const draw = () => {
      stop = renderView({ model: child, el: place });
    };
    return { panel, shut, draw, close };
  }

  const onState = () => {
    const isSame = JSON.stringify(stage.args) === JSON.stringify(state().args);
    stage.args = { ...state().args };
    data = state().data;
    if (data === null) void load();
    else if (!isSame || !drawn.patch?.(data)) show();
  };
  model.on("change:state", onState);
  model.on("change:stamp", refresh);
  body.addEventListener("focusout", onLeave);
  onState();

  return () => {
    model.off("change:state", onState);
    model.off("change:stamp", refresh);
    drawn.undo?.();
    for (const close of closers) close();
    desk.close();
    root.remove();
  };
}
