import type {
  ArchiveStat,
  CallOptions,
  EngineStats,
  ExecRequest,
  ExecResult,
  LogRequest,
  Terminal,
  TerminalSize,
} from '#core/runtime/driver.js';

/** What goes to the agent of a container's host at once, beside the operations: reads of the engine and streams. */
export interface HostAgent {
  logs(uuid: string, want: LogRequest, options?: CallOptions): Promise<Buffer>;
  exec(uuid: string, want: ExecRequest, options?: CallOptions): Promise<ExecResult>;
  /** Prepares a command, which starts with `execAttach`. @returns its id */
  execCreate(uuid: string, want: ExecRequest, options?: CallOptions): Promise<string>;
  execAttach(execId: string, tty: boolean, options?: CallOptions): Promise<Terminal>;
  execResize(execId: string, size: TerminalSize, options?: CallOptions): Promise<void>;
  attach(uuid: string, options?: CallOptions): Promise<Terminal>;
  resize(uuid: string, size: TerminalSize, options?: CallOptions): Promise<void>;
  top(uuid: string, psArgs: string | null, options?: CallOptions): Promise<{ titles: string[]; processes: string[][] }>;
  stats(uuid: string, options?: CallOptions): Promise<EngineStats>;
  getArchive(
    uuid: string,
    path: string,
    options?: CallOptions,
  ): Promise<{ stat: ArchiveStat; tar: NodeJS.ReadableStream }>;
  putArchive(uuid: string, path: string, tar: Buffer, options?: CallOptions): Promise<void>;
}

/** The way to the agents. In one process it is a direct call. */
export interface HostGateway {
  /** @throws Unavailable('host') when no agent serves the host */
  agentOf(host: string | null): HostAgent;
}
