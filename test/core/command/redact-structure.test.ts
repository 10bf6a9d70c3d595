import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from '../../../src/core/command/parse.ts';
import { redact } from '../../../src/core/command/redact.ts';

/** What redaction must leave as it is: commands, operators, words, and whether each is known before it runs. */
function shapeOf(text: string) {
  const parsed = parse({ kind: 'shell', text });
  if (!parsed.analysable) return null;
  return parsed.commands.map(({ operator, words, assignments, redirections }) => ({
    operator,
    words: words.map((word) => word.static),
    assignments: assignments.map(({ name, value }) => [name, value.static]),
    redirections: redirections.map(({ operator: op, fd }) => [op, fd]),
  }));
}

const secret = fc.constantFrom(
  'hunter2',
  'Tr0ub4dor&3',
  'a b',
  '$(rm -rf /)',
  '`id`',
  '$HOME',
  "it's",
  'x;y',
  'q"r',
  '',
);
const dress = fc.constantFrom(
  (s: string) => s,
  (s: string) => `'${s}'`,
  (s: string) => `"${s}"`,
  (s: string) => `"a${s}b"`,
);
const carrier = fc.constantFrom(
  (s: string) => `deploy --password ${s} --env prod`,
  (s: string) => `deploy --password=${s} --env prod`,
  (s: string) => `DB_PASSWORD=${s} migrate up`,
  (s: string) => `curl -u admin:${s} https://example.com`,
  (s: string) => `curl -H "Authorization: Bearer ${s}" https://example.com`,
  (s: string) => `psql postgres://app:${s}@db.example.com/shop -c "select 1"`,
  (s: string) => `mysql -uroot -p${s} shop`,
  (s: string) => `docker run -e TOKEN=${s} image`,
  (s: string) => `export API_KEY=${s}`,
);
const tail = fc.constantFrom('', ' && rm -rf /tmp/x', '; id', ' | sh', ' > /etc/passwd', ' $(evil)', ' &');

it('hides values, never structure: what runs is seen with the secrets and without them alike', () => {
  fc.assert(
    fc.property(carrier, dress, secret, tail, (carry, wear, value, end) => {
      const text = carry(wear(value)) + end;
      // What does not parse is covered by no rule, and a client does not run it on a rule's word.
      fc.pre(shapeOf(text) !== null);
      const shown = redact({ kind: 'shell', text }).command;
      expect(shapeOf(shown.kind === 'shell' ? shown.text : '')).toEqual(shapeOf(text));
    }),
    { numRuns: 3000 },
  );
});
