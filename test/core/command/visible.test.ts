import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasHidden,
  hasRightToLeft,
  mixedScripts,
  terminalSafe,
  visible,
} from '../../../src/core/command/visible.ts';

const at = (codePoint: number): string => String.fromCodePoint(codePoint);

describe('visible', () => {
  const cases: [what: string, codePoint: number][] = [
    ['NUL', 0x00],
    ['CR', 0x0d],
    ['ESC', 0x1b],
    ['DEL', 0x7f],
    ['C1 CSI', 0x9b],
    ['NBSP', 0xa0],
    ['soft hyphen', 0xad],
    ['combining grapheme joiner', 0x34f],
    ['Arabic letter mark', 0x61c],
    ['Hangul choseong filler', 0x115f],
    ['Mongolian vowel separator', 0x180e],
    ['en quad', 0x2000],
    ['zero-width space', 0x200b],
    ['zero-width joiner', 0x200d],
    ['right-to-left mark', 0x200f],
    ['line separator', 0x2028],
    ['paragraph separator', 0x2029],
    ['right-to-left override', 0x202e],
    ['left-to-right isolate', 0x2066],
    ['word joiner', 0x2060],
    ['braille blank', 0x2800],
    ['ideographic space', 0x3000],
    ['Hangul filler', 0x3164],
    ['lone surrogate', 0xd800],
    ['private use', 0xe000],
    ['variation selector 16', 0xfe0f],
    ['byte order mark', 0xfeff],
    ['half-width Hangul filler', 0xffa0],
    ['interlinear annotation', 0xfff9],
    ['object replacement', 0xfffc],
    ['noncharacter', 0xffff],
    ['musical null notehead', 0x1d159],
    ['tag space', 0xe0020],
    ['variation selector 256', 0xe01ef],
    ['white bracket left', 0x27e6],
    ['white bracket right', 0x27e7],
  ];
  it.each(cases)('writes out %s', (_, codePoint) => {
    const hex = codePoint.toString(16).toUpperCase().padStart(4, '0');
    expect(visible(`a${at(codePoint)}b`)).toBe(`a⟦U+${hex}⟧b`);
    expect(hasHidden(`a${at(codePoint)}b`)).toBe(true);
  });

  it.each([
    'kubectl get pods',
    'a\n\tb',
    'Größe übergeben',
    '日本語 テスト',
    'naïve café',
    'שלום',
    'привет',
    '→ ✅ 😀',
  ])('leaves %j alone', (text) => {
    expect(visible(text)).toBe(text);
    expect(hasHidden(text)).toBe(false);
  });

  it('cannot be made to show an escape that is not one', () => {
    expect(visible('⟦U+202E⟧')).toBe('⟦U+27E6⟧U+202E⟦U+27E7⟧');
  });

  it('writes out the marks of a letter beyond the third', () => {
    expect(visible(`a${'\u0301'.repeat(5)}`)).toBe(`a${'\u0301'.repeat(3)}${'⟦U+0301⟧'.repeat(2)}`);
  });

  it('leaves nothing hidden behind, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const seen = visible(text);
        const escapesGone = seen.replace(/⟦U\+[0-9A-F]{4,6}⟧/g, '');
        expect(escapesGone).not.toMatch(/(?![\n\t ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}⟦⟧\u2800]/u);
        if (!hasHidden(text)) expect(seen).toBe(text);
        expect(terminalSafe(terminalSafe(text))).toBe(terminalSafe(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves text without them unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(visible(text)).toBe(text);
      }),
    );
  });
});

describe('terminalSafe', () => {
  it('defuses escape sequences and keeps newlines', () => {
    expect(terminalSafe('ok\n\x1b[2K\x9b1A\r')).toBe('ok\n⟦U+001B⟧[2K⟦U+009B⟧1A⟦U+000D⟧');
  });
});

describe('mixedScripts', () => {
  const cases: [text: string, words: string[]][] = [
    ['curl https://ex\u0430mple.com/x', ['https://ex\u0430mple.com/x']],
    ['ssh \u0440rod-1', ['\u0440rod-1']],
    ['kubectl -n pr\u03bfd get pods', ['pr\u03bfd']],
    ['\uff52\uff4d -rf x', []],
    ['\uff52m -rf x', ['\uff52m']],
    ['curl https://example.com\u2215evil', ['https://example.com\u2215evil']],
    ['echo привет мир', []],
    ['echo 5μs Δt kΩ', []],
    ['echo Größe naïve 日本 x²', []],
    ['ls -la /srv', []],
  ];
  it.each(cases)('%s', (text, words) => {
    expect(mixedScripts(text)).toEqual(words);
  });
});

describe('hasRightToLeft', () => {
  it.each([
    ['rm א/b', true],
    ['rm a/b', false],
  ])('%s', (text, expected) => {
    expect(hasRightToLeft(text)).toBe(expected);
  });
});
