import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible } from '../../../src/core/command/visible.ts';
import { codeBlock, codeSpan, inline } from '../../../src/core/runbook/markdown.ts';
import { type Runbook, runbookMarkdown } from '../../../src/core/runbook/runbook.ts';
import { PRODUCTION } from '../../support/deps.ts';

const at = new Date('2026-11-25T12:00:00Z');
const march = new Date('2026-03-12T12:00:00Z');

/** A runbook with `words` wherever anybody may write. */
const bookOf = (words: string, over: Partial<Runbook> = {}): Runbook => ({
  environment: PRODUCTION,
  at,
  policies: [
    {
      name: words,
      match: { environments: ['prod*'], projects: [words], commands: [words, 'psql *'] },
      effect: { kind: 'block', reason: words },
    },
    { name: 'Staging only', match: { environments: ['staging'] }, effect: { kind: 'block', reason: 'x' } },
  ],
  rules: [
    {
      text: words,
      environment: 'production',
      project: words,
      repository: words,
      requester: words,
      cwd: words,
      acceptedBy: [words, words],
      since: march,
      expiresAt: at,
      hits: 3,
      lastMatchedAt: march,
      shadowUntil: null,
      allowsCritical: false,
      whenUnanswered: null,
    },
  ],
  notes: [
    {
      family: words,
      target: words,
      project: words,
      text: words,
      author: words,
      createdAt: march,
      editedBy: words,
      editedAt: march,
      isPinned: true,
      denials: 1,
      deniedAt: march,
    },
  ],
  days: 90,
  deciders: [{ name: words, approved: 12, denied: 3, lastAt: march }],
  endings: new Map([
    ['rule', 90],
    ['people', 15],
    ['deadline', 1],
  ]),
  ...over,
});

/** What kind of line each is; code blocks as one, whatever they hold. */
function structure(markdown: string): string[] {
  const kinds: string[] = [];
  let fence: string | null = null;
  for (const line of markdown.split('\n')) {
    if (fence !== null) {
      if (line === fence) fence = null;
      // Only a line of at least as many ticks, and nothing else, ends a block of code.
      else if (new RegExp(`^ {0,3}${fence}\`*\\s*$`).test(line)) kinds.push('code ended early');
    } else if (/^`{3,}$/.test(line)) {
      fence = line;
      kinds.push('code');
    } else kinds.push(/^(#{1,6} |- | {2}\(|\| ?|$)/.exec(line)?.[0] ?? 'text');
  }
  return [...kinds, fence === null ? 'closed' : 'open'];
}

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        ...[
          '\n# Heading\n',
          '\n- item',
          '\n> quote',
          '```',
          '\n```\n',
          '`````',
          '~~~\n',
          '|',
          '\\',
          '\\|',
          '[x](http://x.example.com)',
          '<b>',
        ],
        ...[
          '&lt;',
          '**',
          '__',
          '---\n',
          '1. ',
          '=\n===',
          '\t',
          '\r\n',
          '\u2028',
          '\u202e',
          '![](x)',
          '$$',
          '<!--',
          '    code',
          '*',
          ':',
        ],
      ),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

describe('the runbook as Markdown', () => {
  it('reads like documentation', () => {
    const book = bookOf('kubectl get pods', {
      rules: [],
      policies: [],
      notes: [
        {
          ...bookOf('x').notes[0]!,
          family: 'psql',
          target: 'orders',
          text: 'use pg_repack',
          author: 'Ana',
          editedBy: null,
          project: '*',
        },
      ],
      deciders: [{ name: 'Ana', approved: 12, denied: 3, lastAt: march }],
    });
    expect(runbookMarkdown(book)).toBe(`# Runbook: production

As of 25 November 2026, by the gate itself: what runs in production, what to know before it does, and who decides.

## How it is decided

- What no rule or policy lets pass is asked in \\#deploys: members of \\#deploys decide, never who asked.
- It takes 1 approval within 10 min; unanswered, it is denied.
- An approval is good once, for 15 min.

## Policies

None: rules decide what passes, people decide the rest.

## Runs without asking

No rule is in force: people are asked about everything that no policy lets pass.

## What to know first

### psql

- use pg\\_repack
  (pinned; on \`orders\`; denied on 12 March 2026 by Ana)

## Who decided

In the last 90 days 106 requests: 90 passed by rules, 15 decided by people, 1 expired unanswered.

| Reviewer | Approved | Denied | Last |
|---|---:|---:|---|
| Ana | 12 | 3 | 12 March 2026 |
`);
  });

  it('shows rules by kind with scope, end and who accepted them, and only the policies that hold there', () => {
    const rule = { ...bookOf('x').rules[0]!, project: 'shop', repository: null, requester: null, cwd: null };
    const text = runbookMarkdown(
      bookOf('x', {
        rules: [
          { ...rule, text: 'kubectl rollout restart deployment/{slug}', acceptedBy: ['Ana', 'Ben'] },
          { ...rule, text: 'kubectl rollout status *', expiresAt: null, shadowUntil: new Date('2026-12-01') },
          { ...rule, text: '= ./deploy.sh production', environment: '*', hits: 0, allowsCritical: true },
        ],
      }),
    );
    expect(text).toContain(`### deploy.sh

\`\`\`
= ./deploy.sh production
\`\`\`

- For project shop, every environment; until 25 November 2026.
- Accepted by x and x on 12 March 2026; not used yet.
- Covers CRITICAL commands, too.
`);
    expect(text).toContain(
      '- Accepted by Ana and Ben on 12 March 2026; used 3 times, last on 12 March 2026.',
    );
    expect(text).toContain('- In the shadow until 1 December 2026');
    expect(text.match(/^### kubectl rollout /gm)).toHaveLength(2);
    expect(text).not.toContain('Staging only');
  });

  it('keeps its structure whatever people wrote into it', () => {
    const plain = structure(runbookMarkdown(bookOf('plain')));
    expect(plain.at(-1)).toBe('closed');
    fc.assert(
      fc.property(hostile, (words) => {
        expect(structure(runbookMarkdown(bookOf(words)))).toEqual(plain);
      }),
      { numRuns: 2000 },
    );
  });

  it('lets no sign of theirs be Markdown in a line, and keeps their words', () => {
    fc.assert(
      fc.property(hostile, (words) => {
        const shown = inline(words);
        expect(shown).not.toMatch(/[\n\r\t]/);
        expect(shown.replace(/\\[!-/:-@[-`{-~]/g, '')).not.toMatch(/[\\`*_{}[\]()<>#+\-!|~&$@:=^]/);
        expect(shown.replace(/\\([!-/:-@[-`{-~])/g, '$1')).toBe(visible(words).replace(/\s+/g, ' ').trim());
      }),
      { numRuns: 2000 },
    );
  });

  it('ends no code before its end', () => {
    fc.assert(
      fc.property(hostile, (words) => {
        const [first, ...rest] = codeBlock(words);
        expect(rest.slice(0, -1).join('\n')).toBe(visible(words));
        expect(rest.slice(0, -1).some((line) => line.trim().startsWith(first ?? ''))).toBe(false);
        const span = codeSpan(words);
        const ticks = /^`*/.exec(span)?.[0] ?? '';
        if (ticks !== '') expect(span.slice(ticks.length, -ticks.length)).not.toContain(ticks);
      }),
      { numRuns: 2000 },
    );
  });
});
