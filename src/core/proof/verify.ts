import { type Command, commandText } from '../command/command.ts';
import { digestOf } from '../command/digest.ts';
import { type Envelope, open } from './envelope.ts';
import { isEnvelope } from './grant.ts';
import { APPROVAL_PREDICATE, EVENT_PREDICATE, STATEMENT_TYPE } from './record.ts';

/** What is wrong with a record. A closed set: surfaces translate it. */
export type RecordFault =
  | 'malformed'
  | 'bad-signature'
  | 'not-a-statement'
  | 'unknown-type'
  | 'other-key-named'
  | 'no-chain-place'
  | 'digest-differs';

export interface Step {
  name: string;
  outcome: 'passed' | 'skipped' | 'failed';
  detail: string;
}

/** What a good record says. Its signature makes it the gate's word. */
export interface RecordWords {
  /** `approved`, `denied`, … or the event. */
  what: string;
  subject: string;
  digest: string;
  at: string;
  keyId: string;
  chain: { id: string; seq: number; prev: string | null };
  /** Everything else that was written down. */
  predicate: Record<string, unknown>;
}

export type Verification =
  | { good: true; steps: Step[]; words: RecordWords }
  | { good: false; steps: Step[]; fault: RecordFault; detail: string };

interface Draft {
  input: unknown;
  publicKeys: string[];
  envelope: Envelope;
  payload: string;
  keyId: string;
  type: string;
  subject: string;
  digest: string;
  predicate: Record<string, unknown>;
  chain: RecordWords['chain'];
}

type Judgement = { passed: string } | { skipped: string } | { fault: RecordFault; detail: string };

const STEPS: [name: string, judge: (draft: Draft) => Judgement][] = [
  ['envelope', readEnvelope],
  ['signature', checkSignature],
  ['statement', readStatement],
  ['type', checkType],
  ['key', checkKey],
  ['chain', readChainPlace],
  ['digest', checkDigest],
];

/** Checks one record without a network: everything it shows, and who signed it. */
export function verifyRecord(input: unknown, publicKeys: string[]): Verification {
  const draft = { input, publicKeys } as Draft;
  const steps: Step[] = [];
  for (const [name, judge] of STEPS) {
    const judgement = judge(draft);
    if ('fault' in judgement) {
      const { fault, detail } = judgement;
      return { good: false, steps: [...steps, { name, outcome: 'failed', detail }], fault, detail };
    }
    if ('passed' in judgement) steps.push({ name, outcome: 'passed', detail: judgement.passed });
    else steps.push({ name, outcome: 'skipped', detail: judgement.skipped });
  }
  const { predicate, subject, digest, keyId, chain } = draft;
  const what = String(predicate.decision ?? predicate.event);
  const at = String(predicate.decidedAt ?? predicate.at);
  return { good: true, steps, words: { what, subject, digest, at, keyId, chain, predicate } };
}

function readEnvelope(draft: Draft): Judgement {
  if (!isEnvelope(draft.input)) return { fault: 'malformed', detail: 'it is not a DSSE envelope' };
  draft.envelope = draft.input;
  return { passed: 'DSSE, in-toto' };
}

function checkSignature(draft: Draft): Judgement {
  const opened = open(draft.envelope, draft.publicKeys);
  if (!opened)
    return { fault: 'bad-signature', detail: 'it was changed, or none of the given keys signed it' };
  Object.assign(draft, opened);
  return { passed: `Ed25519, key ${opened.keyId}` };
}

function readStatement(draft: Draft): Judgement {
  const bad: Judgement = { fault: 'not-a-statement', detail: 'its payload is not an in-toto statement' };
  const statement = asObject(parse(draft.payload));
  const subject = asObject(asList(statement.subject)[0]);
  const digest = asObject(subject.digest).sha256;
  if (statement._type !== STATEMENT_TYPE || typeof subject.name !== 'string' || typeof digest !== 'string')
    return bad;
  draft.type = String(statement.predicateType);
  draft.subject = subject.name;
  draft.digest = digest;
  draft.predicate = asObject(statement.predicate);
  return { passed: draft.subject };
}

function checkType({ type, predicate }: Draft): Judgement {
  const isKnown =
    (type === APPROVAL_PREDICATE && typeof predicate.decision === 'string' && isDate(predicate.decidedAt)) ||
    (type === EVENT_PREDICATE && typeof predicate.event === 'string' && isDate(predicate.at));
  if (!isKnown) return { fault: 'unknown-type', detail: `it is of the type ${type}, not one of Gatehouse's` };
  return { passed: String(predicate.decision ?? predicate.event) };
}

function checkKey({ predicate, keyId }: Draft): Judgement {
  if (predicate.keyId !== keyId)
    return {
      fault: 'other-key-named',
      detail: `it names the key ${predicate.keyId}, but ${keyId} signed it`,
    };
  return { passed: 'named in the record too' };
}

function readChainPlace(draft: Draft): Judgement {
  const { id, seq, prev } = asObject(draft.predicate.chain);
  const isPlace =
    typeof id === 'string' &&
    Number.isSafeInteger(seq) &&
    (prev === null || /^sha256:[0-9a-f]{64}$/.test(String(prev)));
  if (!isPlace) return { fault: 'no-chain-place', detail: 'it does not say where in the chain it stands' };
  draft.chain = { id, seq: seq as number, prev: prev as string | null };
  return { passed: `${id}, number ${seq}` };
}

/** Does the digest cover the very command that the record shows? */
function checkDigest({ predicate, digest }: Draft): Judgement {
  const { salt, command, environment, cwd, program, redacted } = asObject(predicate.action);
  if (typeof command !== 'string' || typeof environment !== 'string')
    return { skipped: 'it shows no command' };
  if (typeof salt !== 'string') return { skipped: 'its salt was erased' };
  if (redacted === true) return { skipped: 'secrets were taken out of the command it shows' };
  const { path, sha256 } = asObject(program);
  const where = {
    environment,
    cwd: typeof cwd === 'string' ? cwd : null,
    program: program ? { path: String(path), sha256: String(sha256) } : null,
  };
  const covers = readings(command).some(
    (reading) => digestOf({ command: reading, ...where }, salt) === digest,
  );
  if (!covers) return { fault: 'digest-differs', detail: 'its digest is not that of the command it shows' };
  return { passed: `sha256:${digest}` };
}

/** The commands that this text may stand for: records hold an argv as text, quoted. */
function readings(text: string): Command[] {
  const words = /^(?:'[^']*'|\\'|[^\s'\\])+(?: (?:'[^']*'|\\'|[^\s'\\])+)*$/.test(text)
    ? (text.match(/(?:'[^']*'|\\'|[^\s'\\])+/g) ?? [])
    : [];
  const argv = words.map((word) => word.replace(/'([^']*)'|\\'/g, (_, quoted?: string) => quoted ?? "'"));
  const asArgv: Command = { kind: 'argv', argv };
  return [
    { kind: 'shell', text },
    { kind: 'action', text },
    ...(argv.length > 0 && commandText(asArgv) === text ? [asArgv] : []),
  ];
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const isDate = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
