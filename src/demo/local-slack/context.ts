import type { Sender } from './delivery.ts';
import type { Workspace } from './workspace.ts';

export type Command = { name: string; usage?: string; description?: string };

/** What everything a person does needs: the workspace and the way to the app. */
export type Context = {
  workspace: Workspace;
  sender: Sender;
  url: () => string;
  commands: Command[];
};
