import { type Command, commandText } from '../command/command.ts';
import { hasHidden, hasRightToLeft, mixedScripts } from '../command/visible.ts';
import { type SimpleCommand, type Walked, walk } from '../command/walk.ts';
import { type AnomalyFacts, anomalyParts } from './anomalies.ts';
import { type Assessment, levelOf, type RiskReason } from './assessment.ts';
import { baseOf } from './base.ts';
import { callFor } from './call.ts';
import { contextParts, type DeclaredEnvironment } from './context.ts';
import { crossParts } from './cross.ts';
import { commandParts, isChange, type Scene } from './modifiers.ts';
import { part, sum } from './part.ts';
import { type Row, Table } from './row.ts';
import { judgeName } from './scripts.ts';
import { isSql, sqlParts } from './sql.ts';
import { BASE_ROWS } from './tables/index.ts';

export interface ToAssess {
  command: Command;
  environment?: DeclaredEnvironment;
  /** What is unusual about the request; left out where only the command counts. */
  anomalies?: AnomalyFacts;
  /** Rows of the site, checked by `siteRows`; they stand before the built-in ones. */
  site?: readonly Row[];
}

const ROWS = new Table(BASE_ROWS);
const NO_ROWS = new Table([]);

/** Wrappers that by themselves reach another machine, container or many files. The others only pass a command on. */
const REACHES =
  /^(ssh|autossh|mosh|docker|kubectl|fly|heroku|gcloud|az|ansible|find|vagrant|chroot|nsenter|python|perl|ruby|node|php|awk|gawk)$/;
const REMOTE = /^(ssh|autossh|mosh|vagrant)$/;

interface Scored {
  scene: Scene;
  parts: RiskReason[];
  /** The score of the command itself, without the wrappers it stands in. */
  own: number;
  changes: boolean;
}

function scored(command: SimpleCommand, site: Table): Scored {
  const call = callFor(command);
  let base = baseOf(command, call, { site, rows: ROWS });
  if (REMOTE.test(call.program)) {
    base = command.isWrapper
      ? { parts: [part(30, 'runs on another machine')], touches: 'shared' }
      : sum(base.parts) === 25
        ? { parts: [part(40, 'interactive shell, rest unseen')], touches: 'shared' }
        : base;
  }
  if (call.program === 'gcloud' && command.isWrapper)
    base = { parts: [part(30, 'runs on another machine')], touches: 'shared' };
  const scene: Scene = { command, call, base };
  const parts = commandParts(scene);
  return { scene, parts, own: sum(parts), changes: isChange(scene, parts) };
}

/** A command inside wrappers counts as the riskier of itself and what the wrappers reach. */
function withWrappers(leaf: Scored, all: readonly Scored[]): Scored {
  let best = leaf;
  for (
    let at = leaf.scene.command;
    at.parent !== null && at.via !== 'substitution';
    at = all[at.parent]!.scene.command
  ) {
    const wrapper = all[at.parent]!;
    if (
      wrapper.scene.command.isWrapper &&
      REACHES.test(wrapper.scene.call.program) &&
      wrapper.own >= best.own
    )
      best = wrapper;
  }
  return best;
}

function compoundParts(leaves: readonly Scored[], highest: Scored): RiskReason[] {
  const further = leaves.filter((one) => one !== highest && one.own >= 30 && !standsIn(one, highest));
  if (further.length === 0) return [];
  const many =
    further.length === 1
      ? 'a further command that changes something'
      : `${further.length} further commands that change something`;
  return [{ ...part(Math.min(10, further.length * 5), many), id: 'further-commands' }];
}

const standsIn = (leaf: Scored, wrapper: Scored): boolean =>
  wrapper.scene.command.isWrapper && leaf.scene.command.wrappers.includes(wrapper.scene.command.program);

function shellParts({ commands, faults }: Walked, { command, environment, site }: ToAssess): RiskReason[] {
  const table = site && site.length > 0 ? new Table(site) : NO_ROWS;
  const all = commands.map((one) => scored(one, table));
  const leaves = all.filter(({ scene }) => !scene.command.isWrapper && !/^-/.test(scene.command.name));
  const candidates = (leaves.length > 0 ? leaves : all).map((leaf) => ({
    leaf,
    best: withWrappers(leaf, all),
  }));
  const top = candidates.reduce(
    (max, one) => (!max || one.best.own > max.best.own ? one : max),
    candidates[0],
  );
  const scenes = all.map(({ scene }) => scene);
  const text = commandText(command);
  const parts: RiskReason[] = top
    ? [...top.best.parts, ...compoundParts(leaves, top.leaf === top.best ? top.leaf : top.best)]
    : [];
  parts.push(...crossParts(scenes, commands, text));
  if (faults.length > 0)
    parts.push({ ...part(30, `could not be analysed: ${faults[0]}`), id: 'not-analysable' });
  const counted = all.filter((one) => one.changes);
  const words = (counted.length > 0 ? counted : all).flatMap(({ scene: { command: one } }) => [
    ...one.words.map(({ value }) => value),
    ...one.assignments.map(({ value }) => value.value),
    ...one.redirections.map(({ target }) => target?.value ?? ''),
  ]);
  return [...parts, ...contextParts(words, counted.length > 0 || sum(parts) >= 60, environment)];
}

function actionParts(text: string, environment?: DeclaredEnvironment): RiskReason[] {
  const judged = judgeName(text);
  const base =
    judged && judged.points >= 30 ? part(judged.points, judged.why) : part(30, 'an action in words');
  return [base, ...contextParts(text.split(/\s+/), true, environment)];
}

function ownParts(input: ToAssess): RiskReason[] {
  const { command, environment } = input;
  if (command.kind === 'action') return actionParts(command.text, environment);
  const text = command.kind === 'shell' ? command.text : '';
  const sole = command.kind === 'argv' && command.argv.length === 1 ? command.argv[0]! : text;
  if (isSql(sole)) {
    const parts = sqlParts(sole);
    return [...parts, ...contextParts(sole.split(/\s+/), sum(parts) >= 30, environment)];
  }
  return shellParts(walk(command), input);
}

/** Characters that hide or forge what is read. */
function appearanceParts(text: string): RiskReason[] {
  const parts: RiskReason[] = [];
  if (hasHidden(text))
    parts.push({
      ...part(30, 'characters that are not shown, or that reorder the text'),
      id: 'hidden-characters',
    });
  const mixed = mixedScripts(text);
  if (mixed.length > 0)
    parts.push({
      ...part(25, `letters of another alphabet that look the same: ${mixed.slice(0, 3).join(' ')}`),
      id: 'mixed-scripts',
    });
  if (hasRightToLeft(text))
    parts.push({
      ...part(10, 'right-to-left letters: it is shown in another order than it runs'),
      id: 'right-to-left',
    });
  return parts;
}

/**
 * The risk of a command: `score = min(100, max(0, sum of the parts))`, its level, and every part with its reason and
 * place. Parts are the base and modifiers of the riskiest command at any depth, what several commands do together, what
 * could not be understood, and the context. Never throws. Nothing lowers a score because it was not understood.
 */
export function assess(input: ToAssess): Assessment {
  const reasons = [
    ...ownParts(input),
    ...appearanceParts(commandText(input.command)),
    ...anomalyParts(input.anomalies ?? {}),
  ].filter((one) => one.points !== 0);
  const score = Math.min(100, Math.max(0, sum(reasons)));
  return { score, level: levelOf(score), reasons };
}
