import type { SlashCommand } from '@slack/bolt';
import { environmentOf } from '../gate/environment-asked.ts';
import { sentence } from './answers.ts';
import type { Message } from './blocks.ts';
import { commanderOf } from './clicks.ts';
import { mayNeverDecide, personBehind } from './people.ts';
import { refusal } from './refusals.ts';
import type { Slack } from './slack.ts';

/** What guests, outsiders and the like are told instead of an answer to /gate; null: this person may ask. */
export async function refusedPerson(slack: Slack, command: SlashCommand): Promise<Message | null> {
  const person = await personBehind(slack, commanderOf(command));
  if (!mayNeverDecide(person)) return null;
  if (person.isGuest) return sentence('Guests cannot use /gate. Ask a full member of the channel.');
  return refusal(person.isOutsider ? 'outsider' : person.isBot ? 'bot' : 'deactivated', {
    environment: environmentOf(slack.deps, ''),
    deciders: '',
  });
}
