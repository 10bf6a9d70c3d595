import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { freshDatabase } from '../support/databases.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';

const read = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../deploy/${file}`, import.meta.url)), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string };
}
const { groups } = parse(read('prometheus/gatehouse.rules.yml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('grafana/gatehouse.json')) as {
  panels: { title: string; targets: { expr: string }[] }[];
};

let gate: TestGate;
let scraped: Map<string, string>;
beforeAll(async () => {
  gate = await startTestGate(await freshDatabase('embedded'));
  scraped = metricsOf(await (await fetch(`${gate.address}/metrics`)).text());
});
afterAll(() => gate.close());

/** Name → type, of a scrape. */
const metricsOf = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name as string, type as string]),
  );

/** Names in an expression, as Prometheus knows them: a histogram has three. */
const namesIn = (expression: string): string[] =>
  expression.match(/\b(?:gatehouse|nodejs|process)_[a-z0-9_]+/g) ?? [];
const isScraped = (name: string): boolean =>
  scraped.has(name) || scraped.get(name.replace(/_(bucket|count|sum)$/, '')) === 'histogram';

it('alerts about nothing that the gate does not tell, and says what to do', () => {
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, expr, labels, annotations } of rules) {
    expect(namesIn(expr), alert).not.toEqual([]);
    expect(
      namesIn(expr).filter((name) => !isScraped(name)),
      alert,
    ).toEqual([]);
    expect(
      namesIn(annotations.description).filter((name) => !isScraped(name)),
      alert,
    ).toEqual([]);
    expect(['page', 'ticket'], alert).toContain(labels.severity);
    expect(annotations.description.length, alert).toBeGreaterThan(100);
  }
});

it('draws nothing that the gate does not tell', () => {
  expect(dashboard.panels.length).toBeGreaterThan(10);
  for (const { title, targets } of dashboard.panels)
    for (const { expr } of targets) {
      expect(namesIn(expr), title).not.toEqual([]);
      expect(
        namesIn(expr).filter((name) => !isScraped(name)),
        title,
      ).toEqual([]);
    }
});

it('selects by labels that the figures have', () => {
  const source = readFileSync(fileURLToPath(new URL('../../src/http/metrics.ts', import.meta.url)), 'utf8');
  const labels = new Set([...source.matchAll(/'([a-z]+)'/g)].map(([, label]) => label));
  const used = [
    ...rules.map(({ expr }) => expr),
    ...dashboard.panels.flatMap((p) => p.targets.map((t) => t.expr)),
  ]
    .flatMap((expr) => [...expr.matchAll(/([a-z]+)(?:=~|!=|=)"|by \(([a-z, ]+)\)/g)])
    .flatMap(([, one, several]) => (one ? [one] : (several as string).split(', ')));
  expect([...new Set(used)].filter((label) => label !== 'le' && !labels.has(label))).toEqual([]);
});

it('would notice a name that is not there', () => {
  expect(isScraped('gatehouse_pending_requests')).toBe(true);
  expect(isScraped('gatehouse_decision_seconds_bucket')).toBe(true);
  expect(isScraped('gatehouse_pending_requests_bucket')).toBe(false);
  expect(isScraped('gatehouse_no_such_total')).toBe(false);
});
