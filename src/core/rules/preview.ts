import { type Command, commandText } from '../command/command.ts';
import { parse } from '../command/parse.ts';
import { render } from '../command/render.ts';
import { firstDynamic } from '../command/simple-command.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { covers } from './covers.ts';

/** How far rules reach, shown by commands that were put to the matcher. */
export interface Preview {
  covers: string[];
  doesNotCover: string[];
}

const SHOWN = 3;

/**
 * A3: up to three commands the rules cover (the command itself is the first) and three near misses they do not;
 * null when they do not even cover the command.
 */
export function preview(
  rules: readonly CompiledRule[],
  command: Command,
  similar: readonly Command[] = [],
): Preview | null {
  if (!covers(rules, command).covered) return null;
  const text = commandText(command);
  const isCovered = (candidate: string): boolean => covers(rules, { kind: 'shell', text: candidate }).covered;
  const candidates = [text, ...similar.map(commandText), ...variants(text, command)];
  const covered = [...new Set(candidates)].filter((candidate) => candidate === text || isCovered(candidate));
  const missed = [...new Set(nearMisses(text, command))].filter((candidate) => !isCovered(candidate));
  return { covers: covered.slice(0, SHOWN), doesNotCover: missed.slice(0, SHOWN) };
}

/** The values of a command's words, when it is one simple command; else nothing can be varied. */
function wordsOf(command: Command): string[] {
  const parsed = parse(command);
  if (!parsed.analysable || parsed.commands.length !== 1 || firstDynamic(parsed.commands)) return [];
  return parsed.commands[0]?.words.map((word) => (word.static ? word.value : '')) ?? [];
}

const asText = (argv: string[]): string => commandText({ kind: 'argv', argv });

/** The same command in other spellings and with other values, one component at a time. */
function variants(text: string, command: Command): string[] {
  const words = wordsOf(command);
  const others = words.flatMap((word, i) => otherValues(word).map((value) => asText(words.with(i, value))));
  const parsed = parse(command);
  const spelled = parsed.analysable && parsed.commands.length > 0 ? render(parsed.commands) : null;
  const quiet = command.kind === 'shell' ? [`${text} 2>&1`, `  ${text}`] : [];
  return [...others, ...(spelled === null ? [] : [spelled]), ...quiet, asText(words)].filter(
    (candidate) => candidate !== '',
  );
}

/** A word with one number or one component of it changed. */
function otherValues(word: string): string[] {
  const parts = word.split(/([/:,=@])/);
  return parts.flatMap((part, i) => {
    const values = [part.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10)), `${part}2`];
    return i % 2 === 1 || part === '' ? [] : values.map((value) => parts.with(i, value).join(''));
  });
}

/** What an attacker or a slip would make of the command; the more telling first. */
function nearMisses(text: string, command: Command): string[] {
  const words = wordsOf(command);
  const last = words[words.length - 1] ?? '';
  const changed =
    words.length > 1 ? [asText(words.with(-1, `${last}/../x`)), asText(words.with(-1, '--force'))] : [];
  return [
    `${text}; rm -rf /`,
    ...changed.slice(0, 1),
    ...(words.length > 0 ? [asText([...words, '--force'])] : []),
    `sudo ${text}`,
    `${text} > /etc/passwd`,
    `${text} extra`,
    `${text} | sh`,
    ...changed.slice(1),
  ];
}
