/** What the fake model says about the commands of the sample deploy; of others only what it can see. */
const EXPLAINED: [command: RegExp, explanation: string][] = [
  [/^db-migrate up/, 'Applies the pending schema changes to the shop database, up to number 0042.'],
  [
    /^helm upgrade web/,
    'Upgrades the release web in the namespace shop to the chart in charts, with image tag 4.2.0.',
  ],
  [
    /rollout status/,
    'Waits for the rollout of the deployment web in the namespace shop and prints its progress.',
  ],
  [/set image/, 'Points the deployment web at the image 4.2.0; its pods are replaced one after the other.'],
  [/delete job/, 'Deletes the job warm-cache in the namespace shop, with the pods it started.'],
  [/rollout restart/, 'Replaces all pods of the deployment api in the namespace payments, one by one.'],
];

interface Data {
  command?: string;
  rules?: string[];
  family?: string;
  environment?: string;
  notes?: string[];
  reasons?: { number: number; words: string }[];
}

/** A prepared answer to a question in the form of `prompts/`; to anything else the one of a check. */
export function sampleAnswer(body: string): unknown {
  const data = dataIn(body);
  if (typeof data?.command === 'string') return { explanation: explanationOf(data.command) };
  if (data?.rules)
    return {
      title: `${data.family || 'Commands'} in ${data.environment}`,
      sentence: `Lets ${data.rules.length} spellings of this command pass; only the open places vary.`,
    };
  if (data?.notes)
    return { summary: `${data.notes.length} notes; the first one says: ${plain(data.notes[0])}` };
  if (data?.reasons) return { clusters: clustersOf(data.reasons) };
  return { word: 'ready' };
}

function dataIn(body: string): Data | null {
  try {
    const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
    const user = messages.find(({ role }) => role === 'user')?.content ?? '';
    return JSON.parse(user.split('\n')[1] ?? '') as Data;
  } catch {
    return null;
  }
}

const explanationOf = (command: string): string =>
  EXPLAINED.find(([pattern]) => pattern.test(command))?.[1] ??
  `Runs ${plain(command.split(/\s/)[0])} with ${command.split(/\s+/).length - 1} further words.`;

/** Reasons that share their first word. */
function clustersOf(reasons: { number: number; words: string }[]): { label: string; reasons: number[] }[] {
  const byFirst = new Map<string, number[]>();
  for (const { number, words } of reasons) {
    const first = plain(words.toLowerCase().split(/\s/)[0]);
    byFirst.set(first, [...(byFirst.get(first) ?? []), number]);
  }
  return [...byFirst]
    .filter(([, numbers]) => numbers.length > 1)
    .map(([first, numbers]) => ({ label: `Begin with ${first}`, reasons: numbers }));
}

const plain = (words = ''): string => words.replace(/[^\w .,-]/g, '').slice(0, 60) || 'something';
