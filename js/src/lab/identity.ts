import type { Opened } from "./main";

/**
 * The id of the tab that shows this: the same after a reload, for the layout is restored by it, and another one for
 * every view, store and argument. Only letters, digits, - and _ stand in it; all else as its code between two _.
 */
export function identity({ view, store, args }: Opened): string {
  const where = store.key ? { key: store.key } : { notebook: store.notebook ?? null };
  const whole = JSON.stringify([view, where, args]);
  return `nbmlops-${whole.replace(/[^A-Za-z0-9-]/g, (sign) => `_${sign.charCodeAt(0).toString(16)}_`)}`;
}
