// What jsdom lacks of a browser, as little as lets the modules be imported and drawn: no layout, no canvas.
import { afterEach } from "vitest";

class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
  takeRecords(): [] {
    return [];
  }
}

function matchMedia(media: string): MediaQueryList {
  const quiet = () => {};
  return {
    media,
    matches: false,
    onchange: null,
    addListener: quiet,
    removeListener: quiet,
    addEventListener: quiet,
    removeEventListener: quiet,
    dispatchEvent: () => false,
  };
}

// a test of pure logic says "@vitest-environment node": starting jsdom takes longer than running it
if (typeof window !== "undefined") {
  Object.assign(window, { matchMedia });
  globalThis.ResizeObserver ??= Observer as unknown as typeof ResizeObserver;
  Element.prototype.scrollIntoView ??= () => {};
  HTMLCanvasElement.prototype.getContext = (() => null) as typeof HTMLCanvasElement.prototype.getContext;
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    if (!this.open) return;
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
  afterEach(() => {
    document.body.replaceChildren();
  });
}
