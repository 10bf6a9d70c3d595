/**
 * V7b: options whose value names code, credentials or a place, so that it may not be wild.
 * The second part of some rows goes beyond version 1 of the rule language, for the same reason.
 */
const ROWS: readonly (readonly [programs: string, options: string])[] = [
  ['git', '-c --config-env --exec-path --git-dir --work-tree -C --upload-pack --receive-pack --exec'],
  ['ssh', '-o -F -e -S -J -i -E'],
  ['scp', '-o -F -S -J -i'],
  ['sftp', '-o -F -S -J -i -b'],
  ['rsync', '-e --rsh --rsync-path'],
  [
    'tar',
    '--checkpoint-action --to-command -I --use-compress-program -F --info-script --new-volume-script --rsh-command --rmt-command',
  ],
  ['kubectl oc', '--kubeconfig -f --filename -k --kustomize -s --server --token --as --as-group'],
  ['helm', '--kubeconfig -f --values --post-renderer --kube-apiserver --kube-token'],
  ['docker podman', '-H --host --config -v --volume --mount --env-file --entrypoint'],
  ['terraform tofu', '-chdir -var-file -plugin-dir -backend-config'],
  ['curl', '-K --config -o --output -T --upload-file -x --proxy -d --data --data-binary -F --form'],
  ['wget', '-O --output-document -e --execute -i --input-file --post-file --use-askpass'],
  ['psql', '-c --command -f --file -v'],
  ['mysql mariadb', '-e --execute'],
  ['mongosh redis-cli', '--eval'],
  ['sqlite3', '-cmd -init'],
  ['sed', '-e --expression -f --file'],
  ['sort', '-o --output --compress-program'],
  ['aws', '--endpoint-url --cli-input-json --cli-input-yaml'],
  ['systemctl', '-H --host --root'],
  ['vault', '-address'],
  ['pip pip3', '-i --index-url --extra-index-url -r --requirement -t --target'],
  ['npm', '--prefix --script-shell --node-options --userconfig --registry'],
  ['make gmake', '-f --file --makefile -C --directory -I --include-dir --eval -E'],
  ['go', '-exec -toolexec -overlay -modfile -vettool -C'],
  ['cargo', '--config --manifest-path'],
  ['gradle gradlew', '-I --init-script -b --build-file -p --project-dir'],
  ['mvn mvnw', '-f --file -s --settings -gs --global-settings'],
];

const OPTIONS = new Map<string, readonly string[]>(
  ROWS.flatMap(([programs, options]) =>
    programs.split(' ').map((name) => [name, options.split(' ')] as const),
  ),
);

// Go's pflag, and Docker's command line, know no abbreviations.
const SPELLED_OUT = new Set(['kubectl', 'oc', 'helm', 'docker', 'podman']);

/**
 * Whether a word that begins with `-` gives a value to one of the options, and how: in the word itself
 * (`--opt=…`, `-oVALUE`), or in the next word (`--opt`, or a cluster such as `-xzo`). `text` is the word up to
 * its first wildcard. GNU tools take any unambiguous beginning of a long option.
 */
export function givesReference(
  base: string,
  text: string,
): { option: string; value: 'here' | 'next' } | null {
  const options = OPTIONS.get(base) ?? [];
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  for (const option of options) {
    if (spells(name, option, !SPELLED_OUT.has(base))) return { option, value: equals < 0 ? 'next' : 'here' };
    if (option.length !== 2 || name.startsWith('--')) continue;
    if (text.startsWith(option)) return { option, value: 'here' };
    if (/^-[A-Za-z0-9]+$/.test(text) && text.endsWith(option.charAt(1))) return { option, value: 'next' };
  }
  return null;
}

function spells(name: string, option: string, abbreviated: boolean): boolean {
  if (name === option) return true;
  if (!option.startsWith('--')) return option.length > 2 && name === `-${option}`;
  return abbreviated && name.length > 3 && name.startsWith('--') && option.startsWith(name);
}
