import { readFileSync } from 'node:fs';
import { readPinnedKeys } from '../ask/pinned-keys.ts';
import { aligned, type Rows } from '../ask/words.ts';
import { Misconfigured } from '../client.ts';
import { type RecordFault, type RecordWords, type Verification, verifyRecord } from '../core/proof/verify.ts';
import { readArguments, WrongUsage } from './arguments.ts';
import { rememberedKeys } from './known-keys.ts';
import { complain, stoppedBy } from './say.ts';

const HELP = `gate verify FILE [--public-key KEY] [--json]

Checks one signed record or grant without a network, and prints what it proves.
FILE is the record (a DSSE envelope), or JSON that holds one as "grant" or
"envelope"; - reads standard input. The key is --public-key, GATE_PUBLIC_KEY, or
any that gate run has remembered on this machine.

Exit code 0: it is good. 1: it is not, and why. 2: it could not be checked.

Example:
  gate verify grant.json --public-key "$(cat gate.pub)"`;

const OPTIONS = { 'public-key': { type: 'string' }, json: { type: 'boolean' } } as const;

/** `gate verify`: what one record proves. */
export async function run(argv: string[]): Promise<number> {
  try {
    const given = readArguments(argv, { options: OPTIONS, help: HELP });
    if (!given) return 0;
    const [file, ...rest] = given.positionals;
    if (!file || rest.length > 0)
      throw new WrongUsage('one FILE is needed', 'gate verify FILE, or - for standard input');
    const verification = verifyRecord(readRecord(file), keysOf(given.values['public-key']));
    if (given.values.json) process.stdout.write(`${JSON.stringify(verification)}\n`);
    else print(verification);
    return verification.good ? 0 : 1;
  } catch (error) {
    stoppedBy(error);
    return 2;
  }
}

function readRecord(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Misconfigured(
      `cannot read ${file}: ${(error as Error).message}`,
      'name a file with one record in JSON',
    );
  }
  try {
    const value = JSON.parse(text) as { grant?: unknown; envelope?: unknown } | null;
    return value?.grant ?? value?.envelope ?? value;
  } catch {
    return null;
  }
}

function keysOf(pinned: string | undefined): string[] {
  const written = pinned ?? process.env.GATE_PUBLIC_KEY;
  const keys = written ? readPinnedKeys(written) : rememberedKeys();
  if (keys.length > 0) return keys;
  throw new Misconfigured(
    'no key to check the signature with',
    'give the gate’s public key with --public-key',
  );
}

function print(verification: Verification): void {
  if (!verification.good) {
    complain(`not good: ${verification.detail}`, MENDS[verification.fault]);
    return;
  }
  process.stdout.write(`good: this is the gate's word\n\n${aligned(rows(verification.words))}`);
  const skipped = verification.steps.filter((step) => step.outcome === 'skipped');
  for (const { name, detail } of skipped) process.stdout.write(`\nnot checked: ${name} (${detail})\n`);
}

const ASK_AGAIN = 'fetch the record again from the gate, and compare';
const MENDS: Record<RecordFault, string> = {
  malformed: 'save the "grant" of an answer, or one line of an export, in a file of its own',
  'bad-signature': 'is --public-key the key of that gate, at that time? If it is, do not trust this record',
  'not-a-statement': ASK_AGAIN,
  'unknown-type': 'it may be of a newer Gatehouse: check it with that version',
  'other-key-named': ASK_AGAIN,
  'no-chain-place': ASK_AGAIN,
  'digest-differs': 'do not trust the command it shows; keep it, and tell whoever runs the gate',
};

function rows({ what, subject, at, keyId, chain, digest, predicate }: RecordWords): Rows {
  const requester = fields(predicate.requester);
  const action = fields(predicate.action);
  const program = fields(action.program);
  const actor = requester.actor ? ` (${requester.actor})` : '';
  const before = chain.prev ? `, after ${chain.prev.slice(0, 23)}…` : ', the first';
  return [
    ['what', what],
    ['about', subject],
    ['when', at],
    ['asked by', requester.name ? `${requester.name}${actor}` : null],
    ['command', text(action.command)],
    ['environment', text(action.environment)],
    ['project', text(action.project)],
    ['directory', text(action.cwd)],
    ['program', program.path ? `${program.path}  sha256:${program.sha256}` : null],
    ['decided by', deciders(predicate)],
    ['reason', text(predicate.reason)],
    ['use by', text(predicate.notAfter)],
    ['digest', `sha256:${digest}`],
    ['chain', `${chain.id}, number ${chain.seq}${before}`],
    ['key', keyId],
  ];
}

function deciders(predicate: Record<string, unknown>): string | null {
  const reviewers = Array.isArray(predicate.reviewers) ? predicate.reviewers.map(fields) : [];
  if (reviewers.length === 0) return text(predicate.by);
  return reviewers
    .map(({ name, subjectId, verdict, at }) => `${name} (${subjectId}): ${verdict} at ${at}`)
    .join('\n');
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const fields = (value: unknown): Record<string, string | undefined> =>
  (value ?? {}) as Record<string, string>;
