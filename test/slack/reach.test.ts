import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrasted } from '../../src/slack/reach.ts';

const command = 'kubectl -n shop set image deploy/checkout app=registry.example.com/shop/app:4.2.1';

describe('an example beside its command', () => {
  it.each([
    ['what was added at the end', `${command}; rm -rf /`, 'kubectl …shop/app:4.2.1; rm -rf /'],
    ['what was put before it', `sudo ${command}`, 'sudo kubectl -n shop …'],
    ['another value', command.replace('4.2.1', '4.2.9'), 'kubectl …shop/app:4.2.9'],
    ['a short one, whole', 'kubectl get pods', 'kubectl get pods'],
  ])('shows %s', (_, example, shown) => {
    expect(contrasted(example, command)).toBe(shown);
  });

  it('is never long, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 300 }), (a, b) => {
        expect(contrasted(a, b).length).toBeLessThanOrEqual(90);
      }),
    );
  });
});
