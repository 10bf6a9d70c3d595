import type { Message } from '../blocks.ts';
import type { Clicker } from '../people.ts';
import { mayChangeRules } from '../rule-author.ts';
import type { Slack } from '../slack.ts';

/** The environments whose suggestions somebody is shown; none, and then why. */
export interface Places {
  names: string[];
  refused: Message | null;
}

/**
 * Those that ask in this channel; elsewhere, every one. Only where this person may change rules: asked of Slack at
 * this moment.
 */
export async function placesFor(slack: Slack, clicker: Clicker, channel: string | null): Promise<Places> {
  const all = [...slack.deps.environments.values()];
  const ids = await Promise.all(all.map((each) => slack.channelId(each.channel).catch(() => null)));
  const here = all.filter((_, index) => channel !== null && ids[index] === channel);
  const names = (here.length > 0 ? here : all).map(({ name }) => name);
  const may = await Promise.all(names.map((name) => mayChangeRules(slack, clicker, name)));
  const mine = names.filter((_, index) => may[index]?.refused === null);
  return { names: mine, refused: mine.length > 0 ? null : (may.at(0)?.refused ?? null) };
}
