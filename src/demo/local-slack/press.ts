import { isObject, type Json } from './checks.ts';
import type { Context } from './context.ts';
import { type Bending, type Delivery, deliver } from './delivery.ts';
import { interactionBase, messageContext, viewContext } from './payloads.ts';
import { newResponseUrl } from './response-urls.ts';
import {
  activePerson,
  channelOf,
  findOption,
  findPressable,
  messageSeenBy,
  type Pressable,
  type Target,
  viewOpenFor,
} from './seeing.ts';
import { filledIn, type GivenValues, initialValues, stateOf } from './state-values.ts';
import { nextTs, type Person, type View } from './workspace.ts';

export type Which = { value?: string; blockId?: string };
export type PressOptions = Bending & Which & { values?: GivenValues };

/** Presses a button. Throws when this person could not press it. */
export async function click(
  context: Context,
  personId: string,
  target: Target,
  actionId: string,
  options: PressOptions = {},
): Promise<Delivery> {
  const { element } = lookUp(context, personId, target, actionId, options);
  if (element.type !== 'button' && element.type !== 'icon_button')
    throw new Error(`"${actionId}" is a ${String(element.type)}, not a button: use select`);
  return press(context, personId, target, actionId, options, {
    ...pick(element, ['text', 'value', 'style', 'url']),
  });
}

/** Chooses from a menu, an overflow menu, radio buttons, checkboxes or feedback buttons. */
export async function select(
  context: Context,
  personId: string,
  target: Target,
  actionId: string,
  chosen: string | string[],
  options: PressOptions = {},
): Promise<Delivery> {
  const { element } = lookUp(context, personId, target, actionId, options);
  return press(context, personId, target, actionId, options, choice(element, chosen));
}

function choice(element: Json, chosen: string | string[]): Json {
  const first = String([chosen].flat()[0]);
  if (element.type === 'overflow') return { selected_option: findOption(element, first) };
  if (element.type === 'feedback_buttons') {
    const buttons = [element.positive_button, element.negative_button].filter(isObject);
    const pressed = buttons.find(({ value }) => value === first);
    if (!pressed) throw new Error(`"${String(element.action_id)}" has no button of value "${first}"`);
    return pick(pressed, ['text', 'value']);
  }
  return { ...pick(element, ['placeholder']), ...stateOf(element, chosen) };
}

function lookUp(
  context: Context,
  personId: string,
  target: Target,
  actionId: string,
  which: Which,
): Pressable {
  const { workspace } = context;
  const person = activePerson(workspace, personId);
  const blocks =
    'viewId' in target
      ? viewOpenFor(workspace, person, target.viewId).blocks
      : messageSeenBy(workspace, person, target.channel, target.ts).blocks;
  return findPressable(blocks ?? [], actionId, which);
}

function press(
  context: Context,
  personId: string,
  target: Target,
  actionId: string,
  options: PressOptions,
  what: Json,
): Promise<Delivery> {
  const { workspace, sender } = context;
  const person = activePerson(workspace, personId);
  const { block, element } = lookUp(context, personId, target, actionId, options);
  const action = {
    type: element.type,
    action_id: actionId,
    block_id: block.block_id,
    ...what,
    action_ts: nextTs(workspace),
  };
  const payload = {
    type: 'block_actions',
    ...interactionBase(workspace, person),
    ...('viewId' in target
      ? viewContext(withTyped(context, person, target.viewId, options.values, { block, element, what }))
      : onMessage(context, person, target)),
    actions: [action],
  };
  return deliver(sender, 'interactive', payload, options);
}

function onMessage(context: Context, person: Person, target: { channel: string; ts: string }): Json {
  const { workspace } = context;
  const channel = channelOf(workspace, person, target.channel);
  const message = messageSeenBy(workspace, person, target.channel, target.ts);
  return {
    ...messageContext(workspace, channel, message),
    state: { values: initialValues(message.blocks ?? []) },
    response_url: newResponseUrl(workspace, context.url(), {
      person: person.id,
      channel: channel.id,
      message: { ts: message.ts, thread_ts: message.thread_ts },
    }),
  };
}

/** A press inside a view takes along what has been typed and chosen in it so far. */
function withTyped(
  { workspace }: Context,
  person: Person,
  viewId: string,
  values: GivenValues | undefined,
  pressed: Pressable & { what: Json },
): View {
  const view = viewOpenFor(workspace, person, viewId);
  view.state = { values: filledIn(view.blocks, view.state.values, values ?? {}) };
  const fields = view.state.values[pressed.block.block_id];
  const actionId = String(pressed.element.action_id);
  if (fields?.[actionId]) fields[actionId] = { type: pressed.element.type, ...pressed.what };
  return view;
}

const pick = (from: Json, names: string[]): Json =>
  Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));
