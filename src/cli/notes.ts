import { WrongUsage } from './arguments.ts';
import { stoppedBy } from './say.ts';

interface Verb {
  run(argv: string[]): Promise<number>;
}

const VERBS: Record<string, { about: string; load: () => Promise<Verb> }> = {
  list: { about: 'what the runbook says, pinned notes first', load: () => import('./notes/list.ts') },
  search: { about: 'the notes with a text in them', load: () => import('./notes/search.ts') },
  add: { about: 'write a note on a kind of command', load: () => import('./notes/add.ts') },
  edit: { about: 'say a note in other words', load: () => import('./notes/edit.ts') },
  pin: { about: 'put a note before all others of its kind', load: () => import('./notes/pin.ts') },
  unpin: { about: 'put it back among the others', load: () => import('./notes/unpin.ts') },
  retire: { about: 'take a note out of sight', load: () => import('./notes/retire.ts') },
  restore: { about: 'bring a retired note back', load: () => import('./notes/restore.ts') },
  proposals: {
    about: 'policies that repeated denials propose',
    load: () => import('./notes/proposals.ts'),
  },
  export: { about: 'the runbook of an environment, as Markdown', load: () => import('./notes/export.ts') },
};

const help = (): string => {
  const lines = Object.entries(VERBS).map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`);
  return `gate notes VERB [flags]

The living runbook: the reason of a denial becomes a note, which is shown to whoever
asks for a command of the same kind, and to those who decide.

${lines.join('\n')}

gate notes VERB --help shows its flags and an example.

Example:
  gate notes list --env production
`;
};

/** `gate notes`: the living runbook. */
export async function run([name, ...argv]: string[]): Promise<number> {
  if (name === '--help' || name === '-h') {
    process.stdout.write(help());
    return 0;
  }
  try {
    const verb = name !== undefined && Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (!verb) {
      const what = name === undefined ? 'say what to do with the notes' : `there is no gate notes ${name}`;
      throw new WrongUsage(what, `one of ${Object.keys(VERBS).join(', ')}; gate notes --help says more`);
    }
    return await (await verb.load()).run(argv);
  } catch (error) {
    return stoppedBy(error);
  }
}
