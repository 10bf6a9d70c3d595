/** V7c: how many words after the name must be spelled out, for programs that are many commands in one. */
const ONE = new Set(
  'git kubectl oc helm docker podman terraform tofu vault systemctl service npm yarn pnpm pip pip3 apt apt-get redis-cli cargo go'.split(
    ' ',
  ),
);
const TWO = new Set(['gh', 'aws', 'gcloud', 'az']);
const KUBECTL = { depth: 2, under: new Set(['set', 'config', 'rollout', 'auth']) };
const DOCKER = { depth: 2, under: new Set(['container', 'image', 'volume', 'network', 'system']) };
const TERRAFORM = { depth: 2, under: new Set(['state', 'workspace']) };
const DEEPER = new Map([
  ['kubectl', KUBECTL],
  ['oc', KUBECTL],
  ['helm', { depth: 2, under: new Set(['repo']) }],
  ['docker', DOCKER],
  ['podman', DOCKER],
  ['terraform', TERRAFORM],
  ['tofu', TERRAFORM],
  ['git', { depth: 2, under: new Set(['remote', 'stash', 'submodule', 'config']) }],
  ['gcloud', { depth: 3, under: new Set(['compute', 'container', 'sql', 'iam', 'dns', 'run']) }],
  ['az', { depth: 3, under: new Set(['network', 'storage']) }],
]);
// Their wrapper subcommands (V5) could hide behind an option or a wildcard.
const WRAPPER_SUBCOMMANDS = new Set(['uv', 'poetry', 'pipenv', 'bundle', 'direnv', 'mise', 'devbox']);

/** The number of words after `base` that must be there, not wild, and no options; `second` is the first of them. */
export function literalDepth(base: string, second: string | null): number {
  const deeper = DEEPER.get(base);
  if (deeper && second !== null && deeper.under.has(second)) return deeper.depth;
  if (TWO.has(base)) return 2;
  return ONE.has(base) || WRAPPER_SUBCOMMANDS.has(base) ? 1 : 0;
}
