import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { Misconfigured } from '../client.ts';
import { type Command, commandText, MAX_COMMAND_BYTES } from '../core/command/command.ts';
import type { WhatRuns } from '../core/command/digest.ts';

/** The shell that runs shell text: the one whose language the gate reads. */
export const BASH = '/bin/bash';

/** Everything that is bound to the approval, as it is on this machine now. */
export interface Facts extends WhatRuns {
  cwd: string;
  /** The file that will be executed. */
  file: string;
  /** Changes whenever the file is written or replaced; the only sign of that for a file we may run but not read. */
  stamp: string;
}

/** Reads the facts. Throws `Misconfigured` for what cannot run here. */
export function gatherFacts(command: Command, environment: string, cwd: string, searchPath: string): Facts {
  refuseUnclear(command);
  const directory = realDirectory(cwd);
  const name = command.kind === 'argv' ? command.argv[0]! : BASH;
  const file = findProgram(name, directory, searchPath) as string;
  const { sha256, stamp } = readProgram(file);
  const program = sha256 === null ? null : { path: file, sha256 };
  return { command, environment, cwd: directory, program, file, stamp };
}

/** What differs between two readings, in words; null when nothing does. */
export function difference(before: Facts, now: Facts): string | null {
  if (before.cwd !== now.cwd) return `the working directory is now ${now.cwd}`;
  if (before.file !== now.file) return `the program is now ${now.file}, it was ${before.file}`;
  if (before.program?.sha256 !== now.program?.sha256) return `${now.file} was changed after you asked`;
  if (!now.program && before.stamp !== now.stamp) return `${now.file} was changed after you asked`;
  return null;
}

/** Is the file the very one that was read, untouched since? */
export function isUntouched(facts: Facts): boolean {
  try {
    return stampOf(statSync(facts.file, { bigint: true })) === facts.stamp;
  } catch {
    return false;
  }
}

function refuseUnclear(command: Command): void {
  const parts = command.kind === 'argv' ? command.argv : [command.text];
  // Node reads bytes that are no UTF-8 as U+FFFD: what a person would see is not what would run.
  if (parts.some((part) => /[\0\uFFFD]|\p{Surrogate}/u.test(part)))
    throw new Misconfigured(
      'the command is not text: it holds a NUL, U+FFFD, or bytes that are not UTF-8',
      'put it in a script and gate the script',
    );
  if (parts.join('').trim() === '' || parts[0] === '')
    throw new Misconfigured('there is no command', 'gate run --env production -- CMD ARG…');
  const bytes = Buffer.byteLength(commandText(command));
  if (bytes > MAX_COMMAND_BYTES)
    throw new Misconfigured(
      `the command is ${bytes} bytes long, ${MAX_COMMAND_BYTES} are the most a person can be asked to read`,
      'put it in a script and gate the script',
    );
}

function realDirectory(cwd: string): string {
  try {
    const directory = realpathSync(cwd);
    if (statSync(directory).isDirectory()) return directory;
  } catch {
    // Said below.
  }
  throw new Misconfigured(`there is no directory ${cwd}`, 'name an existing one with --cwd');
}

/** As execvp finds it, seen from the directory the command will run in. Without one: throws, or gives `otherwise`. */
export function findProgram(name: string, cwd: string, searchPath: string, otherwise?: null): string | null {
  const places = name.includes('/')
    ? [name.startsWith('/') ? name : `${cwd}/${name.replace(/^(\.\/+)+/, '')}`]
    : searchPath.split(':').map((directory) => path.posix.join(path.posix.resolve(cwd, directory), name));
  const file = places.find(isProgram);
  if (file) return file;
  if (otherwise === null) return null;
  if (name.includes('/'))
    throw new Misconfigured(
      `${name} is not a program that can be run in ${cwd}`,
      'is it there, and executable?',
    );
  throw new Misconfigured(`${name} was not found on PATH`, 'install it, or name it with its whole path');
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** @returns sha256: null when it may be run but not read, as sudo on some systems */
function readProgram(file: string): { sha256: string | null; stamp: string } {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return { sha256: null, stamp: stampOf(statSync(file, { bigint: true })) };
  }
  try {
    // Taken before the bytes are read, so that a change while reading shows.
    const stamp = stampOf(fstatSync(fd, { bigint: true }));
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    for (let n = readSync(fd, buffer); n > 0; n = readSync(fd, buffer)) hash.update(buffer.subarray(0, n));
    return { sha256: hash.digest('hex'), stamp };
  } finally {
    closeSync(fd);
  }
}

interface Inode {
  dev: bigint;
  ino: bigint;
  size: bigint;
  mtimeNs: bigint;
  ctimeNs: bigint;
}

const stampOf = (s: Inode): string => [s.dev, s.ino, s.size, s.mtimeNs, s.ctimeNs].join(':');
