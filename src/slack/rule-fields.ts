import type { InputBlock, PlainTextOption } from '@slack/types';
import type { Environment } from '../core/environment.ts';
import { plain } from './modals.ts';

// The fields of every modal that makes a rule. Block and action of a field have the same id.

const EXPIRIES = ['30', '90', '180', 'never'] as const;
const EXPIRY_WORDS = { '30': '30 days', '90': '90 days', '180': '180 days', never: 'Never' };
const DEFAULT_EXPIRY = '90';

export const option = (words: string, value: string): PlainTextOption => ({ text: plain(words), value });

export const expiryField = (): InputBlock => ({
  type: 'input',
  block_id: 'expires',
  label: plain('Expires after'),
  element: {
    type: 'static_select',
    action_id: 'expires',
    options: EXPIRIES.map((days) => option(EXPIRY_WORDS[days], days)),
    initial_option: option(EXPIRY_WORDS[DEFAULT_EXPIRY], DEFAULT_EXPIRY),
  },
});

/** Only where the environment lets rules do this. */
export const unansweredField = ({ unansweredMayRun }: Pick<Environment, 'unansweredMayRun'>): InputBlock[] =>
  unansweredMayRun
    ? [
        {
          type: 'input',
          block_id: 'unanswered',
          optional: true,
          label: plain('How it runs'),
          element: {
            type: 'checkboxes',
            action_id: 'unanswered',
            options: [option('Show a card each time; it runs when nobody objects', 'allow')],
          },
        },
      ]
    : [];

export type Values = Record<string, Record<string, { [key: string]: unknown }>>;
export const valuesOf = (view: { state: { values: unknown } }): Values => view.state.values as Values;

export const chosen = (values: Values, field: string): string | null => {
  const picked = values[field]?.[field]?.selected_option as { value?: string } | null | undefined;
  return picked?.value ?? null;
};

export const ticked = (values: Values, field: string): string[] => {
  const picked = values[field]?.[field]?.selected_options as { value: string }[] | undefined;
  return (picked ?? []).map(({ value }) => value);
};

export const written = (values: Values, field: string): string | null => {
  const words = values[field]?.[field]?.value;
  return typeof words === 'string' && words.trim() !== '' ? words.trim() : null;
};

/** What both modals ask alike. An expiry nobody offered is the default one. */
export function limitsOf(values: Values): { expiresInDays: number | null; whenUnanswered: 'allow' | null } {
  const picked = EXPIRIES.find((days) => days === chosen(values, 'expires')) ?? DEFAULT_EXPIRY;
  return {
    expiresInDays: picked === 'never' ? null : Number(picked),
    whenUnanswered: ticked(values, 'unanswered').includes('allow') ? 'allow' : null,
  };
}
