import type { Fault } from '../command/admissible.ts';
import { isSlotName, readSlot, SLOT_NAMES } from './slots.ts';
import type { OpenToken } from './token.ts';

const VALUE = /^[A-Za-z0-9_.:/=@+-]+$/;

/**
 * Reads `{…}` at `at`: a typed slot, a named choice, its repetition, or alternatives (R3).
 * `alone`: it is the exact word `{}`, which is itself.
 */
export function readBraces(
  text: string,
  at: number,
  alone: boolean,
): { token: OpenToken; end: number } | Fault {
  if (alone) return { token: { kind: 'literal', text: '{}' }, end: at + 2 };
  const close = text.indexOf('}', at);
  const content = close < 0 ? '' : text.slice(at + 1, close);
  if (content === '') return { why: '`{ }` is empty or not closed', place: at, mend: "quote it: '{'" };
  if (content.includes('{')) return { why: 'braces inside braces', place: at, mend: 'write the choices out' };
  const token = readContent(content);
  return 'why' in token ? { ...token, place: at } : { token, end: close + 1 };
}

function readContent(content: string): OpenToken | Fault {
  const slot = readSlot(content);
  if (slot) return { kind: 'slot', slot };
  const [, name, rest] = /^([a-z][a-z0-9_]*)(\+|:.*)?$/.exec(content) ?? [];
  if (name !== undefined && isSlotName(name)) {
    return { why: `\`{${content}}\` is not how the slot \`{${name}}\` is written`, mend: FORMS };
  }
  if (name !== undefined && rest === undefined) return { kind: 'repeat', name };
  if (name === undefined || rest === '+') return choice(content, null);
  const values = rest?.slice(1) ?? '';
  if (values.split(',').some((value) => value.startsWith(`${name}:`))) {
    return {
      why: `\`{${content}}\` can be read as a choice named \`${name}\` or as plain alternatives`,
      mend: `put \`${name}:\` before the braces`,
    };
  }
  return choice(values, name);
}

const FORMS = `slots are ${SLOT_NAMES.map((name) => `{${name}}`).join(' ')}, and {sha:40}, {semver+}, {int:4}, {int:1-10}`;

function choice(content: string, name: string | null): OpenToken | Fault {
  const values = content.split(',');
  if (values.length < 2) {
    return { why: `\`{${content}}\` is neither a slot nor two or more alternatives`, mend: FORMS };
  }
  if (!values.every((value) => VALUE.test(value))) {
    return { why: 'alternatives are made of letters, digits and `_ . : / = @ + -`, and none is empty' };
  }
  return { kind: 'choice', values: [...new Set(values)], name };
}
