import { expect, it } from "vitest";
import { keepSession, sessionAround, storeAround } from "./around";

const app = { serviceManager: { contents: { localPath: (path: string) => path } } } as any;
const session = (path: string, id: string) => ({ path, session: { kernel: { id } } }) as any;

function page() {
  const [output, inside, other] = ["div", "div", "div"].map((tag) => document.createElement(tag)) as HTMLElement[];
  output!.append(inside!);
  document.body.append(output!, other!);
  return { output: output!, inside: inside!, other: other! };
}

it("a view in a console or a copied output means the store of its own session", () => {
  const { output, inside, other } = page();
  const current = { node: other, context: { path: "b.ipynb" }, sessionContext: session("b.ipynb", "kb") };
  const notebooks = { find: () => undefined, currentWidget: current } as any;
  const views = { around: () => null };
  expect(storeAround(inside, { app, notebooks, views })).toEqual({ notebook: "b.ipynb", kernel: "kb" });
  keepSession(output, session("console-1", "ka"));
  expect(sessionAround(inside)?.path).toBe("console-1");
  expect(storeAround(inside, { app, notebooks, views })).toEqual({ notebook: "console-1", kernel: "ka" });
  expect(storeAround(other, { app, notebooks, views })).toEqual({ notebook: "b.ipynb", kernel: "kb" });
  keepSession(output, null);
  expect(sessionAround(inside)).toBeNull();
});

it("a view in the main area means its own store", () => {
  const { inside } = page();
  const opened = { view: "runs", args: {}, title: "", store: { key: "k" } };
  expect(storeAround(inside, { app, notebooks: null, views: { around: () => opened } })).toEqual({ key: "k" });
  expect(storeAround(inside, { app, notebooks: null, views: { around: () => null } })).toEqual({});
});
