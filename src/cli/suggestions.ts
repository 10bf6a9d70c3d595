import { WrongUsage } from './arguments.ts';
import { stoppedBy } from './say.ts';

interface Verb {
  run(argv: string[]): Promise<number>;
}

const never = () => import('./suggestions/never.ts');
const VERBS: Record<string, { about: string; load: () => Promise<Verb> }> = {
  list: {
    about: 'what the nights suggest, the most saving first',
    load: () => import('./suggestions/list.ts'),
  },
  show: { about: 'one of them, with its evidence', load: () => import('./suggestions/show.ts') },
  accept: { about: 'put its rules in force', load: () => import('./suggestions/accept.ts') },
  narrow: { about: 'make a narrower one of it', load: () => import('./suggestions/narrow.ts') },
  'not-now': { about: 'put it off for a week', load: () => import('./suggestions/not-now.ts') },
  never: { about: 'refuse it, until there is new evidence', load: never },
  reject: { about: 'the same as never', load: never },
  undo: { about: 'take an acceptance back', load: () => import('./suggestions/undo.ts') },
  export: { about: 'write them as JSON lines', load: () => import('./suggestions/export.ts') },
};

const help = (): string => {
  const lines = Object.entries(VERBS).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`);
  return `gate suggestions VERB [flags]

Every night the gate studies what people approved and suggests rules, and what to
remove from them. A person accepts, narrows or refuses them.

${lines.join('\n')}

gate suggestions VERB --help shows its flags and an example.

Example:
  gate suggestions list --env production
`;
};

/** `gate suggestions`: what the nights suggest. */
export async function run([name, ...argv]: string[]): Promise<number> {
  if (name === '--help' || name === '-h') {
    process.stdout.write(help());
    return 0;
  }
  try {
    const verb = name !== undefined && Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (!verb) {
      const what =
        name === undefined ? 'say what to do with the suggestions' : `there is no gate suggestions ${name}`;
      throw new WrongUsage(
        what,
        `one of ${Object.keys(VERBS).join(', ')}; gate suggestions --help says more`,
      );
    }
    return await (await verb.load()).run(argv);
  } catch (error) {
    return stoppedBy(error);
  }
}
