import { button, h } from "../../lib/dom";
import { number } from "../../lib/format";

const PAUSE_MS = 250;

/** A slider over steps, with a button that plays them one after the other. */
export class StepPlayer {
  readonly node: HTMLElement;
  private readonly slider: HTMLInputElement;
  private readonly label = h("span", { class: "nbm-media-step", "aria-hidden": "true" });
  private readonly play: HTMLButtonElement;
  private isPlaying = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private steps: number[],
    private readonly go: (step: number) => Promise<unknown>,
  ) {
    this.slider = h("input", {
      type: "range",
      min: 0,
      max: Math.max(steps.length - 1, 0),
      step: 1,
      "aria-label": "step",
      onInput: () => {
        this.stop();
        void this.show();
      },
    });
    this.slider.value = String(Math.max(steps.length - 1, 0));
    this.play = button("Play", () => (this.isPlaying ? this.stop() : void this.start()));
    this.node = h("div", { class: "nbm-media-player" }, this.play, this.slider, this.label);
    this.say();
  }

  get step(): number {
    return this.steps[Number(this.slider.value)] ?? 0;
  }

  /** Other steps; the one that is looked at stays, and at the end it stays at the end. */
  update(steps: number[]): void {
    const wasLast = Number(this.slider.value) === this.steps.length - 1;
    const { step } = this;
    this.steps = steps;
    this.slider.max = String(Math.max(steps.length - 1, 0));
    let at = wasLast ? steps.length - 1 : steps.findIndex((each) => each >= step);
    if (at < 0) at = steps.length - 1;
    this.slider.value = String(Math.max(at, 0));
    this.node.hidden = steps.length < 2;
    void this.show();
  }

  stop(): void {
    this.isPlaying = false;
    clearTimeout(this.timer);
    this.play.textContent = "Play";
  }

  private async start(): Promise<void> {
    this.isPlaying = true;
    this.play.textContent = "Pause";
    if (Number(this.slider.value) >= this.steps.length - 1) this.slider.value = "0";
    else this.slider.stepUp();
    await this.next();
  }

  private async next(): Promise<void> {
    await this.show(); // what is not here yet is waited for: no step is skipped
    if (!this.isPlaying) return;
    if (Number(this.slider.value) >= this.steps.length - 1) {
      this.stop();
      return;
    }
    this.timer = setTimeout(() => {
      this.slider.stepUp();
      void this.next();
    }, PAUSE_MS);
  }

  private say(): void {
    const last = this.steps.at(-1);
    this.label.textContent = `step ${number(this.step)} of ${number(last)}`;
    this.slider.setAttribute("aria-valuetext", `step ${number(this.step)}`);
  }

  private show(): Promise<unknown> {
    this.say();
    return this.go(this.step).catch(() => undefined);
  }
}
