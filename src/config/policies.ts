import { parseDuration } from '../core/duration.ts';
import { nameMatches, namePatternFault } from '../core/policy/names.ts';
import { widePatternFault } from '../core/policy/wildcard.ts';
import type { Policy, PolicyEffect, PolicyMatch } from '../core/policy.ts';
import { compileRule } from '../core/rules/compile.ts';
import { PolicyShape, type RawPolicy } from './policy-shape.ts';
import { listOf } from './values.ts';

type Report = (path: string, message: string) => void;

/** A policy as the core reads it. */
export function toPolicy({ name, match, require, block }: RawPolicy): Policy {
  return { name, match: toMatch(match), effect: toEffect(require, block) };
}

/**
 * What is wrong with policies beyond their shape: environments nobody has, patterns that cannot be used, names
 * given twice. Looks at the policies whose own shape is sound, whatever else is wrong with the file.
 */
export function checkPolicies(raw: unknown, environments: readonly string[], report: Report): void {
  const seen = new Map<string, number>();
  for (const [i, one] of (Array.isArray(raw) ? raw : []).entries()) {
    const parsed = PolicyShape.safeParse(one);
    if (!parsed.success) continue;
    const { name, match, allow } = parsed.data;
    const at = `policies.${i}`;
    const before = seen.get(name);
    if (before !== undefined) report(`${at}.name`, `policies.${before} has this name: give each its own`);
    seen.set(name, before ?? i);
    checkNames(match, environments, (path, message) => report(`${at}.match.${path}`, message));
    eachOf('command', match.command, (path, pattern) => {
      const fault = allow ? ruleFault(pattern) : widePatternFault(pattern);
      if (fault) report(`${at}.match.${path}`, fault);
    });
  }
}

function checkNames(match: RawPolicy['match'], environments: readonly string[], report: Report): void {
  for (const key of ['environment', 'project', 'repository', 'branch', 'changed_paths'] as const) {
    eachOf(key, match[key], (path, pattern) => {
      const fault = namePatternFault(pattern);
      if (fault) report(path, fault);
      else if (key === 'environment' && !environments.some((name) => nameMatches(pattern, name, false)))
        report(
          path,
          `there is no environment ${JSON.stringify(pattern)}: write one of ${environments.join(', ')}`,
        );
    });
  }
}

function eachOf(
  key: string,
  given: string | string[] | undefined,
  see: (path: string, one: string) => void,
): void {
  if (given === undefined) return;
  if (Array.isArray(given)) for (const [i, one] of given.entries()) see(`${key}.${i}`, one);
  else see(key, given);
}

function ruleFault(text: string): string | null {
  const rule = compileRule(text);
  if (rule.valid) return null;
  const place = rule.place === undefined ? '' : ` (at character ${rule.place + 1})`;
  return `it is no valid whitelist rule: ${rule.why}${place}${rule.mend ? `; ${rule.mend}` : ''}`;
}

function toMatch(raw: RawPolicy['match']): PolicyMatch {
  return {
    ...(raw.environment && { environments: listOf(raw.environment) }),
    ...(raw.project && { projects: listOf(raw.project) }),
    ...(raw.repository && { repositories: listOf(raw.repository) }),
    ...(raw.branch && { branches: listOf(raw.branch) }),
    ...(raw.changed_paths && { changedPaths: listOf(raw.changed_paths) }),
    ...(raw.command && { commands: listOf(raw.command) }),
    ...(raw.risk && { risk: raw.risk }),
    ...(raw.office_hours && { officeHours: raw.office_hours }),
    ...(raw.requester && { requesterKinds: listOf(raw.requester) }),
  };
}

function toEffect(require: RawPolicy['require'], block: string | undefined): PolicyEffect {
  if (block !== undefined) return { kind: 'block', reason: block };
  if (!require) return { kind: 'allow' };
  const seconds = require.expires_after === undefined ? null : parseDuration(require.expires_after);
  return {
    kind: 'require',
    ...(require.approvals && { approvals: require.approvals }),
    ...(require.from && { from: require.from }),
    ...(seconds && { expiresAfterSeconds: seconds }),
    ...(require.reason && { reason: true }),
    ...(require.ticket && { ticket: true }),
  };
}
