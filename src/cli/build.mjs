// Builds dist/: what `gate` runs. npm calls it after an installation, and npx once more: with --if-changed it then
// has nothing to do.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import '../store/mend-driver.mjs';
import { dist, isBuilt } from './is-built.cjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const draft = path.join(root, `dist.${process.pid}`);
/** They decide what is built, and no source names them. */
const ALSO_INPUTS = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'src/cli/build.mjs',
  'src/store/mend-driver.mjs',
];
/** A module of ours that is not imported but named, as the start of a thread. In a checkout a plain `.mjs` leads to it. */
const ADDRESS = /new URL\('(\.[^']*)\.(?:ts|mjs)', import\.meta\.url\)/g;
const HERE_LATER = '__here__';

const common = {
  absWorkingDir: root,
  bundle: true,
  metafile: true,
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  logLevel: 'warning',
};

/**
 * `gate run` stands before every command, so its start counts: one CommonJS file, which Node starts sooner than
 * modules, with the code V8 made of it.
 */
async function buildRun() {
  const { metafile } = await build({
    ...common,
    entryPoints: { run: 'src/cli/gate.ts' },
    outdir: draft,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [whereSourcesAre("require('node:url').pathToFileURL(__filename)"), otherSubcommandsElsewhere],
  });
  writeInputs('run.cjs', metafile);
  cacheCode(path.join(draft, 'run.cjs'));
}

/** Everything else: a graph of files, each read when its subcommand is called. */
async function buildRest() {
  const { metafile } = await build({
    ...common,
    entryPoints: { gate: 'src/cli/gate.ts', ...loadedByAddress() },
    outdir: draft,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    splitting: true,
    // It reads files of its own.
    external: ['@electric-sql/pglite'],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);",
    },
    plugins: [whereSourcesAre('import.meta.url')],
  });
  writeInputs('gate.mjs', metafile);
}

/** The modules that threads of their own run. */
function loadedByAddress() {
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const found = sources
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => {
      const text = readFileSync(path.join(root, 'src', name), 'utf8');
      const modules = [...text.matchAll(ADDRESS)].map(([, module]) => module);
      return modules.map((module) => path.join('src', path.dirname(name), `${module}.ts`));
    });
  return Object.fromEntries(found.map((file) => [path.basename(file, '.ts'), file]));
}

/** Pages, migrations and the like are not bundled: the code finds them from where its source lies. */
function whereSourcesAre(here) {
  return {
    name: 'where-sources-are',
    setup(builder) {
      builder.onLoad({ filter: /\/src\/.*\.tsx?$/ }, ({ path: file }) => {
        const text = readFileSync(file, 'utf8');
        if (!text.includes('import.meta.url')) return;
        const relative = path.relative(dist, file).split(path.sep).join('/');
        const contents = text
          .replaceAll(ADDRESS, (_, module) => `new URL('./${path.basename(module)}.mjs', ${HERE_LATER})`)
          .replaceAll('import.meta.url', `new URL(${JSON.stringify(relative)}, ${here}).href`)
          .replaceAll(HERE_LATER, here);
        return { contents, loader: path.extname(file).slice(1) };
      });
    },
  };
}

const otherSubcommandsElsewhere = {
  name: 'other-subcommands-elsewhere',
  setup(builder) {
    builder.onResolve({ filter: /^\.\// }, ({ kind, importer, path: name }) =>
      kind === 'dynamic-import' && importer.endsWith('gate.ts') && name !== './run.ts'
        ? { path: name, external: true }
        : undefined,
    );
  },
};

/** What the launcher compares, so that it never runs an old build. */
function writeInputs(name, metafile) {
  const files = new Set([
    ...Object.keys(metafile.inputs).filter((file) => file.startsWith('src/')),
    ...ALSO_INPUTS,
  ]);
  const inputs = [...files].map((file) => {
    const { mtimeMs, size } = statSync(path.join(root, file));
    return [file, mtimeMs, size];
  });
  writeFileSync(path.join(draft, `${name}.inputs.json`), JSON.stringify(inputs));
}

/** Keeps V8's code of a whole way to a gate that is not there. Another Node does not take it, and compiles. */
function cacheCode(file) {
  const made = spawnSync(process.execPath, ['--eval', MAKE_CACHE, file], {
    env: { PATH: process.env.PATH, GATE_URL: 'http://127.0.0.1:1', GATE_TOKEN: 'none' },
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`the code of ${file} could not be kept: ${made.stderr}`);
}

const MAKE_CACHE = `
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const file = process.argv[1];
const script = new Script(require('node:module').wrap(readFileSync(file, 'latin1')), { filename: file });
process.argv = [process.execPath, 'gate', 'run', '--env', 'none', '--connect-timeout', '0s', '--public-key',
  Buffer.alloc(32, 1).toString('base64'), '--', process.execPath];
const exit = process.exit;
process.exit = (code) => {
  writeFileSync(file + '.cache', script.createCachedData());
  exit(code === 125 ? 0 : 1);
};
const made = { exports: {} };
script.runInThisContext().call(made.exports, made.exports, require, made, file);
`;

/** An embedded database fresh from initdb, which takes seconds and most of a gigabyte: done here, once. */
async function makeEmptyDatabase() {
  const { PGlite } = await import('@electric-sql/pglite');
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const database = await PGlite.create();
  const dump = await database.dumpDataDir('gzip');
  const name = `empty-database-${dependencies['@electric-sql/pglite']}.tgz`;
  writeFileSync(path.join(draft, name), Buffer.from(await dump.arrayBuffer()));
  await database.close();
}

const isFresh = isBuilt('run.cjs') && isBuilt('gate.mjs');
if (!(isFresh && process.argv.includes('--if-changed'))) {
  mkdirSync(draft);
  try {
    await buildRun();
    await buildRest();
    await makeEmptyDatabase();
    rmSync(dist, { recursive: true, force: true });
    renameSync(draft, dist);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
