import type { RiskReason } from './assessment.ts';
import { part, sum } from './part.ts';

/** Parts of a statement: several where the reason has several sides (a schema change that also destroys data). */
type SqlRow = readonly [statement: RegExp, ...parts: (readonly [points: number, why: string])[]];

const SCHEMA = [25, 'schema change'] as const;
const DESTROYS = [45, 'destroys data'] as const;

/** Held against a statement in upper case, without comments and literals; the first that holds is the base. */
const ROWS: readonly SqlRow[] = [
  [
    /^(BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|END|ABORT|USE|\\(C|CONNECT|SET|TIMING|X|PSET|ECHO|Q)\b)/,
    [0, 'steers the session'],
  ],
  [
    /\bCOPY\b.*\bPROGRAM\b|\bXP_CMDSHELL\b|\bSYS_EXEC\b|\bLO_EXPORT\b|^SYSTEM\b/,
    [85, 'runs a program on the database server'],
  ],
  [/^\\!/, [45, 'runs a shell command']],
  [/^\\(I|IR)\b|^SOURCE\b/, [35, 'runs SQL from a file, unseen']],
  [/^\\COPY\b.*\bFROM\b|^COPY\b.*\bFROM\b|^LOAD DATA\b|^BULK INSERT\b/, [35, 'loads data']],
  [/^\\COPY\b|^COPY\b/, [15, 'copies data out']],
  [/^\\/, [3, 'asks the client']],
  [/^DROP (DATABASE|KEYSPACE|TABLESPACE|CATALOG)\b/, [90, 'drops a database']],
  [/^DROP (SCHEMA|OWNED)\b/, [85, 'drops a schema with all in it']],
  [/^DROP (FOREIGN )?TABLE\b/, SCHEMA, DESTROYS],
  [/^TRUNCATE\b/, [70, 'deletes every row']],
  [/^ALTER TABLE\b.*\bDROP (COLUMN|PARTITION)\b/, SCHEMA, DESTROYS],
  [
    /^ALTER TABLE\b.*\bDROP (?!CONSTRAINT|DEFAULT|NOT|INDEX|KEY|FOREIGN|PRIMARY|EXPRESSION|IDENTITY|CHECK)(IF EXISTS )?[\w".`]+/,
    SCHEMA,
    DESTROYS,
  ],
  [
    /^ALTER TABLE\b.*\b(DISABLE (TRIGGER|ROW)|NO FORCE ROW|DROP CONSTRAINT|DROP FOREIGN|DROP PRIMARY)\b/,
    [50, 'takes a safeguard away'],
  ],
  [
    /^ALTER TABLE\b.*\b(RENAME|SET DATA TYPE|ALTER COLUMN [^,]*\bTYPE|MODIFY|CHANGE|SET SCHEMA)\b/,
    [50, 'changes a column or table under its users'],
  ],
  [/^ALTER TABLE\b/, [35, 'schema change']],
  [
    /^DROP (INDEX|VIEW|MATERIALIZED|FUNCTION|PROCEDURE|TRIGGER|SEQUENCE|TYPE|EXTENSION|POLICY|RULE|AGGREGATE|EVENT|SYNONYM|COLLECTION)\b/,
    [50, 'drops an object'],
  ],
  [/^DROP (USER|ROLE|LOGIN|GROUP)\b/, [55, 'changes access rights']],
  [/^DROP\b/, [65, 'drops an object']],
  [
    /^(GRANT|ALTER (USER|ROLE))\b.*\b(ALL( PRIVILEGES)?\b.*\bON\b|SUPERUSER|DBA|GRANT OPTION|RDS_SUPERUSER|ADMIN OPTION|BYPASSRLS|ADMIN|OWNER)\b/,
    [65, 'grants all rights'],
  ],
  [
    /^(GRANT|REVOKE|CREATE (USER|ROLE|LOGIN)|ALTER (USER|ROLE|LOGIN|DEFAULT PRIVILEGES)|SET PASSWORD|REASSIGN)\b/,
    [40, 'changes access rights'],
  ],
  [/^DELETE FROM\b.*<ALL>$/, [70, 'deletes every row']],
  [/^UPDATE (?!SET\b).*<ALL>$/, [65, 'updates every row']],
  [/^DELETE\b/, [40, 'deletes rows']],
  [/^UPDATE\b/, [40, 'updates rows']],
  [/^(MERGE|REPLACE|UPSERT)\b/, [40, 'updates rows']],
  [/^INSERT\b/, [30, 'adds rows']],
  [/\bINTO (OUTFILE|DUMPFILE)\b/, [45, 'writes a file on the database server']],
  [/\bPG_(TERMINATE|CANCEL)_BACKEND\b|^KILL\b/, [40, 'ends sessions of others']],
  [/\bPG_(READ_FILE|LS_DIR|READ_BINARY_FILE)\b|\bLOAD_FILE\b/, [45, 'reads files of the database server']],
  [/\b(PG_SHADOW|PG_AUTHID|MYSQL\.USER|SYS\.USER\$)/, [45, 'reads a secret in clear']],
  [/^EXPLAIN\b/, [5, 'reads']],
  [/^(SELECT|WITH|VALUES|TABLE)\b.*\bINTO\b/, [30, 'adds a table']],
  [
    /^(SELECT|SHOW|DESCRIBE|DESC|WITH|VALUES|TABLE|FETCH|HELP|PRAGMA(?!.*=)|\.(TABLES|SCHEMA|HEADERS|MODE|DUMP|INDEXES|DATABASES)|LISTEN|DECLARE|PRINT|CHECK TABLE|ANALYZE TABLE)\b/,
    [5, 'reads'],
  ],
  [
    /^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE|TRIGGER|RULE|EVENT|EXTENSION)\b/,
    [35, 'adds code to the database'],
  ],
  [/^(CREATE|COMMENT|REFRESH)\b/, [30, 'adds an object']],
  [/^(VACUUM|ANALYZE|REINDEX|OPTIMIZE|CLUSTER|CHECKPOINT|REPAIR)\b/, [35, 'works on tables']],
  [
    /^(ALTER SYSTEM|SET GLOBAL|SET PERSIST|RESET (MASTER|SLAVE)|CHANGE MASTER|STOP|START|PURGE|FLUSH|SHUTDOWN)\b/,
    [60, 'changes the database server'],
  ],
  [/^(SET|RESET|DISCARD|DEALLOCATE|UNLISTEN|NOTIFY|PRAGMA)\b/, [10, 'changes the session']],
  [/^(CALL|DO|EXEC|EXECUTE|PREPARE|PERFORM)\b/, [45, 'runs code in the database, unseen']],
  [/^LOCK\b/, [45, 'locks tables']],
  [/^ALTER (DATABASE|SCHEMA)\b/, [50, 'changes a database']],
  [/^ALTER\b/, [35, 'schema change']],
];

const CORE_TABLES =
  /\b(USERS?|ACCOUNTS?|CUSTOMERS?|ORDERS?|PAYMENTS?|INVOICES?|TRANSACTIONS?|SUBSCRIPTIONS?)\b(?! BY\b)/;
/** A condition that holds for every row is none. */
const ALWAYS_TRUE =
  /\bWHERE\s+(?:\(?\s*)(?:(\d+)\s*=\s*\1|TRUE|NOT FALSE|1|'\?'\s*=\s*'\?')(?=\s*\)?\s*(?:$|;|\bOR\b|RETURNING|LIMIT))/;
const SHAPE =
  /^\s*(?:(?:\/\*[\s\S]*?\*\/|--[^\n]*\n)\s*)*(?:SELECT\s+(?:[\w*"'(`]|\d)|INSERT\s+(?:INTO|IGNORE)\b|UPDATE\s+\S+\s+(?:\S+\s+)?SET\b|DELETE\s+FROM\b|DROP\s+(?:TABLE|DATABASE|SCHEMA|INDEX|VIEW|USER|ROLE|FUNCTION|TRIGGER|SEQUENCE|TYPE|EXTENSION|MATERIALIZED|KEYSPACE|OWNED|PROCEDURE|POLICY)\b|ALTER\s+(?:TABLE|DATABASE|SCHEMA|USER|ROLE|INDEX|SEQUENCE|TYPE|SYSTEM|DEFAULT|VIEW|FUNCTION|POLICY|LOGIN|MATERIALIZED)\b|TRUNCATE\s+(?:TABLE\s+)?[\w".`]+\s*(?:;|,|$|CASCADE|RESTART)|CREATE\s+(?:OR\s+REPLACE\s+|UNIQUE\s+|TEMP(?:ORARY)?\s+|UNLOGGED\s+|MATERIALIZED\s+)*(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE|FUNCTION|TRIGGER|EXTENSION|SEQUENCE|TYPE|PROCEDURE|POLICY)\b|GRANT\s[\s\S]*\sTO\s|REVOKE\s[\s\S]*\sFROM\s|WITH\s+\w+\s+(?:\([^)]*\)\s+)?AS\s*\(|EXPLAIN\s+(?:ANALYZE\s+|\([^)]*\)\s*)?(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b|VACUUM\s*(?:;|$|FULL|ANALYZE|\()|REINDEX\s+|COPY\s+[\w".(][\s\S]*\s(?:FROM|TO)\s|MERGE\s+INTO\b|BEGIN\s*;)/i;

/** Whether the text is SQL and not a shell command. */
export const isSql = (whole: string): boolean => {
  const text = whole.slice(0, 4096);
  return (
    SHAPE.test(text) &&
    (!/^\s*select\s/i.test(text) || /^\s*select\s+(?:[\s\S]{0,4000}\sfrom\s|[\d'"(]|\w+\()/i.test(text))
  );
};

/** The statements of a text in upper case, without comments and with every literal replaced by `'?'`. */
function statementsOf(text: string): string[] {
  const plain = text
    .slice(0, 16_384)
    .replace(
      /'(?:[^'\\]|''|\\[\s\S])*'|\$(\w{0,20})\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|#[^\n]*$/g,
      (found) => (found.startsWith("'") || found.startsWith('$') ? "'?'" : ' '),
    );
  return plain
    .split(/;|\\g\b|\n(?=\\)/)
    .map((statement) => statement.replace(/\s+/g, ' ').trim().toUpperCase())
    .filter((statement) => statement !== '');
}

/**
 * A statement as the rows read it: the statement itself without what stands in brackets, and every DELETE, UPDATE or
 * INSERT inside it (`WITH x AS (DELETE …)`). `<ALL>` at the end says that no WHERE narrows it.
 */
function unitsOf(statement: string): string[] {
  const inner: string[] = [];
  let outer = statement.replace(ALWAYS_TRUE, '');
  for (let depth = 0; depth < 20 && outer.includes('('); depth++) {
    outer = outer.replace(/\(([^()]*)\)/g, (_, body: string) => {
      inner.push(body.trim());
      return ' ';
    });
  }
  const changes =
    /(?:^|(?<!\bON |\bFOR |\bDO |\bKEY |\bOF |\bBEFORE |\bAFTER |\bOR |, ))\b(?=DELETE FROM\b|UPDATE (?!SET\b)\S+ .{0,200}\bSET\b|INSERT INTO\b)/;
  const nested = /^(WITH|DO|BEGIN|CALL)\b/.test(outer) ? outer.split(changes).slice(1) : [];
  return [outer, ...nested, ...inner.filter((body) => /^(DELETE|UPDATE|INSERT)\b/.test(body))]
    .map((unit) => unit.replace(/\s+/g, ' ').trim())
    .map((unit) => (/\bWHERE\b/.test(unit) ? unit : `${unit} <ALL>`));
}

function unitParts(unit: string): RiskReason[] {
  const row = ROWS.find(([is]) => is.test(unit));
  const parts = row
    ? row.slice(1).map((one) => part(...(one as [number, string])))
    : [part(40, 'SQL of an unknown kind')];
  const aboutPeople = /^(GRANT|REVOKE|(CREATE|ALTER|DROP) (USER|ROLE|LOGIN))\b/.test(unit);
  if (sum(parts) >= 50 && !aboutPeople && CORE_TABLES.test(unit)) parts.push(part(15, 'core table'));
  return parts;
}

function statementParts(statement: string): RiskReason[] {
  // EXPLAIN ANALYZE runs what it explains.
  const runs = /^EXPLAIN (\([^)]*ANALYZE[^)]*\)|ANALYZE( VERBOSE)?) ?/.exec(statement);
  const units = unitsOf(runs ? statement.slice(runs[0].length) : statement).map(unitParts);
  return units.reduce((highest, parts) => (sum(parts) > sum(highest) ? parts : highest));
}

/**
 * The parts of the score of SQL text: those of its highest statement, and 5 points for each further statement of 30 or
 * more (at most 10). Empty text has no parts.
 */
export function sqlParts(text: string): RiskReason[] {
  const all = statementsOf(text).map(statementParts);
  const highest = all.reduce<RiskReason[]>(
    (best, parts) => (sum(parts) > sum(best) ? parts : best),
    all[0] ?? [],
  );
  const further = all.filter((parts) => parts !== highest && sum(parts) >= 30).length;
  return further > 0
    ? [...highest, part(Math.min(10, further * 5), 'further statements that change something')]
    : highest;
}
