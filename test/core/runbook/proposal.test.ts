import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../src/config/config.ts';
import { toPolicy } from '../../../src/config/policies.ts';
import { PolicyShape } from '../../../src/config/policy-shape.ts';
import type { Command } from '../../../src/core/command/command.ts';
import { judgePolicies, type Policy } from '../../../src/core/policy.ts';
import { type BlockProposal, blockProposals, type Denial } from '../../../src/core/runbook/proposal.ts';

const denial = (command: string | Command, over: Partial<Denial> = {}): Denial => ({
  command: typeof command === 'string' ? { kind: 'shell', text: command } : command,
  project: 'shop',
  repository: null,
  ref: undefined,
  level: 'HIGH',
  requesterKind: 'ci',
  reason: 'use pg_repack',
  by: 'Ana',
  at: new Date('2026-03-12T12:00:00Z'),
  ...over,
});
const propose = (denials: Denial[], policies: Policy[] = []) =>
  blockProposals(denials, { environment: 'production', policies });

/** The policies of a file as the gate reads it, with what was proposed pasted into it. */
const configured = (proposals: BlockProposal[]): Policy[] => {
  const lines = proposals.map(({ policy }) => policy.replace(/^(?=.)/gm, '  ')).join('');
  const file = `url: http://gate.example.com
environments:
  production: { channel: "#deploys", reviewers: channel }
policies:
${lines}`;
  return readConfig(file, {}).policies as Policy[];
};

const blocks = (policies: Policy[], command: Command, environment = 'production') =>
  judgePolicies(policies, {
    environment,
    project: 'shop',
    repository: null,
    branch: null,
    changedPaths: null,
    command,
    level: 'LOW',
    insideOfficeHours: true,
    requesterKind: 'ci',
  }).block;

describe('three denials of one kind', () => {
  const three = [
    'kubectl delete ns shop',
    'kubectl -n x delete ns/shop --now',
    'kubectl delete namespace shop',
  ];

  it('propose a policy that the configuration takes and that blocks those three', () => {
    const proposals = propose(three.map((text) => denial(text)));
    expect(proposals).toMatchObject([
      {
        topic: { family: 'kubectl delete', target: 'namespace/shop' },
        denials: 3,
        reasons: ['use pg_repack'],
      },
    ]);
    const policies = configured(proposals);
    for (const text of three)
      expect(blocks(policies, { kind: 'shell', text }), text).toMatchObject({
        effect: { kind: 'block', reason: 'Denied 3 times. People said: “use pg_repack”.' },
      });
    expect(blocks(policies, { kind: 'shell', text: three[0] ?? '' }, 'staging')).toBeNull();
    expect(blocks(policies, { kind: 'shell', text: 'kubectl get ns shop' })).toBeNull();
    expect(blocks(policies, { kind: 'shell', text: 'kubectl delete pod x' })).toBeNull();
  });

  it('two propose nothing, and neither do three of different kinds', () => {
    expect(propose(three.slice(1).map((text) => denial(text)))).toEqual([]);
    expect(propose(['psql -c x', 'rm x', 'kubectl delete pod x'].map((text) => denial(text)))).toEqual([]);
  });

  it('with different targets propose one for the whole kind; a target denied as often has its own', () => {
    const spread = ['helm uninstall a', 'helm uninstall b', 'helm uninstall c'];
    const [all] = propose(spread.map((text) => denial(text)));
    expect(all).toMatchObject({ topic: { family: 'helm uninstall', target: null } });
    expect(blocks(configured(all ? [all] : []), { kind: 'shell', text: 'helm uninstall d' })).not.toBeNull();
    const both = propose([...spread, 'helm uninstall a', 'helm uninstall a'].map((text) => denial(text)));
    expect(both.map(({ topic, denials }) => [topic.target, denials])).toEqual([['a', 3]]);
  });

  it('propose nothing that a policy blocks already', () => {
    const denials = three.map((text) => denial(text));
    expect(propose(denials, configured(propose(denials)))).toEqual([]);
  });

  it('say every reason once, the latest first', () => {
    const days = ['2026-03-01', '2026-03-02', '2026-03-03'].map((at) => new Date(at));
    const [found] = propose([
      denial('rm x', { reason: 'frozen', at: days[0] }),
      denial('rm x', { reason: 'Frozen ', at: days[1] }),
      denial('rm x', { reason: 'ask #data', at: days[2] }),
    ]);
    expect(found?.reasons).toEqual(['ask #data', 'Frozen']);
    expect([found?.firstAt, found?.lastAt]).toEqual([days[0], days[2]]);
  });

  it.each([
    ['what an environment would fill in', 'rm -rf ${HOME}/x'],
    ['a redacted word', 'rm -rf %redacted% x'],
    ['control characters', 'rm \u0001 x\u0001'],
    ['several lines', 'rm -rf x\nrm -rf y'],
    ['a long text', `rm -rf ${'x '.repeat(400)}`],
    ['quotes and odd letters', `rm -rf "a'b" \u2028 \u202e # é`],
  ])('hold for %s', (_, text) => {
    const policies = configured(propose([denial(text), denial(text), denial(text)]));
    expect(blocks(policies, { kind: 'shell', text })).not.toBeNull();
  });

  it('hold whatever people wrote and whatever was asked', () => {
    const words = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        '${X}',
        '"\n  allow: true',
        "'",
        '- name: x',
        '# x',
        ': ',
        '\\',
        '{}',
        '\u0085',
        '%redacted%',
      ),
    );
    const text = fc
      .array(words, { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('').replaceAll('\0', ''));
    fc.assert(
      fc.property(text, text, (said, argument) => {
        const command: Command = { kind: 'argv', argv: ['deployctl', argument] };
        const proposals = propose([1, 2, 3].map(() => denial(command, { reason: said })));
        if (proposals.length === 0) return;
        const [entry] = parse(proposals[0]!.policy) as unknown[];
        const shape = PolicyShape.parse(entry);
        expect(Object.keys(shape).sort()).toEqual(['block', 'match', 'name']);
        expect(blocks([toPolicy(shape)], command)).not.toBeNull();
        expect(configured(proposals)).toHaveLength(1);
      }),
      { numRuns: 400 },
    );
  });
});
