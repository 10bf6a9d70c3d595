import type { Problem, RequestBody } from '../api.ts';
import { isEnvelope } from '../core/proof/grant.ts';

const STATES = ['pending', 'approved', 'denied', 'expired', 'withdrawn', 'blocked'];

type Fields = Record<string, unknown>;

/** A request as the API sends it; null when anything the client relies on is missing or odd. */
export function readRequest(value: unknown): RequestBody | null {
  const sound =
    isObject(value) &&
    /^[A-Za-z0-9_-]{1,100}$/.test(String(value.id)) &&
    Number.isInteger(value.version) &&
    STATES.includes(String(value.state)) &&
    areTexts(value.project, value.environment, value.command, value.url) &&
    isDate(value.created_at) &&
    isDate(value.expires_at) &&
    (value.use_by === null || isDate(value.use_by)) &&
    (value.grant === null || isEnvelope(value.grant)) &&
    isAssessment(value.assessment) &&
    isAsked(value.asked) &&
    (value.state === 'pending' ? value.decision === null : isDecision(value.decision)) &&
    isList(value.notes, (note) => typeof note === 'string');
  return sound ? (value as unknown as RequestBody) : null;
}

/** The public keys (raw, base64) of a JWK Set; null when it is none. */
export function readKeys(value: unknown): string[] | null {
  if (!isObject(value) || !isList(value.keys, isEd25519)) return null;
  return (value.keys as { x: string }[]).map((key) => Buffer.from(key.x, 'base64url').toString('base64'));
}

/** The problem document of an answer that is no success; one is made up for a page that is none of the gate's. */
export function readProblem(status: number, value: unknown, location: string | undefined): Problem {
  if (isObject(value) && areTexts(value.title, value.hint)) return { ...(value as Problem), status };
  const title = location
    ? `the address redirects to ${location}`
    : `something else answers there (HTTP ${status})`;
  const hint =
    'is GATE_URL the address of your Gatehouse? It is not followed elsewhere, the token stays with it';
  return { type: 'about:blank', title, status, hint };
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const areTexts = (...values: unknown[]): boolean => values.every((v) => typeof v === 'string');
const isDate = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isList = (value: unknown, isGood: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isGood);
const isPerson = (value: unknown): boolean => isObject(value) && areTexts(value.id, value.name);

const isAssessment = (value: unknown): boolean =>
  isObject(value) &&
  areTexts(value.level) &&
  Number.isInteger(value.score) &&
  isList(value.reasons, (reason) => isObject(reason) && areTexts(reason.why));

const isAsked = (value: unknown): boolean =>
  isObject(value) &&
  areTexts(value.reviewers) &&
  (value.channel === null || areTexts(value.channel)) &&
  (value.problem === null || areTexts(value.problem)) &&
  Number.isInteger(value.approvals_needed) &&
  isList(value.approvals, isPerson);

const isDecision = (value: unknown): boolean =>
  isObject(value) &&
  areTexts(value.by) &&
  isDate(value.at) &&
  (value.reason === null || areTexts(value.reason)) &&
  Number.isFinite(value.after_seconds) &&
  isList(value.people, isPerson);

const isEd25519 = (value: unknown): boolean =>
  isObject(value) &&
  value.kty === 'OKP' &&
  value.crv === 'Ed25519' &&
  Buffer.from(String(value.x), 'base64url').length === 32;
