/** What a valid token says about its bearer. */
export interface Identity {
  readonly userId: string;
  readonly userName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
  readonly expiresAt: Date;
}

export interface IdentityProvider {
  /**
   * @throws Unauthorized when there is no such token, it has expired, or it has no project
   * @throws Unavailable('identity') when that cannot be found out
   */
  authenticate(token: string): Promise<Identity>;
  /** Public address of the identity service, for `WWW-Authenticate`. */
  readonly publicUrl: string;
  /** null: the provider cannot say (no right to ask). */
  projectExists(projectId: string): Promise<boolean | null>;
}
