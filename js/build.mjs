// Builds both halves: the widget (esbuild) and the JupyterLab extension (tsc, then @jupyter/builder).
// Beside the results stands a hash of the sources, so that a test can tell whether they belong together.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const SOURCES = ["src", "style", "schema"];
const FILES = ["package.json", "package-lock.json", "tsconfig.json", "build.mjs"];

function files(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts") && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name));
}

function digest() {
  const hash = createHash("sha256");
  for (const path of [...SOURCES.flatMap(files), ...FILES].map((path) => path.replaceAll("\\", "/")).sort()) {
    hash.update(`${path}\0`);
    hash.update(readFileSync(path));
    hash.update("\0");
  }
  return hash.digest("hex");
}

const [only, out = "../nbmlops/static"] = process.argv.slice(2);
const run = (...command) => execFileSync(process.execPath, command, { stdio: "inherit" });

if (only !== "lab") {
  rmSync(out, { recursive: true, force: true });
  await build({
    entryPoints: ["src/widgets/widget.ts"],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    outdir: out,
    logLevel: "warning",
  });
}
if (only !== "widget") {
  rmSync("lib", { recursive: true, force: true });
  run("node_modules/typescript/bin/tsc");
  const core = "node_modules/@jupyterlab/core-meta/core.package.json";
  run("node_modules/@jupyter/builder/lib/build-labextension.js", "--core-package-file", core, ".");
}
if (!only) writeFileSync("../nbmlops/static/sources.sha256", `${digest()}\n`);
