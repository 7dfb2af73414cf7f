/** What can be wrong with a request as such. A front end's fault table gives each its own status and wording. */
export abstract class RequestError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

export class RouteNotFound extends RequestError {}

export class MethodNotAllowed extends RequestError {
  constructor(readonly allow: readonly string[]) {
    super('method not allowed');
  }
}

/** The operation exists, but not in the version that the client asked for. */
export class NotInVersion extends RequestError {
  constructor(readonly version: string) {
    super(`not in version ${version}`);
  }
}

/** The project that the URL names is not the one of the token. */
export class ProjectMismatch extends RequestError {
  constructor(
    readonly inUrl: string,
    readonly inToken: string,
  ) {
    super(`project ${inUrl} in the URL is not ${inToken} of the token`);
  }
}

export class MalformedBody extends RequestError {}

export class UnsupportedMediaType extends RequestError {}

export class BodyTooLarge extends RequestError {
  constructor(readonly limit: number) {
    super(`the body is larger than ${limit} bytes`);
  }
}

export class VersionMalformed extends RequestError {
  constructor(readonly requested: string) {
    super(`malformed version ${requested}`);
  }
}

export class VersionOutOfRange extends RequestError {
  constructor(readonly requested: string) {
    super(`version ${requested} is out of range`);
  }
}

/** `path` is the place of the value, outermost first; `reason` reads like the text of Python's jsonschema. */
export class SchemaViolation extends RequestError {
  constructor(
    readonly where: 'body' | 'query',
    readonly path: readonly (string | number)[],
    readonly value: unknown,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** The handler did not finish in the time that a request may take. */
export class DeadlineExceeded extends RequestError {}
