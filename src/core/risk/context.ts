import type { RiskReason } from './assessment.ts';
import { part } from './part.ts';

type Kind = 'production' | 'staging' | 'development';

const WORDS: readonly (readonly [word: RegExp, kind: Kind])[] = [
  [/^(non|pre)prod(uction)?$/, 'staging'],
  [/^(prod|production|prd)\d*$/, 'production'],
  [/^(staging|stage|stg|uat|preprod|preproduction)\d*$/, 'staging'],
  [/^(dev|development|qa|sandbox|sbx|test|testing)\d*$/, 'development'],
];

const kindOf = (word: string): Kind | null => WORDS.find(([is]) => is.test(word))?.[1] ?? null;

const tokensOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/\b(non|pre)[-_]?(prod)/g, '$1$2')
    .split(/[^a-z0-9]+/);

/** Options whose value is prose, not a target. */
const PROSE =
  /^(-m|--message|--title|--body|--notes|--description|--comment|--reason|--annotation|--text|--message-body)$/;
/** Options that name a target, where even `dev` and `test` mean an environment. */
const TARGET =
  /^(--context|--kube-context|-n|--namespace|--env|--environment|--stage|--profile|--cluster|--project|--app|-a|-h|--host|--resource-group|-g|--stack|-url|--url|-i|--inventory|--limit|-l|--workspace|--account)$/;

/** Every environment that the words of a command name. */
function environmentsOf(words: readonly string[]): Set<Kind> {
  const kinds = new Set<Kind>();
  for (const [i, word] of words.entries()) {
    const before = words[i - 1] ?? '';
    if (
      PROSE.test(before) ||
      /^--(message|title|body|notes|description|comment|only|omit|production)(=|$)/.test(word)
    )
      continue;
    const precise =
      TARGET.test(before) ||
      TARGET.test(word.split('=')[0]!) ||
      /:\/\/|@|\w\.\w+\.\w/.test(word) ||
      /^(deploy|promote)\b/.test(word);
    for (const token of tokensOf(word)) {
      const kind = kindOf(token);
      if (kind && (kind !== 'development' || precise)) kinds.add(kind);
    }
  }
  return kinds;
}

export interface DeclaredEnvironment {
  name: string;
  production?: boolean;
}

/**
 * What the request's environment adds. `words` are the words of the commands that count, `changes` says whether any of
 * them changes something others share. A production word or a production environment: 20, once. A word of another
 * environment than the declared one: 22.
 */
export function contextParts(
  words: readonly string[],
  changes: boolean,
  declared?: DeclaredEnvironment,
): RiskReason[] {
  const named = environmentsOf(words);
  const nameKinds = tokensOf(declared?.name ?? '').map(kindOf);
  const own: Kind | null = declared?.production
    ? 'production'
    : (nameKinds.find((kind) => kind !== null) ?? null);
  const parts: RiskReason[] = [];
  if (changes && (named.has('production') || own === 'production')) parts.push(part(20, 'production target'));
  if (declared && own) {
    const others = [...named].filter((kind) => kind !== own);
    const elsewhere = others.includes('production') || (others.length > 0 && !named.has(own));
    if (elsewhere) parts.push(part(22, `names another environment than the declared ${declared.name}`));
  }
  return parts;
}
