import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshDirectory, Running } from '../support/gate-process.ts';

const DIST = fileURLToPath(new URL('../../action/dist/index.mjs', import.meta.url));
const FILES = { output: 'GITHUB_OUTPUT', state: 'GITHUB_STATE', summary: 'GITHUB_STEP_SUMMARY' };

export interface Step extends Running {
  /** What the step wrote, as the runner reads it. */
  outputs(): Record<string, string>;
  state(): Record<string, string>;
  summary(): string;
}

/** Starts the built action as the runner of GitHub does: variables and files, nothing else. */
export function startStep(
  inputs: Record<string, string>,
  options: { env?: NodeJS.ProcessEnv; state?: Record<string, string>; workspace?: string } = {},
): Step {
  const directory = freshDirectory();
  const files = Object.entries(FILES).map(([name, variable]) => {
    const file = path.join(directory, name);
    writeFileSync(file, '');
    return [name, variable, file] as const;
  });
  const content = (wanted: string) =>
    readFileSync(files.find(([name]) => name === wanted)?.[2] ?? '', 'utf8');
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: options.workspace ?? directory,
    GITHUB_SERVER_URL: 'https://github.example.com',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_RUN_ID: '77',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_JOB: 'deploy',
    GITHUB_ACTION: 'migrate',
    GITHUB_ACTOR: 'octocat',
    ACTIONS_RUNTIME_TOKEN: 'runtime-secret',
    ...Object.fromEntries(files.map(([, variable, file]) => [variable, file])),
    ...Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    ),
    ...Object.fromEntries(
      Object.entries(options.state ?? {}).map(([name, value]) => [`STATE_${name}`, value]),
    ),
    ...options.env,
  };
  const child = spawn(process.execPath, [DIST], { env, cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  return Object.assign(new Running(child), {
    outputs: () => readPairs(content('output')),
    state: () => readPairs(content('state')),
    summary: () => content('summary'),
  });
}

/** `name<<delimiter`, lines, `delimiter`. */
function readPairs(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/^([^\n<]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)];
  return Object.fromEntries(pairs.map(([, name, , value]) => [name, value]));
}

/** What the runner would still obey in a log: commands outside of `stop-commands`. */
export function obeyed(log: string): string[] {
  let token: string | null = null;
  return log.split('\n').filter((line) => {
    const text = line.trimStart();
    if (token !== null) {
      if (text === `::${token}::`) token = null;
      return false;
    }
    token = /^::stop-commands::(.+)$/.exec(text)?.[1] ?? null;
    return token === null && /^(::|##\[)/.test(text);
  });
}
