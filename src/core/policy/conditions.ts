import { redact, redactText } from '../command/redact.ts';
import { visible } from '../command/visible.ts';
import type { Policy, PolicyFacts, PolicyMatch } from '../policy.ts';
import { RISK_LEVELS } from '../risk/assessment.ts';
import { type Compilation, compileRule } from '../rules/compile.ts';
import type { CompiledRule } from '../rules/compiled-rule.ts';
import { covers } from '../rules/covers.ts';
import { why as whyCovered } from '../rules/explain.ts';
import { nameMatches } from './names.ts';
import { findReading, type Reading, type Readings } from './readings.ts';
import { wildcardsOf } from './wildcard.ts';

/** What became of one condition of a policy. null: what it asks for is not known. */
export interface Finding {
  holds: boolean | null;
  why: string;
}

/** The findings of a policy's conditions, the cheap ones first, up to and including the first that does not hold. */
export function findingsOf(policy: Policy, facts: PolicyFacts, readings: Readings): Finding[] {
  const findings: Finding[] = [];
  for (const condition of CONDITIONS) {
    const finding = condition(policy.match, facts, policy.effect.kind === 'allow', readings);
    if (finding) findings.push(finding);
    if (finding?.holds === false) break;
  }
  return findings;
}

type Condition = (
  match: PolicyMatch,
  facts: PolicyFacts,
  isAllow: boolean,
  readings: Readings,
) => Finding | null;

const CONDITIONS: Condition[] = [
  ({ environments }, { environment }, strict) => named('environment', environments, environment, strict),
  ({ projects }, { project }, strict) => named('project', projects, project, strict),
  ({ repositories }, { repository }, strict) => named('repository', repositories, repository, strict),
  ({ branches }, { branch }, strict) => named('branch', branches, branch, strict),
  ({ requesterKinds }, { requesterKind }) => {
    if (!requesterKinds) return null;
    const holds = requesterKinds.includes(requesterKind);
    return { holds, why: `${isOrIsFor('requester', requesterKind, requesterKinds, holds)}` };
  },
  ({ risk }, { level }) => {
    if (!risk) return null;
    const holds = RISK_LEVELS.indexOf(level) >= RISK_LEVELS.indexOf(risk);
    return { holds, why: `risk is ${level}, ${holds ? 'at least' : 'below'} ${risk}` };
  },
  ({ officeHours }, { insideOfficeHours }) => {
    if (!officeHours) return null;
    if (insideOfficeHours === null) return { holds: null, why: 'no office hours are configured' };
    const now = insideOfficeHours ? 'inside' : 'outside';
    return { holds: now === officeHours, why: `it is ${now} office hours` };
  },
  changedPathsFinding,
  commandsFinding,
];

const isOrIsFor = (noun: string, value: string, wanted: readonly string[], holds: boolean): string =>
  `${noun} is ${shown(value)}${holds ? '' : `, the policy is for ${wanted.join(', ')}`}`;

function named(
  noun: string,
  patterns: readonly string[] | undefined,
  value: string | null,
  isStrict: boolean,
): Finding | null {
  if (!patterns) return null;
  if (value === null) return { holds: null, why: `the ${noun} is not known` };
  const holds = anyOf(patterns, value, isStrict);
  if (holds === null) return { holds, why: `the ${noun} is too long to be matched` };
  return { holds, why: isOrIsFor(noun, value, patterns, holds) };
}

function anyOf(patterns: readonly string[], value: string, isStrict: boolean): boolean | null {
  const answers = patterns.map((pattern) => nameMatches(pattern, value, !isStrict));
  return answers.includes(true) ? true : answers.includes(null) ? null : false;
}

function changedPathsFinding(
  { changedPaths: patterns }: PolicyMatch,
  { changedPaths: paths }: PolicyFacts,
  isAllow: boolean,
): Finding | null {
  if (!patterns) return null;
  if (paths === null) return { holds: null, why: 'the changed paths are not known' };
  const answers = paths.map((path) => anyOf(patterns, path.replace(/^(\.?\/)+/, ''), isAllow));
  const list = patterns.join(', ');
  if (isAllow) {
    const odd = answers.findIndex((answer) => answer !== true);
    if (odd >= 0) return { holds: false, why: `${shown(paths[odd]!)} changed, the policy is for ${list}` };
    return paths.length > 0
      ? { holds: true, why: `all that changed is in ${list}` }
      : { holds: false, why: 'no path changed' };
  }
  const hit = answers.indexOf(true);
  if (hit >= 0) return { holds: true, why: `${shown(paths[hit]!)} changed` };
  if (answers.includes(null)) return { holds: null, why: 'a changed path is too long to be matched' };
  return { holds: false, why: `nothing in ${list} changed` };
}

function commandsFinding(
  { commands }: PolicyMatch,
  { command }: PolicyFacts,
  isAllow: boolean,
  readings: Readings,
): Finding | null {
  if (!isAllow) return commands ? wideFinding(commands, readings) : null;
  if (!commands) return { holds: false, why: 'it names no command, and so allows none' };
  const covered = covers(commands.flatMap(rulesOf), command);
  const why = redactText(whyCovered(covered, ({ text }) => `\`${text}\``));
  return { holds: covered.covered, why: shown(why, MOST_WHY) };
}

const compilations = new Map<string, Compilation>();

/** A whitelist rule of the configuration, compiled once. An invalid one covers nothing. */
function rulesOf(text: string): CompiledRule[] {
  let made = compilations.get(text);
  if (!made) {
    made = compileRule(text);
    compilations.set(text, made);
  }
  return made.valid ? [made.rule] : [];
}

/** What cannot be read counts as matching when any loose word of it may be the program of the pattern. */
function wideFinding(patterns: readonly string[], readings: Readings): Finding {
  let unsure: Finding | null = null;
  for (const pattern of patterns) {
    const found = findReading(readings, wildcardsOf(pattern));
    if (found?.sure) return { holds: true, why: `\`${brief(found.reading)}\` matches \`${pattern}\`` };
    if (found) unsure ??= { holds: null, why: `\`${brief(found.reading)}\` may be \`${pattern}\`` };
    if (found || !readings.loose) continue;
    const program = wildcardsOf(pattern.trim().split(/\s/)[0] ?? '');
    if (findReading({ ...readings, list: readings.loose }, program))
      unsure ??= {
        holds: null,
        why: `the command cannot be read (${readings.fault}) and may be \`${pattern}\``,
      };
  }
  return (
    unsure ?? { holds: false, why: `no command in it is ${patterns.map((p) => `\`${p}\``).join(' or ')}` }
  );
}

const MOST_SHOWN = 60;
const MOST_WHY = 200;

/** The command for people: without secrets, on one line, cut. */
function brief({ words }: Reading): string {
  const { command } = redact(
    words.length === 1 ? { kind: 'shell', text: words[0]! } : { kind: 'argv', argv: words },
  );
  return shown(command.kind === 'argv' ? command.argv.join(' ') : command.text);
}

function shown(text: string, most = MOST_SHOWN): string {
  const line = visible(text.slice(0, 4 * most)).replace(/\s+/g, ' ');
  return line.length > most ? `${line.slice(0, most - 1).trimEnd()}…` : line;
}
