export const emoji: Record<string, string>;
export function emojiText(name: string): string;
