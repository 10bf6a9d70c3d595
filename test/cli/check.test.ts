import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/check.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'gate-check-'));
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

let files = 0;
function file(...lines: (object | string)[]): string {
  const name = path.join(directory, `${files++}.jsonl`);
  writeFileSync(
    name,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return name;
}

interface Answer {
  id: unknown;
  covered: boolean;
  rule: string | null;
  why: string;
  explain?: Record<string, unknown>;
}

async function check(
  ...argv: string[]
): Promise<{ code: number; answers: Answer[]; out: string; err: string }> {
  const written = { out: '', err: '' };
  const into = (stream: 'out' | 'err') => (text: unknown) => {
    written[stream] += text;
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(into('out'));
  vi.spyOn(process.stderr, 'write').mockImplementation(into('err'));
  const code = await run(argv);
  vi.restoreAllMocks();
  const answers =
    code === 0 && written.out.startsWith('{')
      ? written.out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Answer)
      : [];
  return { code, answers, ...written };
}

describe('gate check', () => {
  const rules = file(
    { rule: 'kubectl get *', environment: 'staging', project: 'shop' },
    { rule: 'kubectl rollout status deployment/*', environment: '*', project: '*', hits: 3 },
    { rule: '= cd web && npm ci\n', environment: 'production', project: '*' },
    { rule: 'git log *', environment: '*', project: '*', expires_at: '2020-01-01T00:00:00Z' },
    { rule: 'docker ps', environment: '*', project: '*', expires_at: '2999-01-01T00:00:00Z' },
    '',
    { rule: 'helm *' },
  );

  it('checks a command given as arguments', async () => {
    const { code, answers } = await check(
      '--rules',
      rules,
      '--env',
      'staging',
      '--',
      'kubectl',
      'get',
      'pods',
    );
    expect(code).toBe(0);
    expect(answers).toEqual([
      { id: 1, covered: true, rule: 'kubectl get *', why: 'covered by `kubectl get *`' },
    ]);
  });

  it('takes an argument as one word', async () => {
    expect((await check('--rules', rules, '--', 'docker ps')).answers[0]?.covered).toBe(false);
    expect((await check('--rules', rules, '--', 'docker', 'ps')).answers[0]?.covered).toBe(true);
  });

  it('checks shell text', async () => {
    const { answers } = await check(
      '--rules',
      rules,
      '--shell',
      'docker ps && docker ps; kubectl rollout status deployment/api',
    );
    expect(answers[0]).toMatchObject({
      covered: true,
      rule: 'docker ps\nkubectl rollout status deployment/*',
    });
  });

  it.each<[string, object, boolean]>([
    [
      'the environment of the rule',
      { command: 'kubectl get x', environment: 'staging', project: 'shop' },
      true,
    ],
    ['another environment', { command: 'kubectl get x', environment: 'production', project: 'shop' }, false],
    ['another project', { command: 'kubectl get x', environment: 'staging', project: 'blog' }, false],
    ['none named', { command: 'kubectl get x' }, true],
    ['an exact rule elsewhere', { command: 'cd web && npm ci', environment: 'staging' }, false],
    ['an exact rule here', { command: 'cd web && npm ci', environment: 'production' }, true],
    ['an expired rule', { command: 'git log x' }, false],
    ['a rule that will expire', { command: 'docker ps' }, true],
    ['an invalid rule', { command: 'helm list' }, false],
  ])('holds the scope of a rule: %s', async (_, one, covered) => {
    const { answers } = await check('--rules', rules, '--cases', file({ id: 'x', ...one }));
    expect(answers).toMatchObject([{ id: 'x', covered }]);
  });

  it('uses --env for cases that name no environment', async () => {
    const cases = file(
      { id: 1, command: 'kubectl get x' },
      { id: 2, command: 'kubectl get x', environment: 'staging' },
    );
    expect(
      (await check('--rules', rules, '--cases', cases, '--env', 'production')).answers.map(
        ({ covered }) => covered,
      ),
    ).toEqual([false, true]);
  });

  it('takes the rules of a case instead, several of them one a line', async () => {
    const cases = file(
      { id: 'a', rule: 'go vet ./...\ngo test ./...', command: 'go vet ./... && go test ./...', unknown: 1 },
      { id: 'b', rule: '= cat <<E\nx\nE', command: 'cat <<E\nx\nE' },
      { id: 'c', rule: '= cat <<E\nx\nE', command: 'x' },
      { id: 'd', rule: 'ls -*', command: 'ls -la' },
      { id: 'e', rule: 'app *', argv: ['app', 'a b'] },
      { rule: 'app *', command: 'app $(id)' },
      { id: 'g', rule: 'docker ps', command: 'docker ps\u0000' },
    );
    const { code, answers } = await check('--cases', cases, '--rules', rules);
    expect(code).toBe(0);
    expect(answers.map(({ id, covered }) => [id, covered])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
      ['d', false],
      ['e', false],
      [6, false],
      ['g', false],
    ]);
    expect(answers[3]?.why).toContain('the rule `ls -*` is not valid');
    expect(answers.every(({ covered, rule }) => covered === (rule !== null))).toBe(true);
  });

  it('says which rules of a file match nothing', async () => {
    const { err } = await check('--rules', rules, '--', 'ls');
    expect(err).toMatch(/^note: .*jsonl line 7: the rule `helm \*` is not valid: /);
  });

  it('explains on demand', async () => {
    const cases = file(
      { id: 1, rule: 'app a *', command: 'app a b/c' },
      { id: 2, rule: 'rm -rf /', command: 'rm -rf /' },
    );
    const { answers } = await check('--cases', cases, '--explain');
    expect(answers[0]?.explain).toMatchObject({
      runs_without_asking: false,
      nearest: [{ rule: 'app a *', why: 'word 3 is `b/c`, the rule says `*`: `*` does not cross `/`' }],
    });
    expect(answers[1]).toMatchObject({
      covered: true,
      explain: { risk: { level: 'CRITICAL' }, runs_without_asking: false },
    });
  });

  it.each<[string, string[], RegExp, RegExp]>([
    [
      'a line that is not JSON',
      ['--cases', file({ id: 1, command: 'a', rule: 'a' }, '{"id":')],
      /line 2 is not JSON/,
      /one JSON object a line/,
    ],
    ['a line that is no object', ['--cases', file('[1]')], /line 1 is not a JSON object/, /one JSON object/],
    [
      'no command',
      ['--rules', rules, '--cases', file({ id: 1 })],
      /line 1: "command" is not a text/,
      /"command"/,
    ],
    [
      'a rule that is no text',
      ['--rules', file({ rule: 1 }), '--', 'a'],
      /line 1: "rule" is not a text/,
      /"rule"/,
    ],
    [
      'a wrong date',
      ['--rules', file({ rule: 'a', expires_at: 'soon' }), '--', 'a'],
      /expires_at is no date/,
      /2026/,
    ],
    ['a missing file', ['--cases', path.join(directory, 'none')], /cannot read/, /JSON lines/],
    ['no rules', ['--', 'ls'], /no rules/, /--rules FILE/],
    ['no command at all', ['--rules', rules], /no command/, /--cases FILE/],
    ['two ways at once', ['--rules', rules, '--shell', 'a', '--', 'b'], /one way/, /--shell/],
    ['an unknown flag', ['--rule', rules], /--rule/, /--help/],
  ])('refuses %s', async (_, argv, error, hint) => {
    const { code, out, err } = await check(...argv);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^error: .*\nhint: .*\n$/m);
    expect(err).toMatch(error);
    expect(err.split('hint:')[1]).toMatch(hint);
  });

  it('has help with an example', async () => {
    const { code, out } = await check('--help');
    expect(code).toBe(0);
    expect(out).toContain('gate check --rules rules.jsonl');
  });
});
