import type { PastDecision } from '../../src/core/learning/suggestion.ts';
import { random } from './rules-workload.ts';

/**
 * A history for the benchmark: teams that deploy their services to two environments with many tools, some kinds of
 * commands far more often than others, one line in twenty that never comes back, some denied, refused or failed ones.
 * The same numbers give the same history.
 */
export interface History {
  /** The next decisions, the oldest first. */
  take(count: number): Told[];
}
/** A decision, and what it is of. */
export interface Told {
  past: PastDecision;
  /** The family of rules that a person would make of it: the same but for the service and what changes; null: none. */
  family: string | null;
}

type Values = Record<string, (pick: Pick) => string>;
type Pick = (below: number) => number;

const DAYS = 90;
const DAY_MS = 86_400_000;
/** When the history ends. */
export const END = Date.UTC(2026, 9, 1);

const TEAMS: Record<string, string> = {
  shop: 'cart checkout catalog pricing coupons stock wishlist reviews',
  money: 'invoices ledger payouts refunds taxes disputes wallets statements',
  reach: 'mailer push campaigns segments audience surveys referrals banners',
  field: 'routes couriers depots parcels tracking fleet shifts scanners',
  core: 'accounts sessions profiles consent flags gateway assets search',
};
const ENVIRONMENTS = ['staging', 'production'];
const letters = (alphabet: string, length: number, pick: Pick): string => {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet[pick(alphabet.length)];
  return text;
};
const HEX = '0123456789abcdef';
const two = (n: number): string => String(n).padStart(2, '0');
const day = (pick: Pick): string => `2026-${two(1 + pick(12))}-${two(1 + pick(28))}`;

/** What changes from one run to the next, as masks for versions, shas, dates and numbers know it. */
const USUAL: Values = {
  sha: (pick) => letters(HEX, 7, pick),
  commit: (pick) => letters(HEX, 40, pick),
  version: (pick) => `${pick(12)}.${pick(60)}.${pick(40)}`,
  tag: (pick) => `v${pick(12)}.${pick(60)}.${pick(40)}`,
  day,
  build: (pick) => String(10_000 + pick(80_000)),
  digest: (pick) => `sha256:${letters(HEX, 64, pick)}`,
  revision: (pick) => String(1 + pick(180)),
};
/** What no mask was written for: words of each team's own making. */
const UNUSUAL: Values = {
  sha: (pick) => `b${pick(9000)}g${letters(HEX, 6, pick)}`,
  commit: (pick) => letters('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 26, pick),
  version: (pick) => `${26 + pick(4)}w${two(1 + pick(52))}d${1 + pick(7)}`,
  tag: (pick) => `rel${pick(900)}x${pick(90)}`,
  day: (pick) => `2026${two(1 + pick(12))}${two(1 + pick(28))}T${two(pick(24))}${two(pick(60))}`,
  build: (pick) => `ci${pick(90)}n${pick(90_000)}`,
  digest: (pick) =>
    `${letters(HEX, 8, pick)}-${letters(HEX, 4, pick)}-4${letters(HEX, 3, pick)}-a${letters(HEX, 3, pick)}-${letters(HEX, 12, pick)}`,
  revision: (pick) => `r${1 + pick(180)}`,
};

/** `<sha>` and the like stand for a value; `%s`, `%t` and `%e` for the service, its team and the environment. */
const KINDS = [
  'kubectl set image deployment/%s %s=registry.example.com/%t/%s:<sha> -n %t-%e',
  'kubectl rollout restart deployment/%s -n %t-%e',
  'kubectl rollout undo deployment/%s --to-revision=<revision> -n %t-%e',
  'kubectl annotate deployment/%s deployed-at=<day> --overwrite -n %t-%e',
  'kubectl create job %s-migrate-<build> --from=cronjob/%s-migrate -n %t-%e',
  'helm upgrade %s charts/%s --namespace %t-%e --set image.tag=<tag> --wait',
  'helm upgrade %s oci://registry.example.com/charts/%s --version <version> -n %t-%e',
  'helm rollback %s <revision> --namespace %t-%e',
  'docker push registry.example.com/%t/%s:<version>',
  'docker pull registry.example.com/%t/%s@<digest>',
  'aws ecs update-service --cluster %t-%e --service %s --task-definition %s:<revision>',
  'aws s3 sync build/%s-<sha>/ s3://%t-%e-assets/%s/ --delete',
  'aws lambda update-function-code --function-name %s-%e --s3-bucket %t-%e-code --s3-key %s/<commit>.zip',
  'gcloud run deploy %s --image gcr.io/%t-%e/%s:<commit> --region europe-west1 --quiet',
  'flyctl deploy --app %s-%e --image registry.example.com/%t/%s:<tag>',
  'terraform apply -auto-approve plans/%e/%s-<day>-<build>.tfplan',
  './deploy.sh %s %e <sha>',
  'bin/migrate --service %s --env %e --to <build>',
  'pg_dump -h %s.%e.db.internal -Fc -f backups/%s-<day>.dump %s',
  'dbt run --target %e --select %s --vars run:<day>',
  'gh workflow run release.yml --repo %t/%s --ref <tag> -f env=%e',
  'npm run release --workspace %s -- --env=%e --build=<build>',
  'sentry-cli releases deploys %s@<version> new --env %e',
  'argocd app set %s-%e --revision <commit>',
  'ansible-playbook deploy.yml -i inventories/%e -l %s -e version=<version>',
];
/** Of these nobody makes a rule: an own word in each. */
const ONE_OFFS = [
  'kubectl exec deploy/%s -n %t-%e -- cat /tmp/%w',
  'kubectl logs job/%s-%w -n %t-%e',
  'git push origin fix/%w:release-%e',
  'aws s3 cp s3://%t-%e-assets/%s/%w.csv .',
  'psql -h %s.%e.db.internal -d %s -f fixes/%w.sql',
];
const DANGERS = [
  'kubectl delete namespace %t-%w',
  'terraform destroy -auto-approve -target=module.%w',
  'psql -h %s.%e.db.internal -d %s -c "drop table %w"',
];

/** One for each kind, service and environment; of each the family that it belongs to. */
const RULES = Object.entries(TEAMS).flatMap(([team, services]) =>
  services
    .split(' ')
    .flatMap((service) =>
      ENVIRONMENTS.flatMap((environment) =>
        KINDS.map((kind) => ({ team, service, environment, kind, family: `${team} ${environment} ${kind}` })),
      ),
    ),
);
/** How many rules a person would need who wrote one for each kind, service and environment. */
export const TRUE_RULES = RULES.length;

/** @param unseen the values are of a kind that no mask was written for */
export function makeHistory(total: number, { unseen = false, seed = 5 } = {}): History {
  const next = random(seed);
  const pick: Pick = (below) => Math.floor(next() * below);
  const values = unseen ? UNUSUAL : USUAL;
  // Which are asked often is the same in every history.
  const shuffle = random(1);
  const order = RULES.map((_, i) => ({ i, at: shuffle() }))
    .sort((a, b) => a.at - b.at)
    .map(({ i }) => i);
  const weights = cumulated(order.map((_, rank) => 1 / (rank + 1) ** 1.07));
  let made = 0;
  return { take: (count) => Array.from({ length: count }, () => one()) };

  function one(): Told {
    made += 1;
    const n = order[drawn(weights, next())] as number;
    const { team, service, environment, kind, family } = RULES[n] as (typeof RULES)[number];
    const what = next();
    const odd = what < 0.04 ? ONE_OFFS : what < 0.05 ? DANGERS : null;
    const text = (odd ? (odd[pick(odd.length)] as string) : kind).replace(
      /%([stew])|<([a-z]+)>/g,
      (_, place: string | undefined, value: string) =>
        place === 's'
          ? service
          : place === 't'
            ? team
            : place === 'e'
              ? environment
              : place === 'w'
                ? letters('abcdefghijklmnopqrstuvwxyz', 10, pick)
                : (values[value] as Values[string])(pick),
    );
    const past: PastDecision = {
      at: END - DAYS * DAY_MS + Math.floor((made / total) * DAYS * DAY_MS),
      environment: flat(environment),
      project: flat(team),
      requester: flat(`U${team.toUpperCase()}${pick(4)}`),
      command: flat(text),
      decision: odd === DANGERS ? 'denied' : next() < 0.02 ? 'auto' : 'approved',
      decidedBy: flat(`ULEAD${pick(5)}`),
      exitCode: next() < 0.01 ? 1 : 0,
      reason: null,
    };
    return { past, family: odd ? null : family };
  }
}

/** A string of its own, as one that a database gave: not put together of others, not known to any table. */
export const flat = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

function cumulated(weights: number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let at = 0;
  return weights.map((weight) => {
    at += weight / sum;
    return at;
  });
}

function drawn(cumulative: readonly number[], at: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
