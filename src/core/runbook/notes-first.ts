/** At most this share of the time to decide goes by while notes are read. */
const SHARE = 0.1;

/**
 * Seconds in which whoever asks reads the notes on a command, and can take it back, before others are asked.
 * @param wantedSeconds as configured
 * @param request with its deadline: a short one is not over when it is shown
 */
export const notesFirst = (wantedSeconds: number, request: { createdAt: Date; expiresAt: Date }): number =>
  Math.min(wantedSeconds, (SHARE * (request.expiresAt.getTime() - request.createdAt.getTime())) / 1000);
