import { URLExt } from "@jupyterlab/coreutils";
import { ServerConnection } from "@jupyterlab/services";
import { AskError } from "../lib/ask";

/** A store as the server describes it; `key` is all that is ever sent back. */
export interface StoreInfo {
  key: string;
  name: string;
  /** Relative to the server's root, or to the home folder. */
  path: string;
  exists: boolean;
  belongs: boolean;
  size_bytes: number;
  pending_bytes: number;
  /** Null while nobody has looked into it. */
  runs: number | null;
  problem: { message: string; hint: string; kind: string } | null;
}

/** What a poll brings: the change stamp of a store, and the store that belongs to the notebook now. */
export interface Pulse {
  stamp: string | null;
  store: StoreInfo | null;
  belongs: string | null;
}

/** Which store is meant: by its key, else by the notebook and its kernel. */
export interface StoreRef {
  key?: string | null;
  /** Path of the notebook relative to the server's root. */
  notebook?: string | null;
  kernel?: string | null;
}

const LOST = "it may be restarting; this goes on by itself when it is back";

/** The routes of the server extension; every failure comes as an AskError that says what to do. */
export class Server {
  constructor(private readonly settings = ServerConnection.makeSettings()) {}

  stores(ref: StoreRef): Promise<{ stores: StoreInfo[]; belongs: string | null }> {
    return this.get("stores", ref);
  }

  stamp(ref: StoreRef): Promise<Pulse> {
    return this.get("stamp", ref);
  }

  /** Ask one question of a view, or do one of its actions; resolves to the desk's whole answer. */
  answer(ref: StoreRef, request: object): Promise<any> {
    const body = JSON.stringify({ ...request, store: ref.key, notebook: ref.notebook, kernel: ref.kernel });
    return this.fetch("answer", { method: "POST", body });
  }

  /** Where a browser downloads a file that a run kept. */
  artifactUrl(key: string, run: string, path: string): string {
    const query: Record<string, string> = { store: key, run, path };
    if (this.settings.token && this.settings.appendToken) query.token = this.settings.token;
    return this.url("artifact") + URLExt.objectToQueryString(query);
  }

  private get<T>(route: string, ref: StoreRef): Promise<T> {
    const query: Record<string, string> = {};
    if (ref.key) query.store = ref.key;
    if (ref.notebook) query.notebook = ref.notebook;
    if (ref.kernel) query.kernel = ref.kernel;
    return this.fetch(route + URLExt.objectToQueryString(query), { method: "GET", cache: "no-store" });
  }

  private url(route: string): string {
    return URLExt.join(this.settings.baseUrl, "nbmlops", "api", route);
  }

  private async fetch(route: string, init: RequestInit): Promise<any> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(this.url(route), init, this.settings);
    } catch {
      throw new AskError("the Jupyter server cannot be reached", LOST, "offline");
    }
    const text = await response.text();
    let said: any = null;
    try {
      said = JSON.parse(text);
    } catch {
      // an answer of something in between, read below by its status
    }
    if (response.ok && said !== null) return said;
    throw (
      (said?.error && new AskError(said.error.message, said.error.hint, said.error.kind)) || refusal(response.status)
    );
  }
}

function refusal(status: number): AskError {
  if (status === 403 || status === 401)
    return new AskError(
      `the Jupyter server refused to answer (${status})`,
      "log in again: reload the page",
      "forbidden",
    );
  if (status === 404)
    return new AskError(
      "the server half of nbmlops is not running in this Jupyter server",
      "install nbmlops in the server's environment (jupyter server extension list shows it), then restart the server",
      "missing",
    );
  if (status === 502 || status === 503 || status === 504)
    return new AskError("the Jupyter server cannot be reached", LOST, "offline");
  return new AskError(`the Jupyter server failed (${status})`, "its log says why", "failed");
}
