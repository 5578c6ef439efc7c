import type { Desk } from "../../lib/ask";
import type { Content } from "../../lib/picture";

/** One entry: a key of a run at a step. */
export interface Place {
  run: string;
  key: string;
  step: number;
}

/** What is at a place: see `nbmlops/tracking/browse/media.py`. */
export interface Entry extends Content {
  run: string;
  key: string;
  step: number;
  kind: string;
  table?: { columns: string[]; rows: unknown[][]; total: number; total_columns: number };
  histogram?: { counts: number[]; edges: number[] } | null;
  is_later?: boolean;
}

const AT_ONCE = 60;
const KEPT = 400;

const name = (place: Place) => JSON.stringify([place.run, place.key, place.step]);

/** Contents by place: what is asked for within one frame goes as one question, what is known is not asked again. */
export class Contents {
  private readonly known = new Map<string, Entry>();
  private readonly waiting = new Map<string, { place: Place; settle: ((found: Entry | Error) => void)[] }>();
  private isPlanned = false;

  constructor(
    private readonly desk: Pick<Desk, "view">,
    saved: Entry[] = [],
  ) {
    for (const entry of saved) this.keep(entry);
  }

  get(place: Place): Promise<Entry> {
    const id = name(place);
    const found = this.known.get(id);
    if (found) {
      this.known.delete(id); // the last used is dropped last
      this.known.set(id, found);
      return Promise.resolve(found);
    }
    return new Promise((resolve, reject) => {
      const entry = this.waiting.get(id) ?? { place, settle: [] };
      entry.settle.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      this.waiting.set(id, entry);
      this.plan();
    });
  }

  private plan(): void {
    if (this.isPlanned) return;
    this.isPlanned = true;
    setTimeout(() => {
      this.isPlanned = false;
      void this.ask();
    }, 16);
  }

  private async ask(): Promise<void> {
    const batch = [...this.waiting].slice(0, AT_ONCE);
    if (!batch.length) return;
    for (const [id] of batch) this.waiting.delete(id);
    const places = batch.map(([, { place }]) => [place.run, place.key, place.step]);
    try {
      const answer = await this.desk.view<{ places: Entry[] }>("media/content", { places });
      const found = new Map(answer.places.map((entry) => [name(entry), entry]));
      for (const [id, entry] of batch) {
        const content = found.get(id);
        if (content?.is_later) this.waiting.set(id, entry);
        else {
          const shown = content ?? { ...entry.place, kind: "text", mime: "", missing: "it was forgotten meanwhile" };
          this.keep(shown);
          for (const settle of entry.settle) settle(shown);
        }
      }
    } catch (error) {
      for (const [, entry] of batch) for (const settle of entry.settle) settle(error as Error);
    }
    if (this.waiting.size) this.plan();
  }

  private keep(entry: Entry): void {
    this.known.set(name(entry), entry);
    while (this.known.size > KEPT) this.known.delete(this.known.keys().next().value!);
  }
}
