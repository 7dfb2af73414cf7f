/**
 * Who is asking, as established once at the edge and handed through every layer.
 * `requestId` is the id the front end answers with (`req-<uuid4>`) and the id of the action record that the request creates.
 */
export interface RequestContext {
  readonly requestId: string;
  readonly userId: string;
  readonly userName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
}

/** Which front end a container or an operation came through. */
export type FrontEnd = 'nova' | 'native';

/** The context of work that no user asked for: reconciliation, recovery after a restart, seeding. */
export const systemContext = (requestId: string): RequestContext => ({
  requestId,
  userId: 'zunova',
  userName: 'zunova',
  projectId: '',
  projectName: '',
  roles: ['admin'],
  isAdmin: true,
});
