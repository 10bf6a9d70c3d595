import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/core/command/command.ts';
import { wordDiff } from '../../../src/core/command/word-diff.ts';

const shell = (text: string): Command => ({ kind: 'shell', text });
const written = (before: string, now: string) =>
  wordDiff(shell(before), shell(now))
    ?.map(({ kind, word }) => (kind === 'same' ? word : `${kind === 'added' ? '+' : '-'}${word}`))
    .join(' ') ?? null;

describe('what differs, word by word', () => {
  it.each([
    ['a tag', 'kubectl set image x=1.0', 'kubectl set image x=1.1', 'kubectl set image -x=1.0 +x=1.1'],
    ['an option more', 'rm x', 'rm -rf x', 'rm +-rf x'],
    ['an option less', 'rm -rf x', 'rm x', 'rm --rf x'],
    ['nothing', 'rm x', ' rm  x ', null],
    ['everything', 'a b', 'c', '-a -b +c'],
  ])('%s', (_, before, now, changes) => expect(written(before, now)).toBe(changes));

  it('reads back as both commands', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), fc.array(word, { maxLength: 20 }), (before, now) => {
        const changes = wordDiff({ kind: 'argv', argv: before }, { kind: 'argv', argv: now });
        const side = (gone: 'added' | 'removed') =>
          (changes ?? []).filter((c) => c.kind !== gone).map((c) => c.word);
        expect([side('added'), side('removed')]).toEqual(changes === null ? [[], []] : [before, now]);
        expect(changes === null).toBe(before.join(' ') === now.join(' '));
      }),
    );
  });

  it('does not compare what nobody could read', () =>
    expect(wordDiff({ kind: 'argv', argv: Array(300).fill('x') }, shell('x'))).toBeNull());
});
