import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/learn.ts';

async function gateLearn(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
  const code = await run(argv);
  vi.restoreAllMocks();
  return { code, out, err };
}

function fileOf(lines: object[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'gate-learn-')), 'lines.jsonl');
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  return file;
}

const approval = (day: number, command: string) => ({
  at: `2026-03-0${day}T09:00:00Z`,
  environment: 'staging',
  project: 'shop',
  requester: 'ana',
  command,
  decision: 'approved',
  decided_by: `reviewer-${day}`,
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('gate learn', () => {
  const history = [approval(1, 'kubectl get pods -n shop'), approval(2, 'kubectl get pods -n shop')];

  it('prints suggestions as one object', async () => {
    const { code, out } = await gateLearn('--history', fileOf(history), '--json');
    expect(code).toBe(0);
    const { suggestions } = JSON.parse(out);
    expect(suggestions).toMatchObject([
      {
        kind: 'add',
        environment: 'staging',
        project: 'shop',
        rules: ['kubectl get pods -n shop'],
        replaces: [],
        evidence: {
          approvals: 2,
          denials: 0,
          requesters: ['ana'],
          days: 2,
          first: '2026-03-01T09:00:00.000Z',
        },
      },
    ]);
    expect(suggestions[0].evidence.would_not_allow).toHaveLength(3);
  });

  it('knows the rules in force, and replaces what a family covers', async () => {
    const push = (day: number) => approval(day, `docker push registry.example.com/api:${day}f2e3d4`);
    const exact = `= ${push(1).command}`;
    const rules = fileOf([{ rule: exact, environment: 'staging', project: 'shop', source: 'manual' }]);
    const { out } = await gateLearn('--history', fileOf([push(1), push(2)]), '--rules', rules, '--json');
    expect(JSON.parse(out).suggestions).toMatchObject([
      { kind: 'replace', rules: ['docker push registry.example.com/api:{sha:7}'], replaces: [exact] },
    ]);
  });

  it('speaks to people', async () => {
    const { out } = await gateLearn('--history', fileOf(history));
    expect(out).toContain('Let pass kubectl get pods in staging');
    expect((await gateLearn('--history', fileOf([]))).out).toBe(
      'Nothing to suggest yet: more approvals are needed.\n',
    );
  });

  it('names the place of a fault', async () => {
    const wrong = fileOf([{ ...approval(1, 'git pull'), decision: 'maybe' }]);
    const { code, err } = await gateLearn('--history', wrong);
    expect(code).toBe(2);
    expect(err).toContain('line 1: "decision" is none of approved, denied, auto');
  });
});
