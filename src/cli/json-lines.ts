import { readFileSync } from 'node:fs';
import { WrongUsage } from './arguments.ts';

export interface JsonLine {
  value: Record<string, unknown>;
  /** From 1. */
  line: number;
  /** File and line, for people. */
  where: string;
}

/** The objects of a file of JSON lines; `-` is standard input. Empty lines are left out. */
export function jsonLines(file: string): JsonLine[] {
  return readText(file)
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((content, i) => (content.trim() === '' ? [] : [jsonLine(content, file, i + 1)]));
}

function jsonLine(content: string, file: string, line: number): JsonLine {
  const where = `${file} line ${line}`;
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new WrongUsage(`${where} is not JSON: ${(error as Error).message}`, 'write one JSON object a line');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { value: value as Record<string, unknown>, line, where };
  }
  throw new WrongUsage(`${where} is not a JSON object`, 'write one JSON object a line');
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new WrongUsage(
      `cannot read ${file}: ${(error as Error).message}`,
      'name a file of JSON lines, or -',
    );
  }
}

/** A text that has to be there. */
export function textIn({ value, where }: JsonLine, key: string): string {
  const found = value[key];
  if (typeof found === 'string') return found;
  throw new WrongUsage(`${where}: "${key}" is not a text`, `write {"${key}": "…"}`);
}

/** A text that may be missing, or null. */
export const maybeTextIn = (line: JsonLine, key: string): string | undefined =>
  line.value[key] == null ? undefined : textIn(line, key);
