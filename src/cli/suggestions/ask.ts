import type { z } from 'zod';
import type { SuggestionBody, SuggestionsShape } from '../../api/suggestions.ts';
import type { Client } from '../../client.ts';
import { WrongUsage } from '../arguments.ts';

const PAGE = 1000;

export const pathOf = (id: string, verb = ''): string =>
  `/api/v1/suggestions/${encodeURIComponent(id)}${verb && `/${verb}`}`;

export const suggestionOf = async (client: Client, id: string): Promise<SuggestionBody> =>
  (await client.call('GET', pathOf(id))) as SuggestionBody;

/** Every suggestion that matches, page by page. */
export async function allSuggestions(
  client: Client,
  filter: Record<string, string>,
): Promise<SuggestionBody[]> {
  const all: SuggestionBody[] = [];
  for (;;) {
    const query = new URLSearchParams({ ...filter, limit: String(PAGE), offset: String(all.length) });
    const page = (await client.call('GET', `/api/v1/suggestions?${query}`)) as z.infer<
      typeof SuggestionsShape
    >;
    all.push(...page.suggestions);
    if (page.suggestions.length === 0 || all.length >= page.total) return all;
  }
}

/** The ids a verb is called with. */
export function idsIn(positionals: string[], verb: string): string[] {
  if (positionals.length > 0) return positionals;
  throw new WrongUsage('name the suggestion', `gate suggestions ${verb} ID; gate suggestions list shows ids`);
}

/** The id of a verb that takes one. */
export function idIn(positionals: string[], verb: string): string {
  const [id, ...rest] = idsIn(positionals, verb);
  if (id !== undefined && rest.length === 0) return id;
  throw new WrongUsage('one suggestion at a time', `gate suggestions ${verb} ID`);
}
