import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import {
  EditNoteShape,
  type NewNote,
  NewNoteShape,
  NoteShape,
  NotesShape,
  ProposalsShape,
  SeenNoteShape,
} from '../api/notes.ts';
import type { Caller } from '../gate/authenticate.ts';
import type { Deps } from '../gate/deps.ts';
import { addNote } from '../gate/notes/add-note.ts';
import type { NoteChanged, Seen } from '../gate/notes/change-note.ts';
import { editNote } from '../gate/notes/edit-note.ts';
import { type MayNote, noteAuthor } from '../gate/notes/note-author.ts';
import { pinNote } from '../gate/notes/pin-note.ts';
import { proposalsFor } from '../gate/notes/proposals.ts';
import { restoreNote } from '../gate/notes/restore-note.ts';
import { retireNote } from '../gate/notes/retire-note.ts';
import { unpinNote } from '../gate/notes/unpin-note.ts';
import type { Author } from '../gate/rules.ts';
import { countNotes, findNote, listNotes, type NoteRow } from '../store/runbook.ts';
import type { ApiEnv } from './authenticate.ts';
import { presentNote, presentProposal } from './present-note.ts';
import { problem } from './problems.ts';
import { answers, problemAnswers } from './route-answers.ts';

const IdParam = z.object({ id: z.string().max(100) });
const json = <T extends z.ZodType>(schema: T) => ({
  body: { required: true, content: { 'application/json': { schema } } },
});

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/notes',
  summary: 'List the notes of the runbook, pinned ones first, then the latest',
  description:
    'A client’s token sees the notes that may apply to it. With `environment` or `project`: what holds there.',
  request: {
    query: z.object({
      environment: z.string().max(100).optional(),
      project: z.string().max(100).optional(),
      family: z.string().max(300).optional().openapi({ description: 'Program and subcommands, exactly' }),
      search: z
        .string()
        .max(200)
        .optional()
        .openapi({ description: 'A part of the words, the family, the target or the author' }),
      retired: z.stringbool().default(false).openapi({ description: 'The retired ones, and no others' }),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
  },
  responses: { 200: answers('Notes', NotesShape), ...problemAnswers(401, 422, 429) },
});

const proposalsRoute = createRoute({
  method: 'get',
  path: '/api/v1/notes/proposals',
  summary: 'List the policies that repeated denials propose',
  description:
    'Three denials of one kind of command within 90 days propose to block it. Nothing changes by itself: an ' +
    'administrator adds the policy to gatehouse.yaml.',
  request: { query: z.object({ environment: z.string().max(100).optional() }) },
  responses: { 200: answers('Proposals', ProposalsShape), ...problemAnswers(401, 422, 429) },
});

const readRoute = createRoute({
  method: 'get',
  path: '/api/v1/notes/{id}',
  summary: 'Read a note',
  request: { params: IdParam },
  responses: { 200: answers('The note', NoteShape), ...problemAnswers(401, 404, 429) },
});

const addRoute = createRoute({
  method: 'post',
  path: '/api/v1/notes',
  summary: 'Write a note',
  description: 'For administrators, and for people who may decide in the environment.',
  request: json(NewNoteShape),
  responses: { 201: answers('The note', NoteShape), ...problemAnswers(400, 401, 403, 422, 429) },
});

const editRoute = createRoute({
  method: 'patch',
  path: '/api/v1/notes/{id}',
  summary: 'Say a note in other words',
  request: { params: IdParam, ...json(EditNoteShape) },
  responses: { 200: answers('The note', NoteShape), ...problemAnswers(400, 401, 403, 404, 409, 422, 429) },
});

const changing = (verb: string, summary: string) =>
  createRoute({
    method: 'post',
    path: `/api/v1/notes/{id}/${verb}` as const,
    summary,
    request: { params: IdParam, ...json(SeenNoteShape) },
    responses: { 200: answers('The note', NoteShape), ...problemAnswers(400, 401, 403, 404, 409, 422, 429) },
  });

type Verb = (deps: Deps, author: Author, seen: Seen) => Promise<NoteChanged>;

const VERBS: [name: string, summary: string, verb: Verb][] = [
  ['pin', 'Put a note before all others of its kind', pinNote],
  ['unpin', 'Put a pinned note back among the others', unpinNote],
  ['retire', 'Take a note out of sight', retireNote],
  ['restore', 'Bring a retired note back', restoreNote],
];

/** The living runbook. */
export function noteRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  const { db } = deps.database;
  app.openapi(listRoute, async (c) => {
    const { environment, project, ...filter } = c.req.valid('query');
    const caller = c.get('caller');
    const seen = {
      ...filter,
      environments: narrowed(environment, environmentsOf(caller)),
      projects: narrowed(project === undefined ? undefined : [project, '*'], projectsOf(caller)),
    };
    const total = await countNotes(db, seen);
    return c.json({ notes: (await listNotes(db, seen)).map(presentNote), total }, 200);
  });

  app.openapi(proposalsRoute, async (c) => {
    const seen = narrowed(c.req.valid('query').environment, environmentsOf(c.get('caller')));
    const projects = projectsOf(c.get('caller')) ?? undefined;
    const names = [...deps.environments.keys()].filter((name) => seen?.includes(name) ?? true);
    const proposals = [];
    for (const name of names) proposals.push(...(await proposalsFor(db, deps, name, { projects })));
    return c.json({ proposals: proposals.map(presentProposal) }, 200);
  });

  app.openapi(readRoute, async (c) => {
    const note = await visible(c, deps, c.req.valid('param').id);
    return note ? c.json(presentNote(note), 200) : (problem(c, 'not-found') as never);
  });

  app.openapi(addRoute, async (c) => {
    const caller = c.get('caller');
    const body = c.req.valid('json');
    const place = { environment: body.environment, project: body.project ?? caller.project };
    if (!deps.environments.has(place.environment)) return problem(c, 'unknown-environment') as never;
    const may = await noteAuthor(deps, caller, place);
    if ('refused' in may) return refused(c, may) as never;
    const added = await addNote(deps, may.author, { ...place, about: aboutOf(body), text: body.text });
    if (added.ok) return c.json(presentNote(added.note), 201);
    if (added.code !== 'no-one-family') return problem(c, added.code) as never;
    const found =
      added.families.length === 0 ? 'It runs no program.' : `It runs ${added.families.join('; ')}.`;
    return problem(c, added.code, { detail: found }) as never;
  });

  app.openapi(editRoute, async (c) => {
    const { text, version } = c.req.valid('json');
    const changed = await change(c, deps, c.req.valid('param').id, (author, id) =>
      editNote(deps, author, { id, version, text }),
    );
    return changed as never;
  });

  for (const [name, summary, verb] of VERBS) {
    app.openapi(changing(name, summary), async (c) => {
      const { version } = c.req.valid('json');
      const changed = await change(c, deps, c.req.valid('param').id, (author, id) =>
        verb(deps, author, { id, version }),
      );
      return changed as never;
    });
  }
}

async function change(
  c: Context<ApiEnv>,
  deps: Deps,
  id: string,
  verb: (author: Author, id: string) => Promise<NoteChanged>,
): Promise<Response> {
  const note = await visible(c, deps, id);
  if (!note) return problem(c, 'not-found');
  const may = await noteAuthor(deps, c.get('caller'), note);
  if ('refused' in may) return refused(c, may);
  const changed = await verb(may.author, id);
  if (changed.ok) return c.json(presentNote(changed.note), 200);
  return problem(c, changed.code === 'unknown-note' ? 'not-found' : changed.code);
}

function refused(c: Context<ApiEnv>, may: Extract<MayNote, { refused: string }>): Response {
  if (may.refused !== 'not-a-reviewer')
    return problem(c, may.refused === 'person-needed' ? 'note-person-needed' : may.refused);
  return problem(
    c,
    'not-a-reviewer',
    may.why === 'unknown-membership' ? { detail: 'Slack did not say who you are.' } : {},
  );
}

const aboutOf = ({ family, target, command }: NewNote) =>
  family === undefined
    ? { kind: 'shell' as const, text: command ?? '' }
    : { family: family.replace(/\s+/g, ' '), target: target ?? null };

/** The note, if this caller may see it: otherwise the same as none. */
async function visible(c: Context<ApiEnv>, deps: Deps, id: string): Promise<NoteRow | null> {
  const note = await findNote(deps.database.db, id);
  const caller = c.get('caller');
  const isSeen =
    note !== null &&
    (environmentsOf(caller)?.includes(note.environment) ?? true) &&
    (projectsOf(caller)?.includes(note.project) ?? true);
  return isSeen ? note : null;
}

/** Where a caller sees notes; null: everywhere. */
export const environmentsOf = ({ role, environments }: Caller): string[] | null =>
  role === 'admin' ? null : (environments ?? null);
export const projectsOf = ({ role, project }: Caller): string[] | null =>
  role === 'admin' || project === '*' ? null : [project, '*'];

/** What was asked for, as far as it may be seen. */
function narrowed(asked: string | string[] | undefined, visible: string[] | null): string[] | undefined {
  if (asked === undefined) return visible ?? undefined;
  return [asked].flat().filter((name) => !visible || visible.includes(name));
}
