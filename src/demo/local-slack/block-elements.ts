import {
  anObject,
  byType,
  type Check,
  flag,
  isObject,
  type Json,
  list,
  matching,
  number,
  object,
  oneOf,
  string,
  uniqueId,
  url,
} from './checks.ts';
import { limits } from './limits.ts';
import { isTimeZone } from './zones.ts';

const timeZone: Check = (value, at) => (isTimeZone(value) ? [] : [{ what: 'must be a valid timezone', at }]);

export const plainText = (max: number): Check =>
  byType(() => ({ plain_text: object({ text: string(max), 'emoji?': flag }) }));
export const anyText = (max: number): Check =>
  byType(() => ({
    plain_text: object({ text: string(max), 'emoji?': flag }),
    mrkdwn: object({ text: string(max), 'verbatim?': flag }),
  }));

const actionId = { 'action_id?': uniqueId('actionIds', limits.id) };
export const blockId = { 'block_id?': uniqueId('blockIds', limits.id) };
const style = oneOf('primary', 'danger');

const confirm = object({
  'title?': plainText(limits.confirm.title),
  text: anyText(limits.confirm.text),
  'confirm?': plainText(limits.confirm.button),
  'deny?': plainText(limits.confirm.button),
  'style?': style,
});
const confirmable = { 'confirm?': confirm };
const focusable = { 'focus_on_load?': flag };
const placeholder = { 'placeholder?': plainText(limits.input.placeholder) };

const optionOf = (text: Check, more: Record<string, Check> = {}): Check =>
  object({
    text,
    value: string(limits.option.value),
    'description?': anyText(limits.option.description),
    ...more,
  });
const option = optionOf(plainText(limits.option.text));
const choice = optionOf(anyText(limits.option.text));
const overflowOption = optionOf(plainText(limits.option.text), { 'url?': url(limits.option.url) });
const optionGroup = object({
  label: plainText(limits.options.group),
  options: list(option, limits.options.select),
});

/** A choice made beforehand must be one of the choices offered. */
const initialIsOffered: Check = (value, at) => {
  const element = value as Json;
  const groups = Array.isArray(element.option_groups) ? (element.option_groups as Json[]) : [];
  const offered = [element.options, ...groups.map((group) => group.options)].flat().map(optionValue);
  const chosen = [element.initial_option, element.initial_options].flat().filter(isObject);
  return chosen.every((one) => offered.includes(one.value))
    ? []
    : [{ what: 'initial option must exactly match one of the provided options', at }];
};
const optionValue = (one: unknown): unknown => (isObject(one) ? one.value : undefined);

const optionsOrGroups: Check = (value, at, scope) => {
  const element = value as Json;
  if (Boolean(element.options) === Boolean(element.option_groups))
    return [{ what: 'must define either `options` or `option_groups`', at }];
  return initialIsOffered(value, at, scope);
};

const selectOptions = {
  'options?': list(option, limits.options.select),
  'option_groups?': list(optionGroup, limits.options.groups),
};
const common = { ...actionId, ...confirmable, ...focusable };
const menu = { ...common, ...placeholder };
const many = { 'max_selected_items?': number(1, 100) };
const textInput = {
  ...actionId,
  ...focusable,
  ...placeholder,
  'dispatch_action_config?': object({
    'trigger_actions_on?': list(oneOf('on_enter_pressed', 'on_character_entered'), 2),
  }),
};
const someId = string(64);

const button = object({
  text: plainText(limits.button.text),
  ...actionId,
  'value?': string(limits.button.value, 0),
  'url?': url(limits.button.url),
  'style?': style,
  ...confirmable,
  'accessibility_label?': string(limits.button.label),
});

export const menus: Record<string, Check> = {
  static_select: object({ ...menu, ...selectOptions, 'initial_option?': option }, optionsOrGroups),
  multi_static_select: object(
    { ...menu, ...many, ...selectOptions, 'initial_options?': list(option, limits.options.select) },
    optionsOrGroups,
  ),
  users_select: object({ ...menu, 'initial_user?': someId }),
  multi_users_select: object({ ...menu, ...many, 'initial_users?': list(someId, 100) }),
  conversations_select: object({
    ...menu,
    'initial_conversation?': someId,
    'default_to_current_conversation?': flag,
    'filter?': anObject,
  }),
  channels_select: object({ ...menu, 'initial_channel?': someId }),
  radio_buttons: object(
    { ...common, options: list(choice, limits.options.choices), 'initial_option?': choice },
    initialIsOffered,
  ),
  checkboxes: object(
    {
      ...common,
      options: list(choice, limits.options.choices),
      'initial_options?': list(choice, limits.options.choices),
    },
    initialIsOffered,
  ),
  datepicker: object({
    ...menu,
    'initial_date?': matching(/^\d{4}-\d\d-\d\d$/, 'must be a valid date'),
  }),
  timepicker: object({
    ...menu,
    'initial_time?': matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a valid time'),
    'timezone?': timeZone,
  }),
  datetimepicker: object({ ...common, 'initial_date_time?': number(1_000_000_000, 9_999_999_999) }),
};

export const pressed: Record<string, Check> = {
  button,
  overflow: object({
    ...actionId,
    ...confirmable,
    options: list(overflowOption, limits.options.overflow),
  }),
};

export const typed: Record<string, Check> = {
  plain_text_input: object({
    ...textInput,
    'initial_value?': string(limits.input.text, 0),
    'multiline?': flag,
    'min_length?': number(0, limits.input.text),
    'max_length?': number(1, limits.input.text),
  }),
  email_text_input: object({ ...textInput, 'initial_value?': string(limits.input.text, 0) }),
  url_text_input: object({ ...textInput, 'initial_value?': string(limits.input.text, 0) }),
  number_input: object({
    ...textInput,
    is_decimal_allowed: flag,
    'initial_value?': string(100),
    'min_value?': string(100),
    'max_value?': string(100),
  }),
};

export const imageSource: Check = (value, at) => {
  const image = value as Json;
  return Boolean(image.image_url) === Boolean(image.slack_file)
    ? [{ what: 'must define either `image_url` or `slack_file`', at }]
    : [];
};
export const image = {
  alt_text: string(limits.image.alt),
  'image_url?': url(limits.image.url),
  'slack_file?': anObject,
};
export const imageElement: Record<string, Check> = { image: object(image, imageSource) };

const feedback = object({
  text: plainText(limits.button.text),
  value: string(limits.button.value),
  'accessibility_label?': string(limits.button.label),
});
export const contextActions: Record<string, Check> = {
  feedback_buttons: object({ ...actionId, positive_button: feedback, negative_button: feedback }),
  icon_button: object({
    ...actionId,
    ...confirmable,
    icon: oneOf('trash'),
    text: plainText(limits.button.text),
    'value?': string(limits.button.value),
    'accessibility_label?': string(limits.button.label),
    'visible_to_user_ids?': list(someId, 100),
  }),
};
