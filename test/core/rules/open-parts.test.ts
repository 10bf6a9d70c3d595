import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openParts } from '../../../src/core/rules/open-parts.ts';

/** Open pieces between ⟨ and ⟩. */
const marked = (rule: string): string =>
  openParts(rule)
    .map(({ text, isOpen }) => (isOpen ? `⟨${text}⟩` : text))
    .join('');

describe('the open parts of a rule', () => {
  it.each([
    ['kubectl get pods -n *', 'kubectl get pods -n ⟨*⟩'],
    [
      'set image deployment/{svc:api,web} {svc}=r/{svc}:{sha:7}',
      'set image deployment/⟨{svc:api,web}⟩ ⟨{svc}⟩=r/⟨{svc}⟩:⟨{sha:7}⟩',
    ],
    ['ssh web-[0-9] uptime', 'ssh web-⟨[0-9]⟩ uptime'],
    ['rm {semver+}{date}', 'rm ⟨{semver+}{date}⟩'],
    ['echo \'*{sha}\' "{int}" \\*', 'echo \'*{sha}\' "{int}" \\*'],
    ['find . -exec {} +', 'find . -exec {} +'],
    ['cat dir/**', 'cat dir/⟨**⟩'],
    ['= echo *', '= echo *'],
    ['| grep ?', '| grep ⟨?⟩'],
  ])('%s', (rule, expected) => {
    expect(marked(rule)).toBe(expected);
  });

  it('loses and invents nothing, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rule) => {
        expect(
          openParts(rule)
            .map(({ text }) => text)
            .join(''),
        ).toBe(rule);
      }),
    );
  });
});
