import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * What each folder of src/ may import. A name ending in `!` is allowed as types only. Packages are free except
 * in `core`, which names its own.
 */
const MAY_IMPORT: Record<string, string[]> = {
  core: [],
  config: ['core'],
  store: ['core', 'config!'],
  'on-call': ['core', 'config!'],
  model: ['core', 'config!'],
  gate: ['core', 'store', 'on-call!', 'model!'],
  slack: ['gate', 'core', 'store', 'api'],
  http: ['gate', 'core', 'store', 'api'],
  web: ['gate', 'core', 'store', 'api'],
  timers: ['gate'],
  api: ['core'],
  log: ['gate!'],
  client: ['api', 'core'],
  ask: ['api', 'client', 'core'],
  cli: [
    'api',
    'client',
    'ask',
    'core',
    'cli/serve',
    'cli/demo',
    'cli/site',
    'cli/doctor',
    'cli/init',
    'cli/backup',
    'cli/restore',
  ],
  action: ['api', 'client', 'ask', 'core'],
};
/**
 * They wire or show everything. The subcommands load the rest when they are called; `cli/site` reads a
 * configuration file for `--config`, where a gate's judgement is shown without the gate; `doctor` looks at everything
 * that a gate needs, and `cli/init` writes what it then looks at; `cli/backup` and `cli/restore` work where no gate runs.
 */
const FREE = [
  'main',
  'demo',
  'doctor',
  'cli/serve',
  'cli/demo',
  'cli/site',
  'cli/doctor',
  'cli/init',
  'cli/backup',
  'cli/restore',
];
const CORE_PACKAGES = ['node:crypto', 'unbash', 'minimatch'];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const sources = [...filesOf('src'), ...filesOf('action/src')];
const imports = sources.flatMap(importsOf);

describe('the layout', () => {
  it('knows every folder of src', () => {
    const rooms = new Set(sources.map(roomOf));
    expect([...rooms].filter((room) => !(room in MAY_IMPORT) && !FREE.includes(room))).toEqual([]);
  });

  it('imports only what the table allows', () => {
    const wrong = imports
      .filter((i) => !isPackage(i.to) && !isAllowed(i))
      .map((i) => `${i.from} imports ${i.to}`);
    expect(wrong).toEqual([]);
  });

  it('keeps core pure: only its own packages', () => {
    const wrong = imports.filter(
      (i) => roomOf(i.from) === 'core' && isPackage(i.to) && !CORE_PACKAGES.includes(i.to),
    );
    expect(wrong.map((i) => `${i.from} imports ${i.to}`)).toEqual([]);
  });

  it('keeps the clock, randomness, the network and waiting out of core', () => {
    const impure = /\bDate\.now\(|new Date\(\)|Math\.random\(|\bfetch\(|\bawait\b|\bprocess\.|setTimeout\(/;
    const wrong = filesOf('src/core').filter((file) => impure.test(withoutComments(read(file))));
    expect(wrong).toEqual([]);
  });

  it('opens transactions only in gate', () => {
    const wrong = filesOf('src').filter((f) => /\.transaction\(/.test(read(f)) && roomOf(f) !== 'gate');
    expect(wrong).toEqual([]);
  });

  it('finds a forbidden import when there is one', () => {
    expect(isAllowed({ from: 'src/core/x.ts', to: 'src/store/y.ts', typeOnly: true })).toBe(false);
    expect(isAllowed({ from: 'src/store/x.ts', to: 'src/config/y.ts', typeOnly: false })).toBe(false);
    expect(isAllowed({ from: 'src/store/x.ts', to: 'src/config/y.ts', typeOnly: true })).toBe(true);
  });
});

function isAllowed({ from, to, typeOnly }: Import): boolean {
  const [room, target] = [roomOf(from), roomOf(to)];
  if (FREE.includes(room) || room === target) return true;
  const allowed = MAY_IMPORT[room] ?? [];
  return allowed.includes(target) || (typeOnly && allowed.includes(`${target}!`));
}

/** `src/gate/vote.ts` → gate; `src/main.ts` → main; `action/src/x.ts` → action. */
function roomOf(file: string): string {
  if (file.startsWith('action/')) return 'action';
  const inside = file.replace(/^src\//, '').replace(/\.(tsx?|mjs|js)$/, '');
  return FREE.includes(inside) ? inside : (inside.split('/')[0] as string);
}

function filesOf(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')));
}

function importsOf(file: string): Import[] {
  const statements = read(file).matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/gms,
  );
  return [...statements].map(([whole, type, fixed, dynamic]) => {
    const name = (fixed ?? dynamic) as string;
    const to = name.startsWith('.')
      ? path.posix.normalize(path.posix.join(path.posix.dirname(file), name))
      : name;
    return { from: file, to, typeOnly: type !== undefined || onlyTypes(whole) };
  });
}

/** `import { type A, type B } from …` */
function onlyTypes(statement: string): boolean {
  const names = /\{([^}]*)\}/.exec(statement)?.[1];
  return names?.split(',').every((n) => n.trim() === '' || n.trim().startsWith('type ')) ?? false;
}

function isPackage(name: string): boolean {
  return !name.startsWith('src/') && !name.startsWith('action/');
}
function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
