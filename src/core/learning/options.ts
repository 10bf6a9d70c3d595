/**
 * What is known of the options of programs, as data: spellings that mean the same, options without a value, and
 * programs that read their options in any order. What is not here is taken as it was seen.
 */
const SAME: Record<string, Record<string, string>> = {
  kubectl: {
    '-n': '--namespace',
    '-l': '--selector',
    '-o': '--output',
    '-f': '--filename',
    '-c': '--container',
  },
  oc: { '-n': '--namespace', '-l': '--selector', '-o': '--output', '-f': '--filename', '-c': '--container' },
  helm: { '-n': '--namespace', '-f': '--values', '-i': '--install' },
  docker: { '-t': '--tag', '-f': '--file' },
  'docker-compose': { '-f': '--file', '-p': '--project-name' },
  podman: { '-t': '--tag', '-f': '--file' },
  dbt: { '-s': '--select', '-t': '--target' },
  gh: { '-R': '--repo', '-r': '--ref' },
  heroku: { '-a': '--app' },
  flyctl: { '-a': '--app', '-i': '--image' },
  fly: { '-a': '--app', '-i': '--image' },
  'ansible-playbook': { '-i': '--inventory', '-l': '--limit', '-e': '--extra-vars', '-t': '--tags' },
};

/** Options that take no value, where one followed by a word could be mistaken. */
const FLAGS: Record<string, string> = {
  kubectl: '--wait --force --overwrite --all --watch -w -i -t -it',
  helm: '--install -i --wait --atomic --force --reuse-values --debug --create-namespace',
  aws: '--delete --force --recursive --force-new-deployment --no-paginate --only-show-errors',
  gcloud: '--quiet -q --gen2 --async --allow-unauthenticated --no-allow-unauthenticated',
  docker: '-d --rm -it -i -t --pull -q',
  'docker-compose': '-d --build --pull -q',
  terraform: '-auto-approve -refresh-only -destroy -no-color',
  gsutil: '-m -r -R -q',
  rsync: '-a -z -v -az -avz --delete --dry-run -n',
};
const FLAG_SETS = new Map(
  Object.entries(FLAGS).map(([program, flags]) => [program, new Set(flags.split(' '))]),
);

/** They read options in any order among each other (Go's pflag, argparse, docopt and the like). */
const ANY_ORDER = new Set(
  `kubectl oc helm aws gcloud az gh docker podman flyctl fly heroku dbt wrangler serverless vercel netlify eksctl
   argocd skaffold kustomize doctl oci ibmcloud railway nomad consul vault linkerd istioctl flux velero trivy cosign
   crane sentry-cli datadog-ci firebase amplify cdk pulumi sam copilot supabase planetscale pscale turso atlas`.split(
    /\s+/,
  ),
);

/** Programs that went by another name: what they are given means the same. */
const RENAMED: Record<string, string[]> = { 'docker-compose': ['docker', 'compose'], fly: ['flyctl'] };
/** The bare words of a command, its program by its present name. */
export const presentVerbs = ([program = '', ...rest]: readonly string[]): string[] => [
  ...(RENAMED[program] ?? [program]),
  ...rest,
];

export const oneNameOf = (program: string, name: string): string => SAME[program]?.[name] ?? name;
export const isKnownFlag = (program: string, name: string): boolean =>
  FLAG_SETS.get(program)?.has(name) ?? false;
/** Of `npx wrangler deploy` it is the second word that reads the options. */
export const takesAnyOrder = (verbs: readonly string[]): boolean =>
  ANY_ORDER.has(verbs[0] === 'npx' ? (verbs[1] ?? '') : (verbs[0] ?? ''));

/** Places that say where a command acts: their values are only ever those that were seen together. */
const WHERE =
  /^-{1,2}(?:n|namespace|context|kube-context|cluster|cluster-name|project|project-id|region|zone|location|env|environment|stage|profile|account|subscription|resource-group|bucket|s3-bucket|host|hostname|server|h|db|database|db-instance-identifier|instance|remote|endpoint|url|chdir|workspace|org|tenant|role|user|u|U|inventory)$/i;
/** `dbt --target prod`, but `flyway -target=231.4`. */
const WHERE_IF_NAMED = /^-{1,2}target$/;
/** @param value as far as it is spelled out */
export const saysWhere = (name: string, value: string): boolean =>
  WHERE.test(name) || (WHERE_IF_NAMED.test(name) && /[A-Za-z]/.test(value));

/** How much, how many, how long: such numbers stay as they were seen. */
const CAPACITY =
  /(?:^|[^a-z])(?:replicas?|count|scale|size|resize|min|max|limit|memory|mem|cpus?|cores?|traffic|weight|percent|concurrency|parallelism|workers|instances?|nodes?|capacity|desired|quota|storage|disk|timeout|ttl|grace|retries|retry|tail|lines|since|max-age|port|interval|delay|rate|throughput|shards?|partitions?|maxsize|minsize|surge|unavailable|budget|age|days|hours|minutes|seconds|keep|retention)(?:[^a-z]|$)/i;
export const isCapacity = (words: string): boolean => CAPACITY.test(words);

/** Words that decide what happens, not to what: never one of a list of targets. */
const NO_TARGET =
  /^(?:true|false|yes|no|on|off|all|any|none|always|never|auto|manual|enabled?|disabled?|start|stop|restart|pause|resume|kill|delete|destroy|drop|remove|purge|prune|reset|truncate|wipe|drain|cordon|uncordon|taint|apply|plan|create|update|patch|replace|import|export|restore|backup|migrate|rollback|revert|undo|promote|demote|grant|revoke|allow|deny|open|close|lock|unlock|attach|detach|push|pull|up|down|up-to|latest|main|master|head|stable|nightly|dev|develop|development|test|testing|qa|uat|stage|staging|stg|preprod|prod|prd|production|live|canary|preview|default|root|admin|sudo|public|private|internal|external|ready|maint|maintenance|active|passive|primary|secondary|replica|master-slave|read|write|execute|debug|info|warn|error|json|yaml|text|table|gzip|zip|tar|deploy|deployment|release|build|run|exec|status|logs|get|list|describe|show|set|add|new|version|help|force|dry-run|get-all|kube-system)$/i;
export const canBeTarget = (name: string): boolean => name.length > 1 && !NO_TARGET.test(name);
