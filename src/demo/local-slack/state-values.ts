import { isObject, type Json } from './checks.ts';
import type { Block, StateValues } from './workspace.ts';

/** One element that holds a value, and the block it stands in. */
export type Field = { block: Block; element: Json; actionId: string };

/** Given values, by block and action; a block with one field may leave the action out. */
export type GivenValues = Record<string, unknown>;

const isStateful = (element: unknown): element is Json =>
  isObject(element) &&
  !['button', 'overflow', 'image', 'plain_text', 'mrkdwn'].includes(String(element.type));

/** The fields of a view or a message, in order. */
export function fieldsOf(blocks: Block[]): Field[] {
  return blocks.flatMap((block) => {
    const elements =
      block.type === 'input'
        ? [block.element]
        : block.type === 'actions'
          ? (block.elements as unknown[])
          : block.type === 'section'
            ? [block.accessory]
            : [];
    return elements
      .filter(isStateful)
      .map((element) => ({ block, element, actionId: String(element.action_id) }));
  });
}

/** What `state.values` holds before anybody typed: the initial values, or what was there before. */
export function initialValues(blocks: Block[], before: StateValues = {}): StateValues {
  const values: StateValues = {};
  for (const { block, element, actionId } of fieldsOf(blocks)) {
    const kept = before[block.block_id]?.[actionId];
    values[block.block_id] ??= {};
    values[block.block_id]![actionId] =
      kept && kept.type === element.type ? kept : stateOf(element, initialOf(element));
  }
  return values;
}

/** The raw value of a field before anybody touched it: text, an option's value, an id, or several. */
export function initialOf(element: Json): unknown {
  const one = element.initial_option as Json | undefined;
  const several = element.initial_options as Json[] | undefined;
  return (
    one?.value ??
    several?.map((option) => option.value) ??
    element.initial_value ??
    element.initial_user ??
    element.initial_users ??
    element.initial_conversation ??
    element.initial_channel ??
    element.initial_date ??
    element.initial_time ??
    element.initial_date_time ??
    null
  );
}

export function optionsOf(element: Json): Json[] {
  const groups = (element.option_groups as Json[] | undefined) ?? [];
  return [element.options, ...groups.map((group) => group.options)].flat().filter(isObject);
}

function option(element: Json, value: unknown): Json | null {
  if (value === null || value === undefined || value === '') return null;
  const found = optionsOf(element).find((one) => one.value === value);
  if (!found) throw new Error(`no option "${String(value)}" in ${String(element.action_id)}`);
  return found;
}

const asList = (value: unknown): unknown[] => (value === null || value === undefined ? [] : [value].flat());

/** A raw value in the shape Slack sends for this kind of element. */
export function stateOf(element: Json, value: unknown): Json {
  const type = String(element.type);
  const plain = value === '' || value === undefined ? null : value;
  switch (type) {
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: option(element, value) };
    case 'checkboxes':
    case 'multi_static_select':
      return { type, selected_options: asList(value).map((one) => option(element, one)) };
    case 'users_select':
      return { type, selected_user: plain };
    case 'multi_users_select':
      return { type, selected_users: asList(value) };
    case 'conversations_select':
      return { type, selected_conversation: plain };
    case 'channels_select':
      return { type, selected_channel: plain };
    case 'datepicker':
      return { type, selected_date: plain };
    case 'timepicker':
      return {
        type,
        selected_time: timeOfDay(plain),
        ...(element.timezone ? { timezone: element.timezone } : {}),
      };
    case 'datetimepicker':
      return { type, selected_date_time: plain === null ? null : Number(plain) };
    default:
      return { type, value: plain };
  }
}

/** Slack's client offers no other times. */
function timeOfDay(value: unknown): unknown {
  if (value !== null && !/^([01]\d|2[0-3]):[0-5]\d$/.test(String(value)))
    throw new Error(`${String(value)} is not a time of the day`);
  return value;
}

const notChosen = ['type', 'timezone'];
const isEmpty = (state: Json): boolean =>
  Object.entries(state).every(
    ([name, value]) =>
      notChosen.includes(name) || value === null || (Array.isArray(value) && value.length === 0),
  );

/** The state after a person filled in a form. Fields they did not touch keep what they show. */
export function filledIn(blocks: Block[], shown: StateValues, given: GivenValues): StateValues {
  const fields = fieldsOf(blocks);
  for (const blockId of Object.keys(given))
    if (!fields.some(({ block }) => block.block_id === blockId))
      throw new Error(`no field in block ${blockId}`);
  const values: StateValues = {};
  for (const { block, element, actionId } of fields) {
    values[block.block_id] ??= {};
    const entry = given[block.block_id];
    const value = isObject(entry) ? entry[actionId] : entry;
    values[block.block_id]![actionId] =
      value === undefined
        ? (shown[block.block_id]?.[actionId] ?? stateOf(element, null))
        : stateOf(element, value);
  }
  return values;
}

/** What Slack's client itself objects to before it sends a form: by block id. */
export function inputErrors(blocks: Block[], values: StateValues): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, element, actionId } of fieldsOf(blocks)) {
    if (block.type !== 'input') continue;
    const state = values[block.block_id]?.[actionId];
    const text = typeof state?.value === 'string' ? state.value : '';
    const problem =
      !state || isEmpty(state)
        ? !block.optional && 'Please complete this required field.'
        : lengthProblem(element, text) || formatProblem(element, text);
    if (problem) errors[block.block_id] = problem;
  }
  return errors;
}

function lengthProblem(element: Json, text: string): string | undefined {
  if (element.type !== 'plain_text_input') return undefined;
  const { min_length: min, max_length: max = 3000 } = element as { min_length?: number; max_length?: number };
  if (min !== undefined && text.length < min) return `This field must have at least ${min} characters.`;
  return text.length > max ? `This field must have at most ${max} characters.` : undefined;
}

function formatProblem(element: Json, text: string): string | undefined {
  if (element.type === 'number_input' && !Number.isFinite(Number(text))) return 'Please enter a number.';
  if (element.type === 'url_text_input' && !URL.canParse(text)) return 'Please enter a valid URL.';
  if (element.type === 'email_text_input' && !/^\S+@\S+$/.test(text)) return 'Please enter a valid email.';
  return undefined;
}
