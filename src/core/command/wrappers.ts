/** How a wrapper names the command it runs. */
export interface Wrapper {
  /** Options that take their value from the next word. */
  values?: string;
  /** Words between the options and the inner command (a host, a container, a duration). */
  operands?: number;
  /** `NAME=value` words may stand before the inner command. */
  assignments?: true;
  /** The inner words are joined with blanks and read by a shell. */
  joined?: true;
  /** Options whose value is shell text. */
  text?: string;
  /** Only what follows `--` is the inner command. */
  afterDashes?: true;
  /** With one of these options there is no inner command. */
  unless?: string;
}

const RUN_VALUES =
  '-a -c -e -h -l -m -p -u -v -w --add-host --cap-add --cap-drop --cidfile --cpus --device --dns --entrypoint --env --env-file --expose --gpus --health-cmd --hostname --ip --label --link --log-driver --log-opt --mac-address --memory --mount --name --net --network --network-alias --pid --platform --publish --pull --restart --runtime --security-opt --shm-size --stop-timeout --tmpfs --ulimit --user --userns --volume --volumes-from --workdir';
const EXEC_VALUES = '-u -w -e --user --workdir --env --env-file --detach-keys --index';
export const COMPOSE_VALUES =
  '-f -p --file --project-name --profile --env-file --project-directory --ansi --progress';
const SSH_VALUES = '-p -l -i -o -F -J -L -R -D -b -c -E -e -I -m -O -Q -S -W -w -B';

/** Wrappers by their head: one or more words, `docker compose exec` and not `docker`. */
export const WRAPPERS: Record<string, Wrapper> = {
  sudo: {
    values:
      '-u -g -h -p -C -r -t -U -D -R -T --user --group --host --prompt --chdir --close-from --role --type --other-user --chroot',
    assignments: true,
    unless: '-l -v -k -K -e --list --edit --validate',
  },
  doas: { values: '-u -C', unless: '-L' },
  env: { values: '-u -C --unset --chdir', assignments: true, text: '-S --split-string' },
  'cross-env': { assignments: true },
  'cross-env-shell': { assignments: true },
  nohup: {},
  setsid: {},
  time: { values: '-f -o' },
  command: { unless: '-v -V' },
  builtin: {},
  exec: { values: '-a' },
  nice: { values: '-n --adjustment' },
  ionice: { values: '-c -n -p' },
  stdbuf: { values: '-i -o -e' },
  timeout: { values: '-k -s --kill-after --signal', operands: 1 },
  gtimeout: { values: '-k -s', operands: 1 },
  chroot: { values: '--userspec --groups', operands: 1 },
  flock: { values: '-w -E --wait --timeout', operands: 1, text: '-c --command' },
  watch: { values: '-n --interval', joined: true },
  strace: { values: '-e -o -p -s -u' },
  ltrace: { values: '-e -o -p -s' },
  xargs: { values: '-n -I -P -L -d -a -s -E --max-args --max-procs --replace --delimiter --arg-file' },
  parallel: { values: '-j --jobs -a --arg-file --colsep --joblog --timeout --delay', joined: true },
  ssh: { values: SSH_VALUES, operands: 1, joined: true },
  autossh: { values: `${SSH_VALUES} -M`, operands: 1, joined: true },
  sshpass: { values: '-p -f -d -P' },
  mosh: { operands: 1, joined: true },
  'docker exec': { values: EXEC_VALUES, operands: 1 },
  'docker container exec': { values: EXEC_VALUES, operands: 1 },
  'docker run': { values: RUN_VALUES, operands: 1 },
  'docker container run': { values: RUN_VALUES, operands: 1 },
  'docker compose exec': { values: EXEC_VALUES, operands: 1 },
  'docker compose run': { values: RUN_VALUES, operands: 1 },
  'kubectl exec': { afterDashes: true },
  'kubectl run': { afterDashes: true },
  'kubectl debug': { afterDashes: true },
  'oc rsh': { values: '-n -c --container --shell', operands: 1 },
  su: { text: '-c --command' },
  runuser: { values: '-u -g -G --user --group', text: '-c --command' },
  'gcloud compute ssh': { text: '--command' },
  'az vm run-command invoke': { text: '--scripts' },
  'heroku run': { values: '-a --app -s --size -r --remote --type', joined: true },
  'fly ssh console': { text: '-C --command' },
  'vagrant ssh': { text: '-c --command' },
  'railway run': {},
  npx: { values: '-p --package', text: '-c --call' },
  bunx: {},
  pnpx: {},
  uvx: { values: '--from --with --python' },
  'npm exec': { values: '-p --package', text: '-c --call' },
  'npm x': { values: '-p --package' },
  'pnpm exec': {},
  'pnpm dlx': {},
  'yarn exec': {},
  'yarn dlx': { values: '-p --package' },
  'bun x': {},
  'bundle exec': {},
  'poetry run': {},
  'pipenv run': {},
  'uv run': { values: '--with --python -p --env-file --extra --group' },
  'pdm run': {},
  'rye run': {},
  'hatch run': {},
  'mise exec': { afterDashes: true },
  'mise x': { afterDashes: true },
  'direnv exec': { operands: 1 },
  'asdf exec': {},
  'rbenv exec': {},
  'nix-shell': { text: '--run --command' },
  'nix develop': { text: '-c --command' },
  'op run': { afterDashes: true },
  'doppler run': { afterDashes: true, text: '--command' },
  'infisical run': { afterDashes: true, text: '--command' },
  'dotenvx run': { afterDashes: true },
  dotenv: { values: '-e -v -f' },
  'chamber exec': { afterDashes: true },
  'aws-vault exec': { values: '-d --duration --region', operands: 1 },
  'sops exec-env': { operands: 1, joined: true },
  'systemd-run': {
    values: '-p -u -M -H --unit --property --uid --gid --slice --setenv --on-calendar --on-active',
  },
  'systemd-inhibit': { values: '--what --who --why --mode' },
  screen: { values: '-S -p -t -X -L' },
  'tmux new': { values: '-s -n -c', joined: true },
  'tmux new-session': { values: '-s -n -c', joined: true },
  script: { text: '-c --command' },
  nsenter: { values: '-t --target' },
  unshare: {},
  busybox: {},
  gosu: { operands: 1 },
  'su-exec': { operands: 1 },
  setpriv: {},
  tini: {},
  'dumb-init': {},
  caffeinate: {},
  proxychains: {},
  ansible: { text: '-a --args' },
};
