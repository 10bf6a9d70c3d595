import { z } from 'zod';
import { redactText } from '../core/command/redact.ts';
import type { ReasonClusters } from '../core/model-words.ts';
import { line, type Use } from './use.ts';

const MOST_REASONS = 60;
const MOST_CHARACTERS = 300;

const Wire = z.strictObject({
  clusters: z.array(z.strictObject({ label: line({ max: 60 }), reasons: z.array(z.number()) })),
});

type Clusters = Pick<ReasonClusters, 'clusters'>;

/** Which deny reasons mean the same. */
export const clusterReasons: Use<readonly string[], z.infer<typeof Wire>, Clusters> = {
  prompt: 'cluster-reasons',
  data: (reasons) =>
    reasons.length < 2
      ? null
      : {
          reasons: reasons.slice(0, MOST_REASONS).map((reason, number) => ({
            number,
            words: redactText(reason).slice(0, MOST_CHARACTERS),
          })),
        },
  schema: Wire,
  answer: ({ clusters }, reasons) => (areSound(clusters, reasons.length) ? { clusters } : null),
};

/** Each names reasons that were sent, and none is named twice; a cluster holds one at least. */
function areSound(clusters: Clusters['clusters'], count: number): boolean {
  const named = clusters.flatMap(({ reasons }) => reasons);
  const sent = Math.min(count, MOST_REASONS);
  return (
    clusters.length > 0 &&
    clusters.every(({ reasons }) => reasons.length > 0) &&
    new Set(named).size === named.length &&
    named.every((number) => Number.isInteger(number) && number >= 0 && number < sent)
  );
}
