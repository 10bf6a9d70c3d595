import type { LocalSlack } from './local-slack/local-slack.ts';

const CHANNELS = ['C0PROD', 'C0PAY'];
const LONGEST_DEMO_MS = 24 * 3_600_000;
const REVIEWERS = ['UANA', 'UBEN'];

/**
 * Approves every card as a reviewer would, by pressing its button; a second reviewer where one is not enough.
 * Goes on until the signal.
 */
export async function pressButtons(slack: LocalSlack, signal: AbortSignal): Promise<void> {
  const pressed = new Set<string>();
  const stopped = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
  while (!signal.aborted) {
    const card = slack.waitFor(() => nextPress(slack, pressed), { timeoutMs: LONGEST_DEMO_MS });
    const next = await Promise.race([card.catch(() => null), stopped]);
    if (!next) return;
    pressed.add(next.key);
    await slack.click(next.person, next.target, 'approve').catch(() => {});
  }
}

function nextPress(slack: LocalSlack, pressed: Set<string>) {
  for (const channel of CHANNELS) {
    for (const { ts } of slack.messages(channel)) {
      const message = slack.message(channel, ts);
      if (!message || !slack.buttons(message).some((b) => b.actionId === 'approve')) continue;
      for (const person of REVIEWERS) {
        const key = `${person} ${channel} ${ts}`;
        // The second one presses when the card shows the first one's approval.
        if (!pressed.has(key) && (person === REVIEWERS[0] || slack.texts(message).includes('1 of 2'))) {
          return { key, person, target: { channel, ts } };
        }
      }
    }
  }
  return null;
}
