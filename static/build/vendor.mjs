// Copies the few files that we use out of the npm packages into static/vendor, with licences and a manifest.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "./hash.mjs";

export function vendor(root, iconNames) {
  const target = join(root, "static/vendor");
  rmSync(target, { recursive: true, force: true });
  const wanted = [
    { name: "@fontsource/source-serif-4", folder: "source-serif-4", files: { "files/source-serif-4-latin-600-normal.woff2": "source-serif-4.woff2" } },
    { name: "lucide-static", folder: "lucide", files: Object.fromEntries(iconNames.map((name) => [`icons/${name}.svg`, `${name}.svg`])) },
    { name: "socket.io-client", folder: "socket.io-client", files: { "dist/socket.io.esm.min.js": "socket.io.esm.min.js" } },
  ];
  const manifest = wanted.map((wish) => copy(root, target, wish));
  writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
}

function copy(root, target, { name, folder, files }) {
  const source = join(root, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  mkdirSync(join(target, folder), { recursive: true });
  const hashes = {};
  for (const [from, to] of [...Object.entries(files), [licenceOf(source), "LICENSE"]]) {
    copyFileSync(join(source, from), join(target, folder, to));
    hashes[`${folder}/${to}`] = sha256(readFileSync(join(target, folder, to)));
  }
  return { name, version, licence: license, files: hashes };
}

function licenceOf(source) {
  const found = ["LICENSE", "LICENSE.md", "LICENCE"].find((name) => existsSync(join(source, name)));
  if (!found) throw new Error(`${source} carries no licence file`);
  return found;
}
