import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Learner } from '../../../src/core/learning/learner.ts';
import type { KnownRule, PastDecision, Suggestion } from '../../../src/core/learning/suggestion.ts';
import { covers } from '../../../src/core/rules/covers.ts';
import { compileRules } from '../../../src/core/rules/rule-set.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 2, 9);

const past = (day: number, command: string, given: Partial<PastDecision> = {}): PastDecision => ({
  at: START + day * DAY,
  environment: 'production',
  project: 'shop',
  requester: 'ana',
  command,
  decision: 'approved',
  decidedBy: day % 2 === 0 ? 'bo' : 'cho',
  ...given,
});

const known = (rule: string, given: Partial<KnownRule> = {}): KnownRule => ({
  rule,
  environment: 'production',
  project: 'shop',
  family: null,
  source: 'manual',
  createdAt: START,
  expiresAt: null,
  hits: null,
  lastMatchedAt: null,
  ...given,
});

function learn(decisions: PastDecision[], rules: KnownRule[] = []): Suggestion[] {
  const learner = new Learner({ now: START + 40 * DAY, rules });
  for (const decision of decisions) learner.add(decision);
  return learner.suggest();
}

const isCovered = (suggestions: Suggestion[], command: string): boolean =>
  suggestions.some(
    ({ rules }) =>
      covers(
        rules.flatMap((rule) =>
          compileRules(rule).flatMap(({ compilation }) => (compilation.valid ? [compilation.rule] : [])),
        ),
        { kind: 'shell', text: command },
      ).covered,
  );

const setImage = (service: string, sha: string, rest = ''): string =>
  `kubectl set image deployment/${service} ${service}=registry.example.com/shop/${service}:${sha} -n shop${rest}`;
const status = (service: string): string =>
  `kubectl rollout status deployment/${service} -n shop --timeout=300s`;
const DEPLOYS = [
  past(0, setImage('api', '1f2e3d4')),
  past(1, setImage('api', '2f2e3d5')),
  past(2, setImage('web', '3f2e3d6')),
  past(0, status('api')),
  past(1, status('web')),
  past(2, 'helm history worker -n shop'),
];

describe('what is learned', () => {
  it('opens a version and nothing else', () => {
    const found = learn(DEPLOYS);
    expect(isCovered(found, setImage('api', '9a8b7c6'))).toBe(true);
    for (const sha of ['latest', 'main', '9a8b7c', '9a8b7c6;id', '1.2.3'])
      expect([sha, isCovered(found, setImage('api', sha))]).toEqual([sha, false]);
    expect(isCovered(found, setImage('api', '9a8b7c6', ' --force'))).toBe(false);
    expect(isCovered(found, `${setImage('api', '9a8b7c6')}; rm -rf /`)).toBe(false);
    expect(isCovered(found, setImage('api', '9a8b7c6').replace('-n shop', '-n kube-system'))).toBe(false);
  });

  it('is named after the program and what it does, wherever its options stand', () => {
    expect(learn(DEPLOYS)).toContainEqual(
      expect.objectContaining({
        commandFamily: 'kubectl set image',
        title: 'Let pass kubectl set image in production',
      }),
    );
    const upgrade = (version: string) => `deployctl upgrade shop --to ${version}`;
    expect(learn([past(0, upgrade('1.4.2')), past(1, upgrade('1.4.3'))])[0]?.commandFamily).toBe(
      'deployctl upgrade shop',
    );
  });

  it('keeps the places of a target together', () => {
    const found = learn(DEPLOYS);
    expect(isCovered(found, setImage('web', '9a8b7c6'))).toBe(true);
    expect(isCovered(found, setImage('vault', '9a8b7c6'))).toBe(false);
    expect(isCovered(found, setImage('web', '9a8b7c6').replace('web=', 'api='))).toBe(false);
  });

  it('keeps them together where one place wears a longer name', () => {
    const update = (name: string, key: string, sha: string) =>
      `aws lambda update-function-code --function-name ${name}-prod --s3-key ${key}/${sha}.zip`;
    const days = [0, 1, 2, 3];
    const names = ['syncer', 'pusher'];
    const found = learn(
      names.flatMap((name) =>
        days.flatMap((day) => [
          past(day, update(name, name, `${day}f2e3d4`)),
          past(day, `aws lambda get-function --function-name ${name}-prod`),
          past(day, `aws logs tail /aws/lambda/${name}-prod`),
        ]),
      ),
    );
    expect(isCovered(found, update('syncer', 'syncer', '9a8b7c6'))).toBe(true);
    expect(isCovered(found, update('syncer', 'pusher', '9a8b7c6'))).toBe(false);
    expect(isCovered(found, update('pusher', 'syncer', '9a8b7c6'))).toBe(false);
  });

  it('spells values out where the language takes no choice', () => {
    const remote = (host: string) => `ssh deploy@${host}.example.com 'cd /srv && docker compose pull'`;
    const found = learn([0, 1].flatMap((day) => ['web-1', 'web-2'].map((host) => past(day, remote(host)))));
    expect(['web-1', 'web-2', 'web-3'].filter((host) => isCovered(found, remote(host)))).toEqual([
      'web-1',
      'web-2',
    ]);
  });

  it('takes other orders of options where the program does not care, and no others', () => {
    const run = (program: string, day: number, tag: string) =>
      past(day, `${program} history api -n shop --max ${tag}`);
    const helm = learn([run('helm', 0, '5'), run('helm', 1, '5')]);
    expect(isCovered(helm, 'helm history api --max 5 -n shop')).toBe(true);
    const other = learn([run('owntool', 0, '5'), run('owntool', 1, '5')]);
    expect(isCovered(other, 'owntool history api -n shop --max 5')).toBe(true);
    expect(isCovered(other, 'owntool history api --max 5 -n shop')).toBe(false);
  });

  it('keeps capacities as they were seen', () => {
    const scale = (day: number, to: number) =>
      past(day, `kubectl scale deployment/api --replicas=${to} -n shop`);
    const found = learn([0, 1].flatMap((day) => [2, 3, 4, 8].map((to) => scale(day, to))));
    expect([0, 1, 2, 3, 4, 5, 8, 500].filter((to) => isCovered(found, scale(0, to).command))).toEqual([
      2, 3, 4, 8,
    ]);
  });

  it('takes no host for another because its number differs', () => {
    const restart = (day: number, host: string) => past(day, `ssh deploy@${host}.example.com uptime`);
    const found = learn([1, 2, 3, 4, 5, 6].map((n) => restart(n, `web-0${Math.ceil(n / 2) * 2 - 1}`)));
    expect(
      ['web-01', 'web-02', 'web-05', 'web-07', 'db-01'].filter((host) =>
        isCovered(found, restart(0, host).command),
      ),
    ).toEqual(['web-01', 'web-05']);
  });

  it('learns no pipe into a program that applies what it reads', () => {
    const found = learn(
      [0, 1].map((day) => past(day, 'echo "disable server app/web-01" | socat stdio /run/admin.sock')),
    );
    expect(found).toEqual([]);
  });

  it('does not take a pre-release for the version that was approved', () => {
    const found = learn(
      [0, 1, 2].map((day) => past(day, `helm upgrade api charts/api --version 1.4.${day}`)),
    );
    expect(isCovered(found, 'helm upgrade api charts/api --version 1.5.0')).toBe(true);
    expect(isCovered(found, 'helm upgrade api charts/api --version 1.5.0-rc1')).toBe(false);
  });

  it('leaves what cannot be analysed word for word', () => {
    const found = learn([0, 1].map((day) => past(day, 'vercel deploy --token=$VERCEL_TOKEN')));
    expect(found.map(({ rules }) => rules)).toEqual([['= vercel deploy --token=$VERCEL_TOKEN']]);
  });
});

describe('what is evidence', () => {
  const commands = ['kubectl get pods -n shop', 'kubectl get pods -n shop'];
  const cases: [string, Partial<PastDecision>[], boolean][] = [
    ['two days, two reviewers', [{}, { at: START + DAY, decidedBy: 'cho' }], true],
    ['two people on one day', [{}, { requester: 'dee' }], true],
    ['an afternoon of one person', [{ decidedBy: 'bo' }, { decidedBy: 'cho' }], false],
    ['one requester with one reviewer', [{}, { at: START + DAY }], false],
    ['one who approves oneself', [{ decidedBy: 'ana' }, { at: START + DAY, decidedBy: 'cho' }], false],
    ['what a rule let pass', [{ decision: 'auto' }, { at: START + DAY, decidedBy: 'cho' }], false],
    ['what ended badly', [{ exitCode: 1 }, { at: START + DAY, decidedBy: 'cho' }], false],
  ];
  it.each(cases)('%s', (_, given, isEnough) => {
    const found = learn(given.map((more, i) => past(0, commands[i] ?? '', more)));
    expect(found.length > 0).toBe(isEnough);
  });

  it('takes no value into a family that one requester and one reviewer alone brought', () => {
    const poison = [3, 4, 5].flatMap((day) => {
      const by = { requester: 'mal', decidedBy: 'cho' };
      return [past(day, setImage('evil', `${day}a8b7c6`), by), past(day, status('evil'), by)];
    });
    expect(isCovered(learn([...DEPLOYS, ...poison]), setImage('evil', '9a8b7c6'))).toBe(false);
    expect(isCovered(learn([...DEPLOYS, ...poison]), setImage('api', '9a8b7c6'))).toBe(true);
  });

  it('withdraws what a denial contradicts, wherever it came from in the environment', () => {
    const denial = past(3, setImage('web', '7a8b7c6'), { decision: 'denied', project: 'other' });
    expect(isCovered(learn([...DEPLOYS, denial]), setImage('api', '9a8b7c6'))).toBe(false);
    expect(
      isCovered(learn([...DEPLOYS, { ...denial, environment: 'staging' }]), setImage('api', '9a8b7c6')),
    ).toBe(true);
  });

  it('never learns what is CRITICAL, or feeds a shell', () => {
    const twice = (command: string) => learn([past(0, command), past(1, command)]);
    expect(twice('kubectl delete namespace shop')).toEqual([]);
    expect(twice('curl -fsSL https://example.com/x | sh')).toEqual([]);
  });

  it('says the same in any order, and nothing once it is in force', () => {
    const once = learn(DEPLOYS);
    fc.assert(
      fc.property(fc.shuffledSubarray(DEPLOYS, { minLength: DEPLOYS.length }), (shuffled) => {
        expect(learn(shuffled)).toEqual(once);
      }),
    );
    const inForce = once.flatMap(({ rules, family }) =>
      rules.map((rule) => known(rule, { family, source: 'suggested' })),
    );
    expect(learn(DEPLOYS, inForce)).toEqual([]);
  });

  it('extends a family under the same id', () => {
    const [first] = learn(DEPLOYS).filter(({ commandFamily }) => commandFamily.startsWith('kubectl set'));
    const inForce = (first?.rules ?? []).map((rule) => known(rule, { family: first?.family ?? null }));
    const cart = [
      past(5, setImage('cart', '4f2e3d6')),
      past(6, setImage('cart', '5f2e3d6')),
      past(6, status('cart')),
    ];
    const [more] = learn([...DEPLOYS, ...cart], inForce).filter(({ family }) => family === first?.family);
    expect(more?.kind).toBe('extend');
    expect(isCovered(more ? [more] : [], setImage('cart', '9a8b7c6'))).toBe(true);
  });
});

describe('what is pruned', () => {
  const causes = (found: Suggestion[]) =>
    found.filter(({ kind }) => kind === 'prune').map(({ cause, replaces }) => [cause, replaces[0]]);

  it('an exact rule beside a pattern that covers it', () => {
    const rules = [known('= kubectl get pods -n shop'), known('kubectl get pods -n {target:shop,jobs}')];
    expect(causes(learn([], rules))).toEqual([['redundant', '= kubectl get pods -n shop']]);
  });

  it('a rule that covers something denied', () => {
    const rules = [known('docker push registry.example.com/*:*')];
    const denied = past(1, 'docker push registry.example.com/api:latest', { decision: 'denied' });
    expect(causes(learn([denied], rules))).toEqual([['denied', rules[0]?.rule]]);
  });

  it('a rule that would let a moving version pass', () => {
    const rules = [known('docker push registry.example.com/*:*')];
    const passed = past(1, 'docker push registry.example.com/api:1f2e3d4', { decision: 'auto' });
    expect(causes(learn([passed], rules))).toEqual([['too-broad', rules[0]?.rule]]);
  });

  it('a rule nobody used for a month; one of which nothing is known stays', () => {
    const rules = [known('git pull', { hits: 0 }), known('git fetch')];
    expect(causes(learn([], rules))).toEqual([['unused', 'git pull']]);
  });
});
