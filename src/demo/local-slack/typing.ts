import { Refusal } from './api/method.ts';
import { isObject } from './checks.ts';
import type { Context } from './context.ts';
import { type Bending, type Delivery, deliver } from './delivery.ts';
import { commandForm, escapedCommandText } from './payloads.ts';
import { applyResponse, newResponseUrl } from './response-urls.ts';
import { activePerson, channelOf } from './seeing.ts';
import { post, type Workspace } from './workspace.ts';

/** Types a slash command in a channel. */
export async function slash(
  context: Context,
  personId: string,
  command: string,
  text: string,
  channelId: string,
  bending: Bending = {},
): Promise<Delivery> {
  const { workspace, sender } = context;
  const person = activePerson(workspace, personId);
  const channel = channelOf(workspace, person, channelId);
  if (!context.commands.some(({ name }) => name === command))
    throw new Error(`${command} is not a valid command`);
  const about = { person: person.id, channel: channel.id };
  const responseUrl = newResponseUrl(workspace, context.url(), about);
  const escaped = escapedCommandText(workspace, text);
  const form = commandForm(workspace, person, { command, text: escaped, channel, responseUrl });
  const delivery = await deliver(sender, 'slash_commands', form, bending);
  const failure = commandFailure(delivery);
  if (failure) sayAsSlackbot(workspace, about, `${command} failed with the error "${failure}"`);
  else answerCommand(workspace, about, delivery, `${command} ${text}`.trim());
  return delivery;
}

const commandFailure = ({ status, problem }: Delivery): string | undefined => {
  if (problem === 'timeout') return 'operation_timeout';
  return status === 200 ? undefined : 'dispatch_failed';
};

function answerCommand(
  workspace: Workspace,
  about: { person: string; channel: string },
  delivery: Delivery,
  typed: string,
): void {
  const answer = typeof delivery.body === 'string' ? { text: delivery.body } : delivery.body;
  if (!isObject(answer) || (!answer.text && !answer.blocks)) return;
  if (answer.response_type === 'in_channel')
    post(workspace, { channel: about.channel, user: about.person, byApp: false, text: typed });
  try {
    applyResponse(workspace, about, answer);
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    sayAsSlackbot(workspace, about, `The answer could not be shown: ${problem.code}`);
  }
}

function sayAsSlackbot(workspace: Workspace, about: { person: string; channel: string }, text: string): void {
  post(workspace, {
    channel: about.channel,
    user: 'USLACKBOT',
    byApp: false,
    text,
    onlyFor: about.person,
  });
}

/** Says something in a channel or a thread, as a person. */
export function say(
  { workspace }: Context,
  personId: string,
  channelId: string,
  text: string,
  threadTs?: string,
): { channel: string; ts: string } {
  const person = activePerson(workspace, personId);
  const channel = channelOf(workspace, person, channelId);
  if (channel.archived) throw new Error(`#${channel.name} is archived`);
  const message = { channel: channel.id, user: person.id, byApp: false, text, thread_ts: threadTs };
  return { channel: channel.id, ts: post(workspace, message).ts };
}
