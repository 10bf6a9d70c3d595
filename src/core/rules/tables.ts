/**
 * Which programs run other programs or code, as data. A row is what makes a wildcard beside that program
 * dangerous; the rule classes (V2, V4, …) are those of the rule language, version 1.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** V2: they change the shell itself. Reserved words are here too: an argv could name a program like them. */
export const SHELL_STATE = words(`
  . source eval exec cd pushd popd dirs export declare typeset readonly local unset alias unalias set shopt
  enable builtin command hash trap read mapfile readarray getopts let umask ulimit wait bg fg disown suspend
  logout return break continue shift bind complete compgen compopt fc history coproc
  time if then else elif fi do done for while until case esac select function in`);

/** V4: a wrapper whose inner command can be found, so that it can be judged too. */
export interface TransparentWrapper {
  flags: ReadonlySet<string>;
  /** Options that take the next word, or what follows `=`. */
  values: ReadonlySet<string>;
  operands: number;
  /** What may end the options: `--` may, `--` must (and operands are anything before it), or nothing. */
  dashes: 'may' | 'must' | 'no';
  assignments: boolean;
}

const wrapper = (
  part: { flags?: string; values?: string; operands?: number } & Partial<
    Pick<TransparentWrapper, 'dashes' | 'assignments'>
  >,
): TransparentWrapper => ({
  flags: words(part.flags ?? ''),
  values: words(part.values ?? ''),
  operands: part.operands ?? 0,
  dashes: part.dashes ?? 'may',
  assignments: part.assignments ?? false,
});

const containerExec = wrapper({
  flags: '-i -t -it -ti -d --interactive --tty',
  values: '-u -w -e --user --workdir --env',
  operands: 1,
  dashes: 'no',
});
const podExec = wrapper({ dashes: 'must' });

export const TRANSPARENT: ReadonlyMap<string, TransparentWrapper> = new Map([
  ['sudo', wrapper({ flags: '-n -H --non-interactive', values: '-u -g --user --group' })],
  ['doas', wrapper({ flags: '-n', values: '-u' })],
  ['env', wrapper({ flags: '-i --ignore-environment', values: '-u --unset', assignments: true })],
  ['nohup', wrapper({})],
  ['setsid', wrapper({})],
  ['nice', wrapper({ values: '-n --adjustment' })],
  ['ionice', wrapper({ values: '-c -n' })],
  ['stdbuf', wrapper({ values: '-i -o -e' })],
  [
    'timeout',
    wrapper({
      flags: '--foreground --preserve-status -v',
      values: '-k -s --kill-after --signal',
      operands: 1,
    }),
  ],
  ['ssh', wrapper({ flags: '-n -T -q -v -4 -6 -x -a', values: '-p -l', operands: 1, dashes: 'no' })],
  ['docker exec', containerExec],
  ['podman exec', containerExec],
  ['kubectl exec', podExec],
  ['oc exec', podExec],
]);

/** V5: wrappers and disguised shells. What they run cannot be found, so no wildcard stands beside them. */
export const OPAQUE = words(`
  su runuser chroot nsenter unshare systemd-run watch xargs parallel strace ltrace flock script screen tmux
  at batch crontab busybox npx bunx uvx pipx nix nix-shell ansible vagrant socat nc ncat telnet gdb vi vim
  nvim nano emacs ed ex less more man
  pkexec setpriv taskset chrt numactl prlimit setarch unbuffer xvfb-run fakeroot firejail bwrap proot toybox`);

/** V5, where a subcommand makes the program a wrapper. */
export const OPAQUE_SUBCOMMANDS: readonly (readonly string[])[] = [
  ...['docker run', 'docker compose', 'podman run', 'kubectl run', 'kubectl debug'],
  ...['oc run', 'oc debug', 'oc rsh', 'pnpm dlx', 'pnpm exec', 'yarn dlx', 'yarn exec', 'npm exec', 'npm x'],
  ...['uv run', 'poetry run', 'pipenv run', 'bundle exec', 'direnv exec', 'mise exec', 'mise x'],
  ...['devbox run', 'bun x', 'aws ssm', 'gcloud compute ssh', 'az vm run-command'],
  ...['docker container run', 'docker container exec', 'podman container run', 'podman container exec'],
].map((head) => head.split(' '));

/** V5: these actions make `find` run programs or write files. */
export const FIND_ACTIONS = words('-exec -execdir -ok -okdir -fprint -fprint0 -fprintf -fls');

/** Opaque wrappers that show or edit files; no word of theirs names a program. */
export const PAGERS_AND_EDITORS = words('vi vim nvim nano emacs ed ex less more man');

export const AWKS = words('awk gawk mawk nawk');
const INTERPRETERS = words(`
  sh bash dash zsh ksh mksh ash fish pwsh powershell python perl ruby node nodejs deno bun php lua luajit
  tclsh expect osascript Rscript awk gawk mawk nawk csh tcsh rbash tsx ts-node`);
const VERSION = /-?\d+(?:\.\d+)*$/;

/** V6: whether a program runs code from its words or its input. `python3.11` is `python`. */
export const isInterpreter = (base: string): boolean =>
  INTERPRETERS.has(base) || INTERPRETERS.has(base.replace(VERSION, ''));

export const isAwk = (base: string): boolean => AWKS.has(base);

/** V7: what they run is named by a word: a target, a script, a package. */
export const CODE_BY_REFERENCE = words(`
  make gmake just task rake gradle gradlew mvn mvnw npm pnpm yarn bun pip pip3 gem cargo go apt apt-get dnf yum
  apk brew ansible-playbook`);

/** V8: programs that execute or apply what they read, beside the interpreters of V6. */
export const STDIN_EXECUTORS = words(`
  xargs parallel ssh psql mysql mariadb mongosh mongo sqlite3 redis-cli kubectl oc docker podman helm crontab at
  batch nc ncat socat telnet patch git vault busybox su
  runuser chroot nsenter unshare script screen tmux gdb vi vim nvim emacs ed ex nix nix-shell toybox
  sqlplus sqlcmd cqlsh clickhouse-client pgcli mycli sftp lftp ftp nft iptables-restore ip6tables-restore dc`);
