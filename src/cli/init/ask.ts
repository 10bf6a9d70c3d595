import { createInterface } from 'node:readline/promises';
import { type Readable, Writable } from 'node:stream';
import { WrongUsage } from '../arguments.ts';
import type { Read } from './answers.ts';

export interface Asking {
  /** Asks until the answer can be read; nothing typed means `usual`. */
  ask<T>(question: string, usual: string, read: (typed: string) => Read<T>): Promise<T>;
  /** Asks for something that nobody else may see; empty when it is not known yet. */
  secret(question: string): Promise<string>;
  close(): void;
}

/** Questions on a terminal. */
export function openAsking(input: Readable, output: Writable): Asking {
  let isHidden = false;
  const shown = new Writable({
    write(chunk, encoding, done) {
      if (isHidden) done();
      else output.write(chunk, encoding, () => done());
    },
  });
  const lines = createInterface({ input, output: shown, terminal: true });
  const ended = new Promise<never>((_, reject) => {
    lines.once('close', () =>
      reject(new WrongUsage('given up: nothing was written', 'call gate init again, or pass --yes')),
    );
  });
  ended.catch(() => {});
  const answer = (question: string) => Promise.race([lines.question(question), ended]);
  return {
    ask: async (question, usual, read) => {
      for (;;) {
        const typed = (await answer(`${question}${usual === '' ? '' : ` [${usual}]`}: `)).trim();
        const answered = read(typed === '' ? usual : typed);
        if ('value' in answered) return answered.value;
        output.write(`  ${answered.why}\n`);
      }
    },
    secret: async (question) => {
      output.write(`${question}: `);
      isHidden = true;
      try {
        return (await answer('')).trim();
      } finally {
        isHidden = false;
        output.write('\n');
      }
    },
    close: () => lines.close(),
  };
}
