import { WrongUsage } from './arguments.ts';
import { stoppedBy } from './say.ts';

interface Verb {
  run(argv: string[]): Promise<number>;
}

const VERBS: Record<string, { about: string; load: () => Promise<Verb> }> = {
  list: {
    about: 'which rules there are, and how often each was used',
    load: () => import('./rules/list.ts'),
  },
  add: { about: 'add a rule, and see what it covers', load: () => import('./rules/add.ts') },
  confirm: { about: 'put a rule in force, as its second person', load: () => import('./rules/confirm.ts') },
  revoke: { about: 'take rules out of force at once', load: () => import('./rules/revoke.ts') },
  keep: { about: 'keep rules that were announced to go', load: () => import('./rules/keep.ts') },
  resume: { about: 'put suspended rules in force again', load: () => import('./rules/resume.ts') },
  undo: { about: 'bring removed rules back', load: () => import('./rules/undo.ts') },
  simulate: {
    about: 'which past decisions would other rules have changed',
    load: () => import('./rules/simulate.ts'),
  },
  export: { about: 'write the rules in force as JSON lines', load: () => import('./rules/export.ts') },
  import: { about: 'make the rules those of a file', load: () => import('./rules/import.ts') },
  explain: { about: 'what would become of a command, and why', load: () => import('./rules/explain.ts') },
};

const help = (): string => {
  const lines = Object.entries(VERBS).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`);
  return `gate rules VERB [flags]

The whitelist: what a rule covers runs without asking.

${lines.join('\n')}

gate rules VERB --help shows its flags and an example.

Example:
  gate rules add 'kubectl get *' --env staging
`;
};

/** `gate rules`: the whitelist. */
export async function run([name, ...argv]: string[]): Promise<number> {
  if (name === '--help' || name === '-h') {
    process.stdout.write(help());
    return 0;
  }
  try {
    const verb = name !== undefined && Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (!verb) {
      const what = name === undefined ? 'say what to do with the rules' : `there is no gate rules ${name}`;
      throw new WrongUsage(what, `one of ${Object.keys(VERBS).join(', ')}; gate rules --help says more`);
    }
    return await (await verb.load()).run(argv);
  } catch (error) {
    return stoppedBy(error);
  }
}
