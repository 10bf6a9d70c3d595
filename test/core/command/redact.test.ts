import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteWord } from '../../../src/core/command/command.ts';
import { REDACTED, redact, redactText, redactValue } from '../../../src/core/command/redact.ts';
import { walk } from '../../../src/core/command/walk.ts';

const R = REDACTED;
// Made at run time, so that scanners of secrets find none in this file.
const of = (prefix: string, length: number, alphabet = 'aB3dE5gH7jK9mN2pQ4sT6vW8'): string =>
  prefix + alphabet.repeat(Math.ceil(length / alphabet.length)).slice(0, length);
const hex = (length: number): string => of('', length, '0a1b2c3d4e5f6789');
const join = (...parts: string[]): string => parts.join('');
const jwt = join('ey', 'JhbGciOiJIUzI1NiJ9', '.', 'ey', 'JzdWIiOiIxMjM0NTY3ODkwIn0', '.', of('', 43));
const pem = join(
  '-----BEGIN ',
  'RSA PRIVATE KEY-----\n',
  of('MII', 64),
  '\n',
  of('', 64),
  '\n-----END ',
  'RSA PRIVATE KEY-----',
);

const TOKENS: [what: string, token: string][] = [
  ['GitHub', of(join('gh', 'p_'), 36)],
  ['GitHub app', of(join('gh', 's_'), 36)],
  ['GitHub fine-grained', of(join('github', '_pat_'), 60)],
  ['GitLab', of(join('gl', 'pat-'), 20)],
  ['Slack bot', join('xo', 'xb-123456789012-', of('', 24))],
  ['Slack app', join('xa', 'pp-1-A0123-', of('', 24))],
  ['Slack refresh', join('xo', 'xe-1-', of('', 30))],
  ['AWS key id', join('AK', 'IA', 'IOSFODNN7EXAMPLE')],
  ['AWS session key id', join('AS', 'IA', 'IOSFODNN7EXAMPLE')],
  ['AWS secret', join('wJalrXUtnFEMI', '/K7MDENG/bPxRfiCY', 'zEXAMPLEKEY')],
  ['Google key', of(join('AI', 'za'), 35)],
  ['Google token', of(join('ya', '29.'), 60)],
  ['Stripe', of(join('sk', '_live_'), 24)],
  ['Stripe restricted', of(join('rk', '_live_'), 24)],
  ['npm', of(join('np', 'm_'), 36)],
  ['PyPI', of(join('py', 'pi-'), 60)],
  ['SendGrid', join('SG', '.', of('', 22), '.', of('', 43))],
  ['Twilio', join('SK', hex(32))],
  ['OpenAI', of(join('sk', '-proj-'), 48)],
  ['Anthropic', of(join('sk', '-ant-api03-'), 60)],
  ['JWT', jwt],
  ['Vault', of(join('hv', 's.'), 24)],
  ['DigitalOcean', join('dop', '_v1_', hex(64))],
  ['Shopify', join('shp', 'at_', hex(32))],
  ['Telegram', join('12345678', '9:A', 'A', of('', 33))],
  ['age', of(join('AGE-SECRET', '-KEY-1'), 58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')],
  ['Gatehouse', of(join('ga', 'te_'), 32)],
  ['random base64', of('', 40, 'q7Zx2Lm9Kp4Rt8Wv1Ys6Nb3Hd5Fc0Jg')],
];

describe('tokens known by their form', () => {
  it.each(TOKENS)('%s token, wherever it stands', (_, token) => {
    for (const text of [
      `deploy ${token}`,
      `deploy --x=${token}`,
      `X='${token}' deploy`,
      `echo "a ${token} b" | cat`,
      `bash -c 'deploy "${token}"'`,
      `curl https://example.com/?a=1 -d '{"k":"${token}"}'`,
      `it's only prose with ${token} in it`,
      `${token.slice(0, 9)}''${token.slice(9)}`,
      token,
    ]) {
      expect(redactText(text), text).not.toContain(token.slice(-12));
      expect(redactText(text)).toContain(R);
    }
    const { command } = redact({ kind: 'argv', argv: ['deploy', token, `--x=${token}`] });
    expect(JSON.stringify(command)).not.toContain(token.slice(-12));
  });

  it('private keys keep their frame only', () => {
    expect(redactText(`cat <<EOF\n${pem}\nEOF`)).toMatch(
      /BEGIN RSA PRIVATE KEY-----\n(%redacted%\n)+-----END/,
    );
    expect(redactText(pem.slice(0, 90))).not.toContain('MII');
  });
});

describe('secrets known by what stands beside them', () => {
  const cases: [text: string, redacted: string][] = [
    ['tool --password hunter2', `tool --password ${R}`],
    ['tool --password=hunter2 --x 1', `tool --password=${R} --x 1`],
    ["tool --password 'two words' x", `tool --password '${R}' x`],
    ['tool --password="two words" x', `tool --password="${R}" x`],
    ['tool --db-password hunter2', `tool --db-password ${R}`],
    ['tool --api-key abc123 --region eu', `tool --api-key ${R} --region eu`],
    ['tool --token abc', `tool --token ${R}`],
    ['tool --clientSecret abc', `tool --clientSecret ${R}`],
    ['mysql -uroot -phunter2 shop', `mysql -uroot -p${R} shop`],
    ["mysqldump -p'hun ter' shop", `mysqldump -p'${R}' shop`],
    ['docker login -u jo -p hunter2 registry.example.com', `docker login -u jo -p ${R} registry.example.com`],
    ['sshpass -p hunter2 ssh web-1', `sshpass -p ${R} ssh web-1`],
    ['redis-cli -a hunter2 ping', `redis-cli -a ${R} ping`],
    ['curl -u jo:hunter2 https://example.com', `curl -u jo:${R} https://example.com`],
    [
      "curl -H 'Authorization: Bearer abcdef' https://x.example.com",
      `curl -H 'Authorization: Bearer ${R}' https://x.example.com`,
    ],
    ['curl -H "Authorization: Basic am86aHVudGVy" x', `curl -H "Authorization: Basic ${R}" x`],
    ["curl -H 'X-Api-Key: abcdef' x", `curl -H 'X-Api-Key: ${R}' x`],
    ["curl -H 'PRIVATE-TOKEN: abcdef' x", `curl -H 'PRIVATE-TOKEN: ${R}' x`],
    ['DB_PASSWORD=hunter2 npm run migrate', `DB_PASSWORD=${R} npm run migrate`],
    ['export API_TOKEN=abc', `export API_TOKEN=${R}`],
    ["PGPASSWORD='hunter2' psql", `PGPASSWORD='${R}' psql`],
    ['docker run -e DB_SECRET=abc -p 80:80 x', `docker run -e DB_SECRET=${R} -p 80:80 x`],
    [
      'helm upgrade api . --set db.password=abc,image.tag=1',
      `helm upgrade api . --set db.password=${R},image.tag=1`,
    ],
    ['psql postgres://jo:hunter2@db.example.com/x', `psql postgres://jo:${R}@db.example.com/x`],
    ['curl "https://example.com/x?token=abcdef&y=1"', `curl "https://example.com/x?token=${R}&y=1"`],
    ['curl -d \'{"password": "hunter2", "a": 1}\' x', `curl -d '{"password": "${R}", "a": 1}' x`],
    ['psql "host=db password=hunter2 user=jo"', `psql "host=db password=${R} user=jo"`],
    [
      'kubectl create secret generic db --from-literal=password=hunter2',
      `kubectl create secret generic db --from-literal=password=${R}`,
    ],
    ['psql -c "ALTER USER jo WITH PASSWORD \'hunter2\'"', `psql -c "ALTER USER jo WITH PASSWORD '${R}'"`],
    ['mysql -e "CREATE USER jo IDENTIFIED BY \'hunter2\'"', `mysql -e "CREATE USER jo IDENTIFIED BY '${R}'"`],
    ["bash -c 'mysql -phunter2'", `bash -c 'mysql -p${R}'`],
    ['ssh web-1 "DB_PASSWORD=hunter2 ./run"', `ssh web-1 "DB_PASSWORD=${R} ./run"`],
    ['echo $(mysql -phunter2 -e "select 1")', `echo $(mysql -p${R} -e "select 1")`],
    ['cf set-env api SECRET_KEY hunter2', `cf set-env api SECRET_KEY ${R}`],
    ['gh secret set API_KEY --body hunter2', `gh secret set API_KEY --body ${R}`],
    [
      'aws ssm put-parameter --name x --value hunter2 --type SecureString',
      `aws ssm put-parameter --name x --value ${R} --type SecureString`,
    ],
    [
      'az storage blob list --connection-string "DefaultEndpointsProtocol=https;AccountKey=abc"',
      `az storage blob list --connection-string "${R}"`,
    ],
    ['tool --password=a"b c"d', `tool --password=${R}`],
    [`tool --password='a'"b c"`, `tool --password='${R}'""`],
    ['bash -c "mysql -p\'a\'b x"', `bash -c "mysql -p'${R}' x"`],
    ['tool --token "$(rm -rf /)"', 'tool --token "$(rm -rf /)"'],
    ['tool --token "abc$(rm -rf /)"', `tool --token "${R}$(rm -rf /)"`],
    ['ssh web-1 "X_TOKEN=1a rm -rf /"', `ssh web-1 "X_TOKEN=${R} rm -rf /"`],
    ["bash -c 'X_TOKEN=1a;rm -rf /'", `bash -c 'X_TOKEN=${R};rm -rf /'`],
  ];
  it.each(cases)('%s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});

describe('what is no secret stays', () => {
  it.each([
    'tool --password $DB_PASSWORD --token "${TOKEN}"',
    'docker login -u jo --password-stdin registry.example.com',
    'docker login -p ${{ secrets.PASSWORD }} registry.example.com',
    'vercel deploy --token=${{ secrets.VERCEL_TOKEN }}',
    'PASSWORD="$(aws secretsmanager get-secret-value --secret-id db)" ./run',
    'docker run -p 8080:80 -v /a:/b nginx',
    'ssh -p 22 web-1',
    'git checkout 3f2a9c1d4e5b60718293a4b5c6d7e8f901234567',
    `kubectl set image deployment/api api=example.com/api@sha256:${hex(64)}`,
    'nomad job stop 550e8400-e29b-41d4-a716-446655440000',
    'gate verify 01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'npm install left-pad@1.3.0-beta.2+build.20240101T120000',
    'kubectl create secret generic db --from-file=./secret.txt',
    'kubectl get secret db-credentials -o yaml',
    'aws secretsmanager get-secret-value --secret-id prod/db/password',
    'aws iam attach-user-policy --policy-arn arn:aws:iam::123456789012:policy/DeploySomethingVeryLong2Policy',
    'cat /run/secrets/db_password',
    'DB_PASSWORD_FILE=/run/secrets/db ./run',
    'tool --token-file token.txt --secret-name db',
    'rsync -a dist/assets/MyVeryLongComponentName2WithDigits1AndMore.js web-1:/srv/app/',
    'aws cloudfront create-invalidation --distribution-id E1A2B3C4D5E6F7',
    'kubectl logs api-7d9f8b6c5-x2x4z',
    'curl https://example.com:8443/a@b',
    'docker build --secret id=npm,src=.npmrc .',
    'SELECT password FROM users WHERE id = 1',
    'echo "password: see the vault"',
  ])('%s', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('redact', () => {
  it('says why and where', () => {
    expect(redact({ kind: 'argv', argv: ['tool', '--token', 'abc', '--password=x y'] })).toEqual({
      command: { kind: 'argv', argv: ['tool', '--token', R, `--password=${R}`] },
      redactions: [
        { why: 'value of --token', where: 'word 3' },
        { why: 'value of --password', where: 'word 4' },
      ],
    });
    expect(redact({ kind: 'shell', text: 'tool --token abc' }).redactions).toEqual([
      { why: 'value of --token', where: 'character 14' },
    ]);
  });

  it('does not tell the length', () => {
    expect(redactText('x --token a')).toBe(redactText('x --token abcdefghijklmnop'));
  });

  const word = fc.string({ unit: fc.constantFrom(...'abz09 \'"\\$=-./:;|&{}@%\n'), maxLength: 12 });
  it('keeps the number of words of an argv, and of the shell text made of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.constantFrom('--password', '-p', '--token=', 'mysql', 'curl', '-u')), {
          minLength: 1,
          maxLength: 8,
        }),
        (argv) => {
          const { command } = redact({ kind: 'argv', argv });
          expect(command.kind === 'argv' && command.argv.length).toBe(argv.length);
          const text = argv.map((one) => quoteWord(one)).join(' ');
          const before = walk({ kind: 'shell', text });
          const after = walk({ kind: 'shell', text: redactText(text) });
          expect(after.commands[0]?.words.length).toBe(before.commands[0]?.words.length);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('redacting again changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'mysql',
            '-phunter2',
            '--token',
            'abc',
            "'a b'",
            'X_TOKEN=1x',
            '|',
            ';',
            '"',
            '-u',
            'a:b',
            'curl',
            'https://u:p@h/',
          ),
        ),
        (words) => {
          const once = redactText(words.join(' '));
          expect(redactText(once)).toBe(once);
        },
      ),
      { numRuns: 500 },
    );
  });

  const K64 = 65_536;
  const hostile = [
    'a',
    'eyJ',
    '-',
    "'",
    '"a',
    'a:',
    'password=',
    'password ',
    '-----BEGIN PRIVATE KEY-----',
    '://',
    '://a:b',
    'Ab1/',
    '--password x ',
    '\\',
    ' ',
    'bearer ',
    '{"token":"',
    '$(',
    '${',
    '${{',
    'authorization: ',
    'a=b,',
    '\n',
    'identified by ',
    'bash -c "',
    "'\\''",
    '?token=',
    'xoxb-',
    '%',
  ];
  it.each(hostile)('64 KB of %j are read in linear time', (unit) => {
    const text = unit.repeat(Math.ceil(K64 / unit.length)).slice(0, K64);
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 10 && best > 50; run++) {
      const start = performance.now();
      redactText(text);
      best = Math.min(best, performance.now() - start);
    }
    expect(best).toBeLessThan(5_000);
  });
});

describe('redactValue', () => {
  it('goes by keys and by forms, and keeps the shape', () => {
    const token = TOKENS[0]![1];
    const cause = new Error(`bad ${token}`);
    const value: Record<string, unknown> = {
      password: 'x',
      headers: { Authorization: 'Bearer x', accept: '*/*' },
      list: [`a ${token}`, 1, null, true],
      botToken: token,
      slackSigningSecret: 'x',
      tokenCount: 3,
      hasPassword: true,
      bytes: new Uint8Array(4),
      at: new Date(0),
    };
    value.self = value;
    const text = JSON.stringify(redactValue(value));
    expect(text).not.toContain(token);
    expect(redactValue(value)).toMatchObject({
      password: R,
      headers: { Authorization: R, accept: '*/*' },
      list: [`a ${R}`, 1, null, true],
      botToken: R,
      slackSigningSecret: R,
      tokenCount: 3,
      hasPassword: true,
      bytes: '[bytes]',
      self: '[…]',
    });
    expect(JSON.stringify(redactValue(new Error('outer', { cause })))).not.toContain(token);
  });
});
