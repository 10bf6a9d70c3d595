import type { Environment, EnvironmentColor } from '../core/environment.ts';
import type { Outcome, Request, RequesterKind } from '../core/request.ts';
import type { RiskLevel } from '../core/risk/assessment.ts';
import { said } from './blocks.ts';

export const SQUARE: Record<EnvironmentColor, string> = {
  red: '🟥',
  orange: '🟧',
  yellow: '🟨',
  green: '🟩',
  blue: '🟦',
  purple: '🟪',
};

export const RISK_MARK: Record<RiskLevel, string> = {
  LOW: '🟢',
  MEDIUM: '🟡',
  HIGH: '🟠',
  CRITICAL: '🔴',
};

export const REQUESTER_KIND: Record<RequesterKind, string> = { ci: 'CI', human: 'person', agent: 'AI agent' };

/** The environment's name as surfaces show it. */
export const environmentName = (name: string, max = 60): string => said(name, max);

export const banner = (environment: Pick<Environment, 'name' | 'color'>): string =>
  `${SQUARE[environment.color]} ${environmentName(environment.name)}`;

/** `1,234`: numbers people read. */
export const grouped = (count: number): string => count.toLocaleString('en-US');

/** `12 s`, `1 min 12 s`, `2 h 5 min`, `3 d 4 h`: the two units that matter. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round((Number.isFinite(ms) ? ms : 0) / 1000));
  if (seconds === 0) return 'less than 1 s';
  const units: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = units.findIndex(([count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `Ana`, `Ana and Ben`, `Ana, Ben or Caro`. */
export function namesOf(people: { name: string }[], last: 'and' | 'or' = 'and'): string {
  const names = people.slice(0, 5).map((person) => said(person.name, 40) || 'somebody');
  if (people.length > 5) names.push(`${people.length - 5} more`);
  if (names.length <= 1) return names[0] ?? 'somebody';
  return `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;
}

/** `exit 0`, `exit 1`, `stopped by SIGTERM`, `could not start`. */
export function exitOf(outcome: Outcome): string {
  if (outcome.exitCode !== null) return `exit ${outcome.exitCode}`;
  return outcome.signal ? `stopped by ${said(outcome.signal, 20)}` : 'it could not be started';
}

export const succeeded = (outcome: Outcome): boolean => outcome.exitCode === 0;

/** By what a request ended, in words that follow its state: `approved` … `by Ana`. */
export function endedBy(request: Pick<Request, 'decision'>): string {
  const decision = request.decision;
  switch (decision?.by) {
    case 'people':
      return `by ${namesOf(decision.people)}`;
    case 'rule':
      return 'by a rule';
    case 'policy':
      return 'by a policy';
    case 'requester':
      return 'by the one who asked';
    case 'deadline':
      return 'because nobody answered in time';
    case 'lost-contact':
      return 'because the one who asked is gone';
    case 'newer-request':
      return 'because a newer request took its place';
    case 'nobody-there':
      return 'because nobody was there';
    case 'nobody-to-ask':
      return 'because nobody could be asked';
    case undefined:
      return '';
  }
}

export const FAULT = 'That did not work; nothing was decided. Try again.';
export const UNKNOWN_REQUEST = 'Gatehouse does not know this request any more. Ask for the command again.';
