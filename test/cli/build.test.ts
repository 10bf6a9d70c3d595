import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { freshDirectory } from '../support/gate-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LAUNCHER = ['src/cli/gate.cjs', 'src/cli/is-built.cjs', 'src/cli/gate.mjs'];

/** A checkout whose sources say `source`, and whose build says `build`. */
function checkout(): { root: string; gate: (args: string[], launcher?: string) => string } {
  const root = freshDirectory();
  mkdirSync(path.join(root, 'src/cli'), { recursive: true });
  mkdirSync(path.join(root, 'dist'));
  for (const file of LAUNCHER) cpSync(path.join(ROOT, file), path.join(root, file));
  mkdirSync(path.join(root, 'node_modules/tsx'), { recursive: true });
  writeFileSync(
    path.join(root, 'node_modules/tsx/package.json'),
    '{"name":"tsx","type":"module","exports":{"./esm/api":"./api.js"}}',
  );
  // Stands for tsx: the sources of this checkout are never read.
  writeFileSync(
    path.join(root, 'node_modules/tsx/api.js'),
    "export const register = () => { console.log('source'); process.exit(0); };",
  );
  writeFileSync(path.join(root, 'src/cli/gate.ts'), '');
  writeFileSync(path.join(root, 'dist/run.cjs'), "console.log('build of run')");
  writeFileSync(path.join(root, 'dist/gate.mjs'), "console.log('build')");
  const { mtimeMs, size } = statSync(path.join(root, 'src/cli/gate.ts'));
  const inputs = JSON.stringify([['src/cli/gate.ts', mtimeMs, size]]);
  for (const name of ['run.cjs', 'gate.mjs'])
    writeFileSync(path.join(root, `dist/${name}.inputs.json`), inputs);
  const gate = (args: string[], launcher = 'src/cli/gate.cjs') => {
    const ended = spawnSync(process.execPath, [path.join(root, launcher), ...args], { encoding: 'utf8' });
    return ended.stdout + ended.stderr;
  };
  return { root, gate };
}

describe('the launcher', () => {
  it('runs the build, `gate run` from its own file, through either name', () => {
    const { gate } = checkout();
    expect(gate(['serve'])).toBe('build\n');
    expect(gate(['run', '--help'])).toBe('build of run\n');
    expect(gate(['run', '--help'], 'src/cli/gate.mjs')).toBe('build of run\n');
  });

  it.each<[string, (root: string) => void]>([
    ['a source was edited', (root) => writeFileSync(path.join(root, 'src/cli/gate.ts'), '//')],
    [
      'a source was touched',
      (root) => utimesSync(path.join(root, 'src/cli/gate.ts'), new Date(), new Date(0)),
    ],
    [
      'the list of sources is torn',
      (root) => {
        for (const name of ['run.cjs', 'gate.mjs'])
          writeFileSync(path.join(root, `dist/${name}.inputs.json`), '[[');
      },
    ],
    [
      'a source is gone',
      (root) => {
        const inputs = JSON.stringify([['src/cli/gone.ts', 1, 1]]);
        for (const name of ['run.cjs', 'gate.mjs'])
          writeFileSync(path.join(root, `dist/${name}.inputs.json`), inputs);
      },
    ],
  ])('never runs an old build: %s', (_, change) => {
    const { root, gate } = checkout();
    change(root);
    expect(gate(['serve'])).toBe('source\n');
    expect(gate(['run'])).toBe('source\n');
  });

  it('compiles anew what another Node has compiled', () => {
    const { root, gate } = checkout();
    writeFileSync(path.join(root, 'dist/run.cjs.cache'), 'of another version');
    expect(gate(['run'])).toBe('build of run\n');
  });

  it('says so when there is neither a build nor a source', () => {
    const root = freshDirectory();
    mkdirSync(path.join(root, 'src/cli'), { recursive: true });
    for (const file of LAUNCHER) cpSync(path.join(ROOT, file), path.join(root, file));
    const ended = spawnSync(process.execPath, [path.join(root, 'src/cli/gate.cjs'), 'run'], {
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ status: 125, stderr: expect.stringMatching(/not whole.*\nhint: install/) });
  });
});

it('gate run loads the client, the parser and the matcher, and no other package', async () => {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/cli/run.ts'],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
  });
  const inputs = Object.keys(metafile.inputs);
  const packages = inputs
    .filter((file) => file.includes('node_modules/'))
    .map((file) => /node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(file)?.[1]);
  const known = ['unbash', 'minimatch', 'brace-expansion', 'balanced-match'];
  expect(packages.filter((name) => !known.includes(name as string))).toEqual([]);
  expect(inputs.filter((file) => /^src\/(main|gate|store|slack|http|web|config|model)\b/.test(file))).toEqual(
    [],
  );
});
