/** UTC. Containers: `YYYY-MM-DD HH:MM:SS`, since Go clients read no `T` (native-api.md 2.6, A.1). */
export const dateTime = (at: Date): string => at.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replace('T', ' ');

/** UTC. Services and action records: `YYYY-MM-DDTHH:MM:SS.ffffff`. */
export const isoMicros = (at: Date): string => `${at.toISOString().slice(0, -1)}000`;
