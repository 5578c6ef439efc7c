import { AskError } from "../lib/ask";
import type { Pulse, Server, StoreRef } from "./server";

/** Who wants to know of changes. Nothing is asked for as long as nobody is visible. */
export interface Watcher {
  ref: StoreRef;
  isVisible(): boolean;
  /** The store changed, or is reachable again; also called with the first pulse. */
  changed(pulse: Pulse): void;
  /** Every answer, changed or not. */
  beat?(pulse: Pulse): void;
  failed?(error: AskError): void;
}

interface Place {
  watcher: Watcher;
  stamp: string | null | undefined;
  isFailing: boolean;
  asking: Promise<void> | null;
}

/** Looks at the change stamps of stores every so many seconds, while the page and the watcher are visible. */
export class Watch {
  private readonly places = new Set<Place>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly onVisible = () => void this.look();

  constructor(
    private readonly server: Pick<Server, "stamp">,
    private seconds = 2,
  ) {
    document.addEventListener("visibilitychange", this.onVisible);
  }

  set period(seconds: number) {
    this.seconds = seconds;
    this.plan();
  }

  add(watcher: Watcher): { look(): Promise<void>; dispose(): void } {
    const place: Place = { watcher, stamp: undefined, isFailing: false, asking: null };
    this.places.add(place);
    this.plan();
    return {
      look: () => this.ask(place),
      dispose: () => {
        this.places.delete(place);
      },
    };
  }

  /** Look at once at everything that is visible. */
  async look(): Promise<void> {
    if (!document.hidden) {
      await Promise.all([...this.places].filter((place) => place.watcher.isVisible()).map((place) => this.ask(place)));
    }
    this.plan();
  }

  private plan(): void {
    clearTimeout(this.timer);
    if (this.places.size) this.timer = setTimeout(() => void this.look(), this.seconds * 1000);
  }

  /** At most one question of a watcher is under way; who asks meanwhile waits for its answer. */
  private ask(place: Place): Promise<void> {
    place.asking ??= this.askOnce(place).finally(() => {
      place.asking = null;
    });
    return place.asking;
  }

  private async askOnce(place: Place): Promise<void> {
    const { watcher } = place;
    try {
      let pulse: Pulse;
      let asked: string;
      do {
        asked = JSON.stringify(watcher.ref);
        pulse = await this.server.stamp(watcher.ref);
        if (!this.places.has(place)) return;
      } while (asked !== JSON.stringify(watcher.ref)); // the watcher turned to another notebook or store meanwhile
      const isNew = pulse.stamp !== place.stamp || place.isFailing;
      place.stamp = pulse.stamp;
      place.isFailing = false;
      watcher.beat?.(pulse);
      if (isNew) watcher.changed(pulse);
    } catch (error) {
      if (!this.places.has(place)) return;
      place.isFailing = true;
      watcher.failed?.(error instanceof AskError ? error : new AskError(String(error)));
    }
  }
}
