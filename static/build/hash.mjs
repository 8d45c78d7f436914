// Hashes of files, and the one hash of everything that dist is made of.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

const SOURCES = ["static/css", "static/js", "static/build", "static/vendor", "static/build.mjs"];

export function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

// sha256 over lines "path NUL sha256-of-file", paths relative to the root and sorted by code point.
export function sourceHash(root) {
  const lines = SOURCES.flatMap((start) => filesUnder(join(root, start)))
    .map((path) => relative(root, path).replaceAll("\\", "/"))
    .sort()
    .map((path) => `${path}\0${sha256(readFileSync(join(root, path)))}\n`);
  return sha256(lines.join(""));
}

function filesUnder(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}
