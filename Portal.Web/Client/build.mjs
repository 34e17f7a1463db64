// Bundles the browser's own code and the fonts into wwwroot/dist. Run by Client.targets before static assets are
// collected, so that a plain `dotnet build` of a clean clone serves them.
import { copyFile, rm, utimes } from "node:fs/promises";
import { build } from "esbuild";

const out = "../wwwroot/dist";

await rm(out, { recursive: true, force: true });
await build({
  entryPoints: { migration: "src/migration.ts", fonts: "src/fonts.css" },
  outdir: out,
  bundle: true,
  format: "esm",
  platform: "browser",
  target: ["es2022", "chrome110", "firefox115", "safari16"],
  minify: true,
  sourcemap: "linked",
  legalComments: "none",
  loader: { ".woff2": "file" },
  assetNames: "[name]",
  logLevel: "warning",
});

// Pictures that the server draws are lettered with it: Skia reads WOFF, and neither WOFF 2 nor fonts of the system, of which there may be none.
await copyFile("node_modules/@fontsource/inter/files/inter-latin-500-normal.woff", `${out}/inter-drawn.woff`);

// MSBuild compares times with its inputs; a bundle that came out the same must still count as new.
const now = new Date();
await Promise.all(["migration.js", "fonts.css"].map((name) => utimes(`${out}/${name}`, now, now)));
