// Builds static/dist from static/css, static/js and static/vendor.   node static/build.mjs [--check]
// Output names carry a hash of their content. manifest.json maps plain names to {file, sha256} under "files";
// its "source" is the hash of what dist was built from, so that tests know it is current without Node.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { sha256, sourceHash } from "./build/hash.mjs";
import { favicon, sprite } from "./build/sprite.mjs";
import { vendor } from "./build/vendor.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "static/dist");
const icons = JSON.parse(readFileSync(join(root, "static/build/icons.json"), "utf8"));

const common = {
  bundle: true, minify: true, write: false, metafile: true, outdir: dist, absWorkingDir: root, logLevel: "warning",
  entryNames: "[name]-[hash]", chunkNames: "[name]-[hash]", assetNames: "[name]-[hash]", charset: "utf8",
};

const checking = process.argv.includes("--check");
if (!checking) vendor(root, icons);
const files = await everything();
if (checking) check(files);
else write(files);

async function everything() {
  const built = new Map([...(await styles()), ...(await scripts())]);
  add(built, "icons.svg", Buffer.from(sprite(join(root, "static/vendor/lucide"), icons)));
  add(built, "favicon.svg", Buffer.from(favicon()));
  const manifest = {};
  for (const [file, { logical, bytes }] of [...built].sort(([a], [b]) => (a < b ? -1 : 1))) {
    manifest[logical] = { file, sha256: sha256(bytes) };
  }
  const texts = new Map([...built].map(([file, { bytes }]) => [file, bytes]));
  texts.set("manifest.json", Buffer.from(`${JSON.stringify({ source: sourceHash(root), files: manifest }, null, 1)}\n`));
  return texts;
}

async function styles() {
  return named(await build({ ...common, entryPoints: ["static/css/app.css"], loader: { ".woff2": "file" }, target: ["chrome123", "firefox125", "safari17.5"] }));
}

// chat.js and live.js share the socket's code as a chunk of its own, so a page has one connection.
async function scripts() {
  const entries = ["static/js/app.js", "static/js/live.js", "static/js/chat.js"].filter((path) => existsSync(join(root, path)));
  return named(await build({
    ...common, entryPoints: entries, format: "esm", splitting: true, target: ["es2022"],
    alias: { "socket.io-client": join(root, "static/vendor/socket.io-client/socket.io.esm.min.js") },
  }));
}

function named(result) {
  return result.outputFiles.map(({ path, contents }) => {
    const file = basename(path);
    return [file, { logical: file.startsWith("chunk-") ? file : file.replace(/-[A-Z0-9]{8}(?=\.)/, ""), bytes: Buffer.from(contents) }];
  });
}

function add(built, logical, bytes) {
  const [name, kind] = logical.split(".");
  built.set(`${name}-${sha256(bytes).slice(0, 8).toUpperCase()}.${kind}`, { logical, bytes });
}

function write(built) {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  for (const [file, bytes] of built) writeFileSync(join(dist, file), bytes);
  console.log(`${built.size} files in static/dist`);
}

function check(built) {
  const there = existsSync(dist) ? readdirSync(dist) : [];
  const wrong = [...built].filter(([file, bytes]) => !there.includes(file) || !readFileSync(join(dist, file)).equals(bytes)).map(([file]) => file);
  const extra = there.filter((file) => !built.has(file));
  if (!wrong.length && !extra.length) return console.log("static/dist is current");
  console.error(`static/dist is not current (${[...wrong, ...extra].join(", ")}): run make assets`);
  process.exitCode = 1;
}
