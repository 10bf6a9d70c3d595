// Builds action/dist/index.mjs. With --check: is the committed one what the sources give?
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = fileURLToPath(new URL('dist/index.mjs', import.meta.url));

const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['action/src/index.ts'],
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
const built = outputFiles[0].text;

if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== built) {
    console.error('error: action/dist/index.mjs is not what the sources give');
    console.error('hint: npm run action:build, and commit it');
    process.exit(1);
  }
} else {
  mkdirSync(fileURLToPath(new URL('dist', import.meta.url)), { recursive: true });
  writeFileSync(file, built);
  console.log(`action/dist/index.mjs: ${(built.length / 1024).toFixed(1)} kB`);
}
