// Unpacks Chromium, its libraries and the fonts into a folder: node unpack.mjs FOLDER
import {
  copyFileSync, createReadStream, createWriteStream, mkdirSync, readdirSync, writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createRequire } from "node:module";
import { createBrotliDecompress } from "node:zlib";

const folder = process.argv[2];
const modules = join(folder, "node_modules");
const { extract } = createRequire(join(modules, "x.js"))("tar-fs");
const packed = (name) => createReadStream(join(modules, "@sparticuz/chromium/bin", name));

await pipeline(packed("chromium.br"), createBrotliDecompress(),
  createWriteStream(join(folder, "chromium"), { mode: 0o755 }));
for (const name of ["al2023.tar.br", "swiftshader.tar.br", "fonts.tar.br"]) {
  await pipeline(packed(name), createBrotliDecompress(), extract(folder));
}
const urdu = join(modules, "@expo-google-fonts/noto-naskh-arabic");
mkdirSync(join(folder, "fonts"), { recursive: true });
for (const weight of ["400Regular", "700Bold"]) {
  const [font] = readdirSync(join(urdu, weight)).filter((name) => name.endsWith(".ttf"));
  copyFileSync(join(urdu, weight, font), join(folder, "fonts", font));
}
// These fonts alone: a picture is the same on every PC.
writeFileSync(join(folder, "fonts.conf"), `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(folder, "fonts")}</dir><cachedir>${join(folder, "cache")}</cachedir></fontconfig>
`);
