export function formatDate(
  timestamp: number,
  format: string,
  options?: { timeZone?: string; locale?: string; now?: number },
): string;
