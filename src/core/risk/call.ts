import type { SimpleCommand } from '../command/walk.ts';
import { type Call, callOf } from './row.ts';

/** Names of the same program: the tables know the second. */
const SAME: Record<string, string> = {
  podman: 'docker',
  nerdctl: 'docker',
  oc: 'kubectl',
  k: 'kubectl',
  microk8s: 'kubectl',
  k3s: 'kubectl',
  tofu: 'terraform',
  tf: 'terraform',
  terragrunt: 'terraform',
  flyctl: 'fly',
  nodejs: 'node',
  mariadb: 'mysql',
  mongo: 'mongosh',
  'valkey-cli': 'redis-cli',
  keydb: 'redis-cli',
  opensnoop: 'strace',
  sls: 'serverless',
  rake: 'rails',
  'apt-get': 'apt',
  aptitude: 'apt',
  yum: 'dnf',
  microdnf: 'dnf',
  gmake: 'make',
  just: 'make',
  task: 'make',
  rg: 'grep',
  egrep: 'grep',
  fgrep: 'grep',
  zgrep: 'grep',
  ag: 'grep',
  gradlew: 'gradle',
  mvnw: 'mvn',
  mvnd: 'mvn',
  cockroach: 'cockroach',
  sequelize: 'sequelize-cli',
  cypher: 'cypher-shell',
  nft: 'nft',
  ip6tables: 'iptables',
  vi: 'vim',
  nvim: 'vim',
  nano: 'vim',
  emacs: 'vim',
  halt: 'shutdown',
  poweroff: 'shutdown',
  addgroup: 'groupadd',
  adduser: 'useradd',
  deluser: 'userdel',
  delgroup: 'groupdel',
  gtar: 'tar',
  bsdtar: 'tar',
  aws2: 'aws',
};

/** Options that take the next word, by program. Others are told apart by the patterns. */
const VALUES: Record<string, string> = {
  kubectl:
    '-n --namespace --context --kubeconfig --cluster --user -s --server --as --as-group -c --container -f --filename -k --kustomize -o --output -p --patch --type --timeout --replicas --for --sort-by --field-manager --token --image --port',
  helm: '-n --namespace --kube-context --kubeconfig -f --values --set --set-string --set-file --version --timeout --repo --username --password',
  helmfile:
    '-e --environment -f --file -n --namespace -l --selector --kube-context --state-values-set --state-values-file',
  terraform:
    '-var -var-file -target -out -backend-config -lock-timeout -replace --terragrunt-working-dir --working-dir',
  docker:
    '-f --file -p --project-name --profile --env-file -H --host --context -t --tag --build-arg --platform --name -v --volume -e --env --network -w --workdir -u --user --entrypoint --format --filter --tail --since --label --target --mount --publish --password --username',
  git: '-C -c --git-dir --work-tree -m --message --author --date -b -B -o --push-option',
  gh: '-R --repo -t --title -b --body -F --notes -n --notes-file -f --field --ref --label --target',
  psql: '-h --host -p --port -U --username -d --dbname -c --command -f --file -v --set -o --output -P -F',
  mysql: '-h --host -P --port -u --user -D --database -e --execute -S --socket',
  mongosh: '-h --host --port -u --username -p --password --eval --authenticationDatabase -f --file',
  'redis-cli': '-h -p -s -a -u -n -r -i --user --pass --eval',
  flyway: '',
  rsync: '-e --rsh --exclude --include --filter --files-from --bwlimit --port --password-file',
  curl: '-X --request -H --header -d --data --data-raw --data-binary --data-urlencode -F --form -o --output -u --user -A --user-agent -b --cookie -c --cookie-jar -e --referer -T --upload-file -x --proxy -m --max-time --connect-timeout --retry --retry-delay -w --write-out --cacert --cert --key --resolve --url -K --config --json',
  wget: '-O --output-document -o -P --directory-prefix --method --body-data --header --post-data --post-file -t -T --user --password',
  find: '-name -iname -path -type -mtime -mmin -size -maxdepth -mindepth -user -group -perm -newer -regex',
  ansible:
    '-i --inventory -m --module-name -a --args -u --user -l --limit -e --extra-vars -f --forks --vault-password-file --private-key',
  'ansible-playbook':
    '-i --inventory -u --user -l --limit -e --extra-vars -f --forks -t --tags --skip-tags --vault-password-file --private-key',
  vault: '-address -namespace -field -format -mount',
  fly: '-a --app -c --config -r --region -o --org --image',
  heroku: '-a --app -r --remote --confirm --num',
  systemctl: '-H --host -M --machine -t --type -n --lines',
  journalctl: '-u --unit -S --since -U --until -n --lines -p -o',
  ssh: '-p -l -i -o -F -J -L -R -D',
  scp: '-P -i -o -F -J -l -c',
  crontab: '-u',
  iptables: '-t --table -p --protocol -s --source -d --destination -j --jump -i -o -m --dport --sport',
  useradd: '-g -G -u -d -s -c -p',
  usermod: '-g -u -d -s -c -p',
  chmod: '--reference',
  kill: '-s -n',
  pkill: '-s -u -g -P -t',
  nomad: '-address -namespace -region -token',
  tar: '-C -f --directory --file --exclude',
  dropdb: '-h --host -p --port -U --username --maintenance-db',
  pg_restore: '-h --host -p --port -U --username -d --dbname -j --jobs -n -t --table --schema',
  pg_dump: '-h --host -p --port -U --username -d --dbname -f --file -n -t',
  make: '-C -f --file --directory -j',
  npm: '--prefix -w --workspace --registry --tag --otp',
  pnpm: '--filter -F -C --dir --registry --tag',
  yarn: '--cwd --registry',
};

const valueSets = new Map(
  Object.entries(VALUES).map(([program, list]) => [program, new Set(list.split(' '))]),
);
const NO_VALUES: ReadonlySet<string> = new Set();

/** The words behind an alias: `docker-compose up` → `docker compose up`, `python -m pip` → `pip`, `php artisan` → `artisan`. */
function resolve(words: string[]): string[] {
  const [first = '', second = '', third = ''] = words;
  const bare = first.replace(/(?<=.)@[\w.^~-]+$/, '').replace(/\.(exe|cmd)$/i, '');
  const program = /^python\d[\d.]*$/.test(bare) ? 'python' : /^pip\d[\d.]*$/.test(bare) ? 'pip' : bare;
  const rest = words.slice(1);
  if (program === 'docker-compose' || program === 'podman-compose') return ['docker', 'compose', ...rest];
  if (/^python$|^pypy3?$/.test(program) && second === '-m' && third !== '') return resolve(words.slice(2));
  if (program === 'uv' && second === 'pip') return ['pip', ...words.slice(2)];
  if (
    /^(python|php|ruby|node|deno|bun)$/.test(program) &&
    /(^|\/)(manage\.py|artisan|console|rails|ace|wp-cli\.phar)$/.test(second)
  ) {
    return resolve([second.slice(second.lastIndexOf('/') + 1), ...words.slice(2)]);
  }
  if (program === 'gcloud' && /^(alpha|beta)$/.test(second)) return ['gcloud', ...words.slice(2)];
  if (
    /^(yarn|pnpm|npx|bunx)$/.test(program) &&
    /^(prisma|knex|typeorm|sequelize(-cli)?|drizzle-kit|wrangler|vercel|netlify|serverless|sls|cdk)$/.test(
      second,
    )
  ) {
    return resolve(rest);
  }
  const name = Object.hasOwn(SAME, program) ? SAME[program]! : program;
  return [
    program === 'microk8s' || program === 'k3s' ? 'kubectl' : name,
    ...(second === 'kubectl' && /k8s|k3s/.test(program) ? words.slice(2) : rest),
  ];
}

/** A walked command as the tables see it. Programs that are scripts with an extension keep it unless it is `.sh` of a known tool. */
export function callFor(command: SimpleCommand): Call {
  const values = command.words.map((word) => word.value);
  const [program = '', ...args] = resolve([command.program, ...values.slice(1)]);
  const tool = /^(kafka-[a-z-]+|zkCli|catalina|wp)\.(sh|phar)$/.test(program)
    ? program.replace(/\.\w+$/, '')
    : program;
  const name = /^mkfs\./.test(tool) ? 'mkfs' : tool;
  return callOf(name, args, valueSets.get(name) ?? NO_VALUES);
}
