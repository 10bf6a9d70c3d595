import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const BASH = '/bin/bash';
export const hasBash = existsSync(BASH);

/** What bash made of one text: every program it would have run, as name and arguments, then A and B. */
export interface Ran {
  commands: string[][];
}

/**
 * No program can be found, so bash hands each to `command_not_found_handle`, in the words it read. Each text is
 * run with all programs failing or all succeeding, in a shell of its own; the results come back over fd 9.
 * bash writes line by line and stages of a pipeline write at once, so line ends travel as U+0001.
 */
const HARNESS = String.raw`
PATH=/nowhere
command_not_found_handle() {
  set -- C "$#" "$@" "${'$'}{A-unset}" "${'$'}{B-unset}"
  printf '%s\0' "${'$'}{@//${'$'}'\n'/${'$'}'\001'}" >&9
  return "$STATUS"
}
while IFS= read -r -d '' STATUS && IFS= read -r -d '' TEXT; do
  ( set +o history; eval -- "$TEXT" ) </dev/null >/dev/null 2>/dev/null
  printf 'E\0' >&9
done
`;

/** Runs texts in one bash; returns what each ran, and the files that redirections made. */
export function runInBash(texts: { text: string; status: number }[]): { ran: Ran[]; files: string[] } {
  const directory = mkdtempSync(path.join(tmpdir(), 'gate-bash-'));
  const inside = path.join(directory, 'cwd');
  try {
    const input = texts.map(({ text, status }) => `${status}\0${text}\0`).join('');
    writeFileSync(path.join(directory, 'input'), input);
    const script = `mkdir -p cwd && cd cwd && exec ${BASH} --norc --noprofile -c "$HARNESS" <../input 9>../output`;
    spawnSync(BASH, ['-c', script], {
      cwd: directory,
      env: { HARNESS, LC_ALL: 'C.UTF-8', PATH: '/usr/bin:/bin' },
    });
    return {
      ran: readResults(readFileSync(path.join(directory, 'output'), 'utf8')),
      files: readdirSync(inside),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readResults(output: string): Ran[] {
  const items = output.split('\0');
  const results: Ran[] = [];
  let current: Ran = { commands: [] };
  for (let i = 0; i < items.length - 1; ) {
    if (items[i] === 'E') {
      results.push(current);
      current = { commands: [] };
      i += 1;
    } else {
      const count = Number(items[i + 1]);
      current.commands.push(items.slice(i + 2, i + 4 + count).map((item) => item.replaceAll('\u0001', '\n')));
      i += 4 + count;
    }
  }
  return results;
}
