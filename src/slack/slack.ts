import type { WebClient } from '@slack/web-api';
import type { Deps } from '../gate/deps.ts';
import type { Directory } from './directory.ts';
import type { Identity } from './identity.ts';
import type { Log } from './log.ts';

/** The workspace as our token sees it: enough to know who people are. Opened in open.ts, before there are any deps. */
export interface Workspace extends Directory {
  client: WebClient;
  log: Log;
  /** Who we are in which workspace. Asks Slack until it has answered once; rejects while it does not. */
  identity(): Promise<Identity>;
  observe: Deps['observe'];
}

/** What every part of the Slack surface is given. Built once, in start.ts. */
export interface Slack extends Workspace {
  deps: Deps;
  /** Cards or messages are due: look now. */
  wake(): void;
}
