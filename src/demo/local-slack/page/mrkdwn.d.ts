export type MrkdwnNode =
  | { type: 'text'; text: string }
  | { type: 'bold' | 'italic' | 'strike' | 'code' | 'pre' | 'quote'; children: MrkdwnNode[] }
  | { type: 'emoji'; name: string }
  | { type: 'link'; url: string; text: string }
  | { type: 'user' | 'channel' | 'usergroup'; id: string; text?: string }
  | { type: 'broadcast'; range: string }
  | { type: 'date'; timestamp: number; format: string; url?: string; fallback?: string };

export function parseMrkdwn(text: string): MrkdwnNode[];
export function parsePlain(text: string, emoji?: boolean): MrkdwnNode[];
