// Builds action/dist. With --check: is the committed one what the sources give?
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = fileURLToPath(new URL('dist', import.meta.url));

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: { index: 'action/src/index.ts' },
  outdir: 'action/dist',
  outExtension: { '.js': '.mjs' },
  // The parser of shell text is a file of its own, read only when a rule allowed a command: the way of every
  // secret and every decision stays short enough to be read.
  splitting: true,
  chunkNames: '[name]',
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  charset: 'utf8',
  treeShaking: true,
  // Names and lines stay, so that what runs with a deploy's secrets can be read.
  minify: false,
  legalComments: 'none',
  banner: { js: '// Made by `npm run action:build` from action/src and src. Do not edit.' },
});
const built = new Map(outputFiles.map((file) => [path.basename(file.path), file.text]));

if (process.argv.includes('--check')) {
  const names = readdirSync(dist);
  const isFresh =
    names.length === built.size &&
    names.every((name) => readFileSync(path.join(dist, name), 'utf8') === built.get(name));
  if (!isFresh) {
    console.error('error: action/dist is not what the sources give');
    console.error('hint: npm run action:build, and commit it');
    process.exit(1);
  }
} else {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  for (const [name, text] of built) {
    writeFileSync(path.join(dist, name), text);
    console.log(`action/dist/${name}: ${(text.length / 1024).toFixed(1)} kB`);
  }
}
