import { parseDuration } from '../core/duration.ts';

type Report = (path: string, message: string) => void;
type Tree = Record<string, unknown>;

/**
 * What is wrong with ladders beyond their shape: steps that would come too late, and conditions on office hours that
 * nobody has. Looks at what can be read, whatever else is wrong with the file.
 */
export function checkEscalation(environments: unknown, report: Report): void {
  for (const [name, raw] of Object.entries(treeOf(environments))) {
    const { escalation, page_at_once: atOnce, expires_after: expires, office_hours: hours } = treeOf(raw);
    const at = `environments.${name}`;
    const expiresAfter = secondsOf(expires ?? '10m');
    for (const [i, step] of (Array.isArray(escalation) ? escalation : []).entries()) {
      const { after, office_hours: when } = treeOf(step);
      const seconds = secondsOf(after);
      if (seconds !== null && expiresAfter !== null && seconds >= expiresAfter)
        report(
          `${at}.escalation.${i}.after`,
          `nobody would be told: requests expire after ${expires ?? '10m'} by then`,
        );
      if (when !== undefined && hours === undefined) report(`${at}.escalation.${i}.office_hours`, NO_HOURS);
    }
    if (treeOf(atOnce).outside_office_hours === true && hours === undefined)
      report(`${at}.page_at_once.outside_office_hours`, NO_HOURS);
  }
}

const NO_HOURS = 'this environment has no office_hours: write those too';

const secondsOf = (text: unknown): number | null => (typeof text === 'string' ? parseDuration(text) : null);

const treeOf = (value: unknown): Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};
