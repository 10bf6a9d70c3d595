import type { z } from 'zod';
import type { RuleBody, RulesShape } from '../../api/rules.ts';
import type { Client } from '../../client.ts';

const PAGE = 1000;

/** Every rule that matches, page by page, latest first. */
export async function allRules(client: Client, filter: Record<string, string> = {}): Promise<RuleBody[]> {
  const rules: RuleBody[] = [];
  for (;;) {
    const query = new URLSearchParams({ ...filter, limit: String(PAGE), offset: String(rules.length) });
    const page = (await client.call('GET', `/api/v1/rules?${query}`)) as z.infer<typeof RulesShape>;
    rules.push(...page.rules);
    if (page.rules.length === 0 || rules.length >= page.total) return rules;
  }
}
