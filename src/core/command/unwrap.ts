import { COMPOSE_VALUES, WRAPPERS, type Wrapper } from './wrappers.ts';

/** Where the command inside a wrapper is: words of the wrapper, or shell text. `word` is the place of the text. */
export type Inner =
  | { kind: 'words'; from: number; to: number }
  | { kind: 'text'; text: string; word: number };

const SHELLS = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'ash', 'fish']);

/** Whether the program reads shell text: `bash`, `/bin/sh`, … */
export const isShell = (program: string): boolean => SHELLS.has(program);

/** The last component of a path, in lower case only where the name is (`/usr/bin/git` → `git`). */
export const programOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

const SAME: Record<string, string> = {
  podman: 'docker',
  nerdctl: 'docker',
  oc: 'kubectl',
  k: 'kubectl',
  flyctl: 'fly',
};

/** Global options that stand between a program and its subcommand and take a value. */
const GLOBAL_VALUES: Record<string, string> = {
  docker: '-H --host --context --config -l --log-level',
  kubectl: '-n --namespace --context --kubeconfig --cluster --user -s --server --as',
  compose: COMPOSE_VALUES,
};

/** What a table says of a word. The word is a caller's: it may be `constructor`. */
const entryOf = (table: Record<string, string>, word: string): string | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** The head of a wrapper and the place of its last word, reading over global options. */
function findWrapper(words: readonly string[]): { wrapper: Wrapper; head: number } | null {
  const first = programOf(words[0] ?? '');
  const program = entryOf(SAME, first) ?? first;
  let name = program === 'docker-compose' || program === 'podman-compose' ? 'docker compose' : program;
  if (first === 'oc' && words.includes('rsh')) name = 'oc';
  let head = 0;
  for (let words_ = 0; words_ < 4; words_++) {
    const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
    if (wrapper) return { wrapper, head };
    head++;
    const values = (entryOf(GLOBAL_VALUES, name.split(' ').at(-1) ?? '') ?? '').split(' ');
    while (words[head]?.startsWith('-') && words[head] !== '--')
      head += values.includes(words[head]!) ? 2 : 1;
    if (head >= words.length) return null;
    name += ` ${words[head]}`;
  }
  return null;
}

/** The values of options such as `-c TEXT`, `--command TEXT` and `--command=TEXT`. */
function textsOf(words: readonly string[], head: number, options: string): Inner[] {
  const names = options.split(' ');
  const texts: Inner[] = [];
  for (let i = head + 1; i < words.length; i++) {
    const word = words[i]!;
    if (names.includes(word) && i + 1 < words.length)
      texts.push({ kind: 'text', text: words[++i]!, word: i });
    else {
      const long = names.find((name) => name.startsWith('--') && word.startsWith(`${name}=`));
      if (long) texts.push({ kind: 'text', text: word.slice(long.length + 1), word: i });
    }
  }
  return texts;
}

function skipOptions(words: readonly string[], from: number, wrapper: Wrapper): number {
  const values = (wrapper.values ?? '').split(' ');
  let i = from;
  for (; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') return i + 1;
    if (wrapper.assignments && /^[A-Za-z_]\w*=/.test(word)) continue;
    if (!word.startsWith('-') || word === '-') break;
    if (values.includes(word)) i++;
  }
  return i;
}

function innerOf(words: readonly string[], { wrapper, head }: { wrapper: Wrapper; head: number }): Inner[] {
  if (wrapper.unless?.split(' ').some((option) => words.includes(option))) return [];
  const texts = wrapper.text ? textsOf(words, head, wrapper.text) : [];
  if (texts.length > 0 || (wrapper.text && wrapper.values === undefined)) return texts;
  const dashes = words.indexOf('--', head);
  if (wrapper.afterDashes) {
    if (dashes >= 0)
      return dashes + 1 < words.length ? [{ kind: 'words', from: dashes + 1, to: words.length }] : [];
    const from = skipOptions(words, head + 1, { values: '-n -c --container --namespace' }) + 1;
    return words[head] === 'exec' && from < words.length ? [{ kind: 'words', from, to: words.length }] : [];
  }
  let from = skipOptions(words, head + 1, wrapper) + (wrapper.operands ?? 0);
  if (words[from] === '--') from++;
  // `ssh host -p 22 cmd`: ssh takes options after the host too.
  if (wrapper.joined && wrapper.operands) from = skipOptions(words, from, wrapper);
  if (wrapper.assignments) while (/^[A-Za-z_]\w*=/.test(words[from] ?? '')) from++;
  if (from >= words.length) return [];
  if (wrapper.joined) return [{ kind: 'text', text: words.slice(from).join(' '), word: from }];
  return [{ kind: 'words', from, to: words.length }];
}

function shellText(words: readonly string[]): Inner[] {
  for (let i = 1; i < words.length; i++) {
    const word = words[i]!;
    if (!/^[-+]/.test(word)) return [];
    if (/^-[A-Za-z]*c[A-Za-z]*$/.test(word)) {
      let text = i + 1;
      while (/^[-+]./.test(words[text] ?? '') && words[text] !== '--') text++;
      if (words[text] === '--') text++;
      return text < words.length ? [{ kind: 'text', text: words[text]!, word: text }] : [];
    }
    if (/^[-+]o$|^--(rcfile|init-file)$/.test(word)) i++;
  }
  return [];
}

function findExec(words: readonly string[]): Inner[] {
  const inner: Inner[] = [];
  for (let i = 1; i < words.length; i++) {
    if (!/^(-exec|-execdir|-ok|-okdir|-x|-X|--exec|--exec-batch)$/.test(words[i]!)) continue;
    let to = i + 1;
    while (to < words.length && words[to] !== ';' && words[to] !== '+') to++;
    if (to > i + 1) inner.push({ kind: 'words', from: i + 1, to });
    i = to;
  }
  return inner;
}

const CODE = /^(python[\d.]*|pypy3?|perl|ruby|node|nodejs|php|lua|awk|gawk|mawk|nawk)$/;

/** Shell text that inline code hands to a shell: `os.system('…')`, `awk 'BEGIN{system("…")}'`, Perl's backticks. */
function codeText(words: readonly string[]): Inner[] {
  const texts: Inner[] = [];
  for (const [word, code] of words.entries()) {
    if (word === 0 || texts.length >= 8) continue;
    const calls = code
      .slice(0, 8192)
      .matchAll(
        /(?:system|popen|exec|execSync|shell_exec|passthru|call|run|check_output|check_call|Popen)\s{0,4}\(?\s{0,4}(["'`])(.{1,2048}?)\1/g,
      );
    for (const [, , text] of calls) texts.push({ kind: 'text', text: text!, word });
  }
  return texts;
}

/**
 * The commands that the words of a simple command run on its behalf: `sudo -u app rm x` → `rm x`, `bash -c TEXT` → the
 * text, `find … -exec rm {} ;` → `rm {}`. Empty when it is no wrapper. Reads unknown options as flags.
 */
export function unwrap(words: readonly string[]): Inner[] {
  const program = programOf(words[0] ?? '');
  if (isShell(program)) return shellText(words);
  if (program === 'eval')
    return words.length > 1 ? [{ kind: 'text', text: words.slice(1).join(' '), word: 1 }] : [];
  if (program === 'trap') return words.length > 2 ? [{ kind: 'text', text: words[1]!, word: 1 }] : [];
  if (program === 'find' || program === 'fd') return findExec(words);
  if (CODE.test(program)) return codeText(words);
  const found = findWrapper(words);
  return found ? innerOf(words, found) : [];
}
