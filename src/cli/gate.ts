import { readFileSync } from 'node:fs';
import { complain, stoppedBy } from './say.ts';

interface Subcommand {
  run(argv: string[]): Promise<number>;
}

const SUBCOMMANDS: Record<string, { about: string; load: () => Promise<Subcommand> }> = {
  run: { about: 'ask, wait for the decision, and run a command', load: () => import('./run.ts') },
  pending: { about: 'list what waits for a decision', load: () => import('./pending.ts') },
  verify: { about: 'check a signed record or grant, offline', load: () => import('./verify.ts') },
  token: { about: 'create, list and revoke tokens of clients', load: () => import('./token.ts') },
  rules: { about: 'list, add, revoke, export and import rules; explain', load: () => import('./rules.ts') },
  suggestions: {
    about: 'what the nights suggest: accept, narrow or refuse it',
    load: () => import('./suggestions.ts'),
  },
  report: { about: 'hit rate, time saved, times to a decision', load: () => import('./report.ts') },
  notes: { about: 'the living runbook: what denials taught', load: () => import('./notes.ts') },
  check: { about: 'offline: which commands do the rules cover', load: () => import('./check.ts') },
  risk: { about: 'offline: how risky is a command, and why', load: () => import('./risk.ts') },
  learn: { about: 'offline: which rules do past decisions speak for', load: () => import('./learn.ts') },
  init: { about: 'write a configuration, and make the Slack app', load: () => import('./init.ts') },
  doctor: { about: 'look whether everything is well, and how to mend it', load: () => import('./doctor.ts') },
  serve: { about: 'start the gate', load: () => import('./serve.ts') },
  backup: { about: 'write an embedded database and its keys into a file', load: () => import('./backup.ts') },
  restore: { about: 'bring them back from it', load: () => import('./restore.ts') },
  demo: { about: 'try it all on this machine, with a Slack of its own', load: () => import('./demo.ts') },
};

const help = (): string => {
  const lines = Object.entries(SUBCOMMANDS).map(([name, { about }]) => `  ${name.padEnd(11)} ${about}`);
  return `gate COMMAND [flags]

A gate for commands: people in Slack decide, before anything runs.

${lines.join('\n')}

gate COMMAND --help shows its flags and an example. GATE_URL, GATE_TOKEN and
GATE_PUBLIC_KEY say which gate to ask, as whom, and whose signature counts.

Example:
  gate run --env production -- kubectl rollout restart deployment/api
`;
};

async function main([name, ...argv]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (!subcommand) {
    const near = nearest(name, Object.keys(SUBCOMMANDS));
    complain(`there is no command ${name}`, near ? `did you mean gate ${near}?` : 'gate --help lists them');
    return 2;
  }
  return (await subcommand.load()).run(argv);
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;

/** The name with the fewest letters to change, when that is few enough to be a slip. */
function nearest(word: string, names: string[]): string | null {
  const [best] = names
    .map((name) => ({ name, steps: distance(word, name) }))
    .sort((a, b) => a.steps - b.steps);
  return best && best.steps <= Math.max(2, best.name.length / 3) ? best.name : null;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

// A closed terminal or pipe must not end a command that is running.
process.stderr.on('error', () => {});
process.stdout.on('error', () => {});

main(process.argv.slice(2))
  .catch(stoppedBy)
  .then((code) => process.exit(code));
