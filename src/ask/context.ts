import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { Submit } from '../api.ts';

type Context = NonNullable<Submit['context']>;
type Env = NodeJS.ProcessEnv;

/** Longest values the API takes; what is longer is cut, a context never stops a request. */
const LONGEST: Partial<Record<string, number>> = {
  sha: 100,
  run_id: 100,
  run_attempt: 20,
  run_url: 2000,
  server_url: 2000,
};

/** Where this runs, as far as the variables of the machine tell. Nobody checks it; it helps a person to decide. */
export function contextOf(env: Env): Context {
  const context = env.GITHUB_ACTIONS ? github(env) : env.GITLAB_CI ? gitlab(env) : elsewhere(env);
  const entries = Object.entries({ ...context, host: hostname() })
    .filter(([, value]) => typeof value === 'string' && value !== '')
    .map(([name, value]) => [name, (value as string).slice(0, LONGEST[name] ?? 200)]);
  return Object.fromEntries(entries);
}

function github(env: Env): Context {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const attempt = env.GITHUB_RUN_ATTEMPT;
  return {
    source: 'github-actions',
    repository,
    ref: env.GITHUB_REF,
    sha: env.GITHUB_SHA,
    run_id: run,
    run_attempt: attempt,
    run_url: address(server && run && `${server}/${repository}/actions/runs/${run}/attempts/${attempt ?? 1}`),
    server_url: address(server),
    job: env.GITHUB_JOB,
    step: env.GITHUB_ACTION,
    // On a re-run it is the person who pressed the button, not the one of the first run.
    actor: env.GITHUB_TRIGGERING_ACTOR || env.GITHUB_ACTOR,
  };
}

const gitlab = (env: Env): Context => ({
  source: 'gitlab-ci',
  repository: env.CI_PROJECT_PATH,
  ref: env.CI_COMMIT_REF_NAME,
  sha: env.CI_COMMIT_SHA,
  run_id: env.CI_PIPELINE_ID,
  run_url: address(env.CI_PIPELINE_URL),
  server_url: address(env.CI_SERVER_URL),
  job: env.CI_JOB_NAME,
  step: env.CI_JOB_STAGE,
  actor: env.GITLAB_USER_LOGIN,
});

function elsewhere(env: Env): Context {
  const source = env.SSH_CONNECTION ? 'ssh' : env.CI ? 'ci' : isUnderCron() ? 'cron' : 'terminal';
  return { source, actor: loginName() };
}

const address = (url: string | undefined): string | undefined =>
  url && /^https?:\/\/[^\s]+$/.test(url) && url.length <= 2000 ? url : undefined;

function loginName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no name.
    return undefined;
  }
}

/** Cron puts a shell between itself and its jobs, so several generations are looked at. */
function isUnderCron(): boolean {
  let pid = process.ppid;
  for (let generation = 0; generation < 6 && pid > 1; generation++) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1');
      if (/^Name:\t(cron|crond|anacron|atd|fcron)$/im.test(status)) return true;
      pid = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1] ?? 0);
    } catch {
      return false;
    }
  }
  return false;
}
