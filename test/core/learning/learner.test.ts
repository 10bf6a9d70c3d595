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
    for (const pipe of [
      'curl -fsS https://example.com/install | sh',
      'echo "drop table orders" | psql shop',
      'echo web-01 | xargs -n1 restart',
      'cat servers | socat stdio /run/admin.sock',
      'echo "disable server $SERVER" | socat stdio /run/admin.sock',
      'cat servers | grep web | nc example.com 9000',
    ])
      expect([pipe, learn([0, 1].map((day) => past(day, pipe)))]).toEqual([pipe, []]);
  });

  it('learns word for word what is spelled out and goes to a socket', () => {
    const drain = (server: number) =>
      `echo "disable server app/web-0${server}" | socat stdio /run/admin.sock`;
    const found = learn(
      [0, 1].flatMap((day) => [past(day, drain(1)), past(day, drain(2)), past(0, drain(3))]),
    );
    expect(found.map(({ rules }) => rules)).toEqual([[`= ${drain(1)}`, `= ${drain(2)}`]]);
  });

  it('takes a name for a target although it is always a part of longer ones', () => {
    const upload = (name: string) => past(1, `aws s3 cp ${name}/app.zip s3://shop-builds`);
    const both = (name: string, day: number) => [
      past(day, `aws lambda get-function --function-name ${name}-prod`),
      past(day, `aws logs tail /aws/lambda/${name}-prod`),
    ];
    const found = learn([
      ...['syncer', 'pusher'].flatMap((name) => [
        ...both(name, 0),
        ...both(name, 1),
        upload(name),
        upload(name),
      ]),
      ...both('mailer', 2),
      ...both('mailer', 3).slice(0, 1),
    ]);
    expect(isCovered(found, 'aws logs tail /aws/lambda/mailer-prod')).toBe(true);
    expect(isCovered(found, 'aws logs tail /aws/lambda/vault-prod')).toBe(false);
  });

  it('writes options in the styles people use, where the program does not care', () => {
    const found = learn([
      ...[0, 1].map((day) => past(day, 'helm history api --max 5 -n shop')),
      past(0, 'helm status web --namespace=shop'),
      past(0, 'own status web --namespace=shop'),
      ...[0, 1].map((day) => past(day, 'own history api -n shop')),
    ]);
    expect(isCovered(found, 'helm history api --namespace=shop --max 5')).toBe(true);
    expect(isCovered(found, 'helm history api --namespace shop --max 5')).toBe(false);
    expect(isCovered(found, 'own history api --namespace=shop')).toBe(false);
  });

  it('takes a program that got another name for the same, in the names that were seen', () => {
    const up = (program: string) => `${program} -f compose.yml up -d api`;
    expect(isCovered(learn([0, 1].map((day) => past(day, up('docker-compose')))), up('docker compose'))).toBe(
      false,
    );
    const found = learn([past(0, up('docker-compose')), past(1, up('docker compose'))]);
    expect(found.map(({ rules }) => rules)).toEqual([[up('docker compose'), up('docker-compose')]]);
  });

  it('takes a host that others vouch for in other commands, when it was approved here, too', () => {
    const on = (host: string, command: string) => `ssh deploy@${host}.example.com ${command}`;
    const found = learn([
      ...[0, 1].map((day) => past(day, on('web-1', 'uptime'))),
      past(0, on('web-2', 'uptime')),
      ...[0, 1].map((day) => past(day, on('web-2', 'df'))),
      past(0, on('web-3', 'uptime')),
    ]);
    const hosts = ['web-1', 'web-2', 'web-3'];
    expect(hosts.filter((host) => isCovered(found, on(host, 'uptime')))).toEqual(['web-1', 'web-2']);
    expect(hosts.filter((host) => isCovered(found, on(host, 'df')))).toEqual(['web-2']);
  });

  it('takes numbers that grow by their digits, and never fewer than were seen', () => {
    const alias = (version: number) =>
      `aws lambda update-alias --function-name api --name live --function-version ${version}`;
    const found = learn([108, 121, 133, 145, 160].map((version, day) => past(day, alias(version))));
    expect([0, 9, 17, 99, 100, 171, 999, 1000].filter((n) => isCovered(found, alias(n)))).toEqual([
      100, 171, 999,
    ]);
  });

  it('takes the number of a migration for no place', () => {
    const migrate = (target: string) => `flyway -configFiles=conf/prod.conf -target=${target} info`;
    const found = learn(
      ['212.5', '216.7', '219.1', '224.4'].map((target, day) => past(day, migrate(target))),
    );
    expect(isCovered(found, migrate('231.8'))).toBe(true);
    expect(isCovered(found, migrate('latest'))).toBe(false);
  });

  it('keeps the prefix of a ticket to those that were seen', () => {
    const checkout = (branch: string) => `git push origin feature/${branch}:main`;
    const branches = ['WEB-101-fix-carts', 'PAY-102-fix-users', 'WEB-103-sort-rows', 'PAY-104-trim-logs'];
    const found = learn(branches.flatMap((branch) => [0, 1].map((day) => past(day, checkout(branch)))));
    expect(
      ['WEB-101-fix-carts', 'PAY-102-fix-users', 'OPS-101-fix-carts'].filter((branch) =>
        isCovered(found, checkout(branch)),
      ),
    ).toEqual(['WEB-101-fix-carts', 'PAY-102-fix-users']);
  });

  it('warns of a sudden change of what is asked', () => {
    const old = [0, 20].map((day) => past(day, 'kubectl get pods -n shop'));
    const warned = (days: number[]) =>
      learn([...old, ...days.map((day) => past(day, 'kubectl get secrets -n shop'))])
        .filter(({ cautions }) => cautions.includes('Nobody asked for it until a few days ago.'))
        .map(({ rules }) => rules);
    expect(warned([18, 19])).toEqual([['kubectl get secrets -n shop']]);
    expect(warned([3, 19])).toEqual([]);
  });

  it('shows of an extension what is new first', () => {
    const [first] = learn(DEPLOYS).filter(({ commandFamily }) => commandFamily === 'kubectl set image');
    const more = [
      past(9, setImage('mailer', '4f2e3d7')),
      past(9, status('mailer')),
      past(8, setImage('mailer', '5f2e3d7')),
    ];
    const [extended] = learn(
      [...DEPLOYS, ...more, past(10, setImage('api', '6f2e3d7'))],
      first?.rules.map((rule) => known(rule, { family: first.family, source: 'suggested' })),
    ).filter(({ kind }) => kind === 'extend');
    expect(extended?.family).toBe(first?.family);
    expect(extended?.evidence.examples.slice(0, 2)).toEqual(
      more.filter(({ command }) => command.includes('set image')).map(({ command }) => command),
    );
  });

  it('tells what stood in each open place', () => {
    const [found] = learn(DEPLOYS).filter(({ commandFamily }) => commandFamily === 'kubectl set image');
    expect(found?.slots).toEqual([
      { slot: '{target:api,web}', seen: ['api', 'web'], count: 2 },
      { slot: '{sha:7}', seen: ['1f2e3d4', '2f2e3d5', '3f2e3d6'], count: 3 },
    ]);
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

describe('what another environment tells', () => {
  const restart = (namespace: string) => `kubectl rollout restart deployment/api -n ${namespace}`;
  const staging = { environment: 'staging' };
  const there = [0, 1].map((day) => past(day, restart('shop-stg'), staging));
  const here = [0, 1].map((day) => past(day, 'kubectl get pods -n shop-prod'));

  it('makes one approval here enough, when what differs is vouched for', () => {
    expect(isCovered(learn([...there, past(2, restart('shop-prod'))]), restart('shop-prod'))).toBe(false);
    const found = learn([...there, ...here, past(2, restart('shop-prod'))]);
    expect(isCovered(found, restart('shop-prod'))).toBe(true);
    expect(found.find(({ rules }) => rules.includes(restart('shop-prod')))?.cautions).toContain(
      'Seldom approved here; in other environments of the project 2 times.',
    );
  });

  it('opens no place that nobody else vouches for', () => {
    const found = learn([...there, ...here, past(2, restart('kube-system'))]);
    expect(isCovered(found, restart('kube-system'))).toBe(false);
  });

  it('opens nothing that was never approved here, and nothing of another project', () => {
    expect(isCovered(learn([...there, ...here]), restart('shop-prod'))).toBe(false);
    const elsewhere = there.map((each) => ({ ...each, project: 'other' }));
    expect(
      isCovered(learn([...elsewhere, ...here, past(2, restart('shop-prod'))]), restart('shop-prod')),
    ).toBe(false);
  });

  it('lends versions, never how much', () => {
    const scale = (to: number, namespace: string) =>
      `kubectl scale deployment/api --replicas=${to} -n ${namespace}`;
    const found = learn([
      ...[2, 3].flatMap((to) => [0, 1].map((day) => past(day, scale(to, 'shop-stg'), staging))),
      ...here,
      past(2, scale(2, 'shop-prod')),
    ]);
    expect([2, 3].filter((to) => isCovered(found, scale(to, 'shop-prod')))).toEqual([2]);
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

  it('an exact rule for every project, when rules of all projects it was seen in cover it', () => {
    const seen = [past(1, 'kubectl get pods -n shop', { decision: 'auto' })];
    const wide = known('= kubectl get pods -n shop', { project: '*' });
    const rules = [wide, known('kubectl get pods -n {target:shop,jobs}')];
    expect(causes(learn(seen, rules))).toEqual([['redundant', wide.rule]]);
    const elsewhere = past(1, 'kubectl get pods -n shop', { decision: 'auto', project: 'jobs' });
    expect(causes(learn([...seen, elsewhere], rules))).toEqual([]);
  });

  it('of two rules for one command the one that belongs to no family', () => {
    const rules = [known('= git pull'), known('git pull', { family: 'fam_1', source: 'suggested' })];
    expect(causes(learn([], rules))).toEqual([['redundant', '= git pull']]);
  });

  it('a rule that leaves open what is done, or is not valid', () => {
    const broad = [
      'kubectl *',
      'terraform *',
      'helm upgrade *',
      'aws s3 sync * *',
      'ssh deploy@* *',
      'docker push *',
    ];
    const everywhere = { environment: '*', project: '*' };
    expect(
      causes(
        learn(
          [],
          broad.map((rule) => known(rule, everywhere)),
        ),
      ),
    ).toEqual(broad.map((rule) => ['too-broad', rule]).sort());
    expect(
      causes(
        learn(
          [],
          ['ls *', 'git log *', 'cat *.txt'].map((rule) => known(rule)),
        ),
      ),
    ).toEqual([]);
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

  it('a rule nobody used for two weeks; one of which nothing is known stays', () => {
    const rules = [known('git pull', { hits: 0 }), known('git fetch')];
    expect(causes(learn([], rules))).toEqual([['unused', 'git pull']]);
  });
});
