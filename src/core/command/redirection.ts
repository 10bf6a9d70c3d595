import type { Redirection as RedirectionNode, Word as WordNode } from 'unbash';
import type { Fault } from './admissible.ts';
import { isGap } from './gaps.ts';
import type { Redirection } from './simple-command.ts';
import type { Word } from './word.ts';

const KNOWN = { '>': '>', '>>': '>>', '<': '<', '&>': '>', '&>>': '>>', '>&': '>&' } as const;

/** S7: reads one redirection, or says why commands that hold it are not analysed. */
export function readRedirection(
  node: RedirectionNode,
  text: string,
  word: (node: WordNode) => Word | Fault,
): Redirection | Fault {
  const place = node.pos;
  if (node.type !== 'Redirect') return { why: 'it feeds text to the command (`<<`, `<<<`)', place };
  if (!Object.hasOwn(KNOWN, node.operator)) {
    return { why: `the redirection \`${node.operator}\` is not read`, place };
  }
  const fd = descriptorOf(node, text);
  if (typeof fd === 'object') return fd;
  if (!node.target) return { why: 'a redirection has no target', place };
  const target = word(node.target);
  if ('why' in target && !('static' in target)) return target;
  const operator = KNOWN[node.operator as keyof typeof KNOWN];
  if (operator === '>&' && !isDuplicate(fd, target)) {
    return { why: 'it closes or copies a descriptor, or `>&` names a file', place };
  }
  // bash reads the digits of `> 2>f` as a descriptor and gives up; the parser does not.
  if (operator !== '>&' && /^[0-9]+$/.test(target.raw) && /[<>]/.test(text.charAt(node.end))) {
    return { why: 'a redirection to a number stands right before another', place };
  }
  if (!accountedFor(node, text)) return { why: 'a redirection is written in an unusual way', place };
  const span = { start: node.pos, end: node.end };
  return { fd, operator, target, harmless: isHarmless(fd, operator, target), span };
}

type RedirectNode = Extract<RedirectionNode, { type: 'Redirect' }>;

function descriptorOf(node: RedirectNode, text: string): Redirection['fd'] | Fault {
  const { descriptor, operator } = node;
  if (operator === '&>' || operator === '&>>') {
    return descriptor ? { why: 'a descriptor before `&>`', place: node.pos } : 'both';
  }
  if (!descriptor) return operator === '<' ? 0 : 1;
  const raw = text.slice(descriptor.pos, descriptor.end);
  if (descriptor.type === 'FileDescriptor' && /^[0-9]$/.test(raw) && Number(raw) === descriptor.value) {
    return descriptor.value;
  }
  return { why: `the descriptor \`${raw}\` is not one digit`, place: node.pos };
}

/** Every byte of a redirection is its descriptor, its operator, blanks or its target (S3). */
function accountedFor(node: RedirectNode, text: string): boolean {
  const start = node.descriptor ? node.descriptor.end : node.pos;
  const after = start + node.operator.length;
  if (!node.target || (node.descriptor && node.descriptor.pos !== node.pos)) return false;
  return (
    text.slice(start, after) === node.operator &&
    isGap('inside a command', text.slice(after, node.target.pos)) &&
    node.target.end === node.end
  );
}

// The raw text is compared: `>&"1"` and `>&1-` are other requests to bash.
const isDuplicate = (fd: Redirection['fd'], target: Word): boolean =>
  (fd === 1 || fd === 2) && (target.raw === '1' || target.raw === '2');

function isHarmless(fd: Redirection['fd'], operator: Redirection['operator'], target: Word): boolean {
  if (operator === '>&') return true;
  if (!target.static || target.value !== '/dev/null') return false;
  return operator === '<' ? fd === 0 : fd === 1 || fd === 2 || fd === 'both';
}
