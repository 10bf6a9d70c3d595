import type { Touches } from './row.ts';

export interface Judged {
  points: number;
  why: string;
  touches: Touches;
}

/** What the name of a script, task or target says about it. First hit wins. */
const NAMES: readonly (readonly [name: RegExp, points: number, why: string, touches?: Touches])[] = [
  [/^(help|version|dry run|noop)$/, 3, 'by its name it only reads', 'reads'],
  [
    /\b(db|database|schema)\b.*\b(drop|reset|wipe|nuke|purge|recreate|fresh|clean)\b|\b(drop|reset|wipe|nuke|purge|recreate)\b.*\b(db|database|schema|all)\b/,
    80,
    'by its name it empties a database',
  ],
  [
    /\b(destroy|teardown|tear down|nuke|wipe|purge|drop|delete|uninstall|decommission|undeploy|terminate|obliterate)\b/,
    65,
    'by its name it destroys something',
  ],
  [/\b(rollback|roll back|downgrade|revert|restore|failover)\b/, 45, 'by its name it rolls back or restores'],
  [
    /\b(dry run|preview|plan|diff|status|health|healthcheck|smoke|verify|validate|list|show|logs|info|check|lint|audit)\b/,
    8,
    'by its name it only reads',
    'local',
  ],
  [/\b(stop|shutdown|down|kill|disable)\b/, 45, 'by its name it stops something'],
  [/\b(migrate|migration|migrations|migrator)\b/, 30, 'schema migration'],
  [/\b(backfill|populate|ingest|reindex|import|fixup)\b/, 30, 'by its name it changes data'],
  [
    /\b(deploy|deployment|release|publish|rollout|ship|promote|provision|apply|upgrade|cutover|switchover|bootstrap server)\b/,
    35,
    'by its name it deploys',
  ],
  [
    /\b(restart|reload|reboot|rotate|scale|seed|sync|flush|invalidate|start prod|serve prod)\b/,
    35,
    'by its name it changes something that runs',
  ],
  [/\b(remove|reset|rm|cleanup|prune|truncate)\b/, 45, 'by its name it deletes something'],
  [
    /\b(test|tests|lint|build|format|fmt|dev|compile|typecheck|types|docs|clean|install|setup|watch|coverage|cover|bench|ci|generate|gen|codegen|proto|vet|start|serve|run|all|package|dist|image|e2e|unit|integration|storybook|bundle|prepare|tidy|deps|vendor|assets|precommit)\b/,
    10,
    "works on the caller's copy",
    'local',
  ],
  [/\b(prod|production|live|staging)\b/, 35, 'by its name it touches an environment'],
  [/\b(backup|dump|export|report|notify)\b/, 15, 'by its name it copies or reports'],
];

const wordsOf = (name: string): string =>
  name
    .replace(/\.(sh|bash|py|rb|js|ts|mjs|cjs|pl|php|ps1)$/i, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase();

/** What the names of a script and its first arguments tell, or null. */
export function judgeName(...names: string[]): Judged | null {
  for (const name of names) {
    const words = wordsOf(name);
    const found = NAMES.find(([is]) => is.test(words));
    if (found) return { points: found[1], why: found[2], touches: found[3] ?? 'shared' };
  }
  return null;
}
