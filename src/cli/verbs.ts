import { WrongUsage } from './arguments.ts';
import { stoppedBy } from './say.ts';

interface Loaded {
  run(argv: string[]): Promise<number>;
}

/** What `gate GROUP VERB` can do. A verb is loaded when it is used. */
export type Verbs = Record<string, { about: string; load: () => Promise<Loaded> }>;

interface Group {
  /** `gate notes` */
  name: string;
  /** What it is for, in sentences. */
  about: string;
  verbs: Verbs;
  /** One whole line. */
  example: string;
}

/** Runs one of the verbs of a group, or shows what there is. */
export const runsVerbs = (group: Group) =>
  async function run([verb, ...argv]: string[]): Promise<number> {
    if (verb === '--help' || verb === '-h') {
      process.stdout.write(helpOf(group));
      return 0;
    }
    const { name, verbs } = group;
    try {
      const found = verb !== undefined && Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
      if (found) return await (await found.load()).run(argv);
      const what = verb === undefined ? `say what ${name} should do` : `there is no ${name} ${verb}`;
      throw new WrongUsage(what, `one of ${Object.keys(verbs).join(', ')}; ${name} --help says more`);
    } catch (error) {
      return stoppedBy(error);
    }
  };

function helpOf({ name, about, verbs, example }: Group): string {
  const width = Math.max(...Object.keys(verbs).map(({ length }) => length));
  const lines = Object.entries(verbs).map(([verb, { about: what }]) => `  ${verb.padEnd(width + 1)} ${what}`);
  return `${name} VERB [flags]\n\n${about}\n\n${lines.join('\n')}\n\n${name} VERB --help shows its flags and an example.\n\nExample:\n  ${example}\n`;
}
