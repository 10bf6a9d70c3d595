import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/risk.ts';

async function gateRisk(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
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

function casesFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'gate-risk-')), 'cases.jsonl');
  writeFileSync(file, text);
  return file;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('gate risk', () => {
  it('prints an aligned table for people', async () => {
    const { code, out } = await gateRisk('--', 'git', 'push', 'origin', 'main', '--force');
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 5)).toEqual([
      'git push origin main --force',
      'MEDIUM  45 of 100',
      '   +10  publishes commits',
      '   +25  rewrites history',
      '   +10  protected branch',
    ]);
  });

  it('prints JSON', async () => {
    const { out } = await gateRisk('--json', '--shell', 'git pull');
    expect(JSON.parse(out)).toEqual({
      score: 10,
      level: 'LOW',
      reasons: [{ points: 10, why: 'updates the working copy' }],
    });
  });

  it('assesses a file of cases, one JSON object a line, unknown keys ignored', async () => {
    const file = casesFile(
      '{"id":"a","command":"git pull","more":1}\n\n{"id":7,"command":"flyway -url=jdbc:postgresql://prod-db/x migrate","environment":"staging"}\n',
    );
    const { code, out } = await gateRisk('--cases', file);
    expect(code).toBe(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { id: 'a', score: 10, level: 'LOW' },
      { id: 7, score: 72, level: 'HIGH' },
    ]);
  });

  it('takes the environment from --env where a case has none', async () => {
    const file = casesFile('{"id":"a","command":"terraform apply"}');
    expect(JSON.parse((await gateRisk(`--cases=${file}`, '--env', 'production')).out)).toMatchObject({
      score: 65,
    });
  });

  it('never prints an escape sequence of the command', async () => {
    expect((await gateRisk('--', 'echo', '\x1b[2K')).out).not.toContain('\x1b');
  });

  it('shows an example with --help', async () => {
    expect(await gateRisk('--help')).toMatchObject({ code: 0, out: expect.stringContaining('Example') });
  });

  const faults: [what: string, argv: () => string[], message: string][] = [
    ['nothing to assess', () => [], 'no command'],
    ['an unknown flag', () => ['--colour'], '--colour'],
    ['a missing value', () => ['--cases'], '--cases'],
    ['a missing file', () => ['--cases', '/nonexistent/x.jsonl'], 'cannot read /nonexistent/x.jsonl'],
    [
      'a line that is no JSON',
      () => ['--cases', casesFile('{"id":"a","command":"ls"}\n{oops\n')],
      'line 2: not JSON',
    ],
    [
      'a case without a command',
      () => ['--cases', casesFile('{"id":"a"}')],
      'line 1: expected "command" to be a text',
    ],
    [
      'a bad environment',
      () => ['--cases', casesFile('{"command":"ls","environment":1}')],
      'line 1: expected "environment"',
    ],
  ];
  it.each(faults)('says what is wrong with %s', async (_, argv, message) => {
    const { code, out, err } = await gateRisk(...argv());
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^error: .*\nhint: .+\n$/s);
    expect(err).toContain(message);
  });
});
