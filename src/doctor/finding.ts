/** `note`: it works, and somebody should know. `fault`: something will not work until it is mended. */
export type Status = 'ok' | 'note' | 'fault';

export interface Said {
  status: Status;
  says: string;
  /** What to do about it. */
  mend: string | null;
}

/** One line of the doctor's. */
export interface Finding extends Said {
  /** What was looked at. */
  name: string;
}

export const ok = (says: string): Said => ({ status: 'ok', says, mend: null });
export const note = (says: string, mend: string | null = null): Said => ({ status: 'note', says, mend });
export const fault = (says: string, mend: string): Said => ({ status: 'fault', says, mend });

/** One thing to look at. Says nothing when it hangs on something that another check says already. */
export interface Check {
  name: string;
  look(): Promise<Said[]>;
}
