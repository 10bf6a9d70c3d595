import type { NewNote, NoteBody } from '../../api/notes.ts';
import { oneLine } from '../../ask/words.ts';
import { redact } from '../../core/command/redact.ts';
import { readArguments, type Values, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const HELP = `gate notes add TEXT --env E (--family F | --command CMD) [flags]

Writes a note. It is shown to whoever asks for a command of that kind, before the
card is posted, and on the card. Prints its id.

  --env E               the environment
  --family F            the kind of command: its program and subcommands
  --target T            what it is done to: deployment/api
  --command CMD         a command of that kind, instead of --family and --target
  --project P           for which project, "*" is every one; without it, the one
                        of the token
${CONNECTION_HELP}
  --json                print the note as JSON

Example:
  gate notes add "use pg_repack, VACUUM FULL locks the table" --env production --family psql
  gate notes add "ask #search first" --env production --command "kubectl delete pod search-0"`;

const OPTIONS = {
  ...CONNECTION,
  env: { type: 'string' },
  family: { type: 'string' },
  target: { type: 'string' },
  command: { type: 'string' },
  project: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `gate notes add`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const body = readNote(given.values, given.positionals);
  const note = (await connectAsAdmin(given.values).call('POST', '/api/v1/notes', body)) as NoteBody;
  if (given.values.json) {
    process.stdout.write(`${JSON.stringify(note)}\n`);
    return 0;
  }
  const about = [note.family, note.target].filter(Boolean).join(' ');
  process.stderr.write(`noted on ${oneLine(about)} in ${oneLine(note.environment)}\n`);
  process.stdout.write(`${note.id}\n`);
  return 0;
}

function readNote(flags: Values<typeof OPTIONS>, [text, ...rest]: string[]): NewNote {
  if (!text?.trim())
    throw new WrongUsage('there is no note', 'gate notes add "use pg_repack" --env E --family psql');
  if (rest.length > 0)
    throw new WrongUsage('a note is one argument', `quote it: '${[text, ...rest].join(' ')}'`);
  if (!flags.env) throw new WrongUsage('--env is missing', 'name the environment: --env production');
  if ((flags.family === undefined) === (flags.command === undefined))
    throw new WrongUsage(
      flags.family === undefined
        ? 'it does not say what it is about'
        : '--family and --command were both given',
      '--family "kubectl delete", or --command with a command of that kind',
    );
  if (flags.target !== undefined && flags.family === undefined)
    throw new WrongUsage('--target goes with --family', 'leave it out: the command says what it is done to');
  return {
    environment: flags.env,
    project: flags.project,
    family: flags.family,
    target: flags.target,
    command: flags.command === undefined ? undefined : withoutSecrets(flags.command),
    text,
  };
}

function withoutSecrets(text: string): string {
  const { command } = redact({ kind: 'shell', text });
  return command.kind === 'shell' ? command.text : text;
}
