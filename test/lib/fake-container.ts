import { randomUUID } from 'node:crypto';
import { EngineRefused } from '#core/domain/errors.js';
import type { EngineContainer, ListedContainer, Observation } from '#core/runtime/driver.js';

/** What a signal makes of a process that does not handle it: the exit code. */
const deadly: Readonly<Record<string, number>> = { SIGKILL: 137, SIGTERM: 143, SIGINT: 130, SIGHUP: 129 };

/** One container of the fake engine. The methods that change it return the events that a real engine sends. */
export class FakeContainer {
  readonly engineId = randomUUID().replaceAll('-', '');
  readonly createdAt = new Date();
  startedAt: Date | null = null;
  finishedAt: Date | null = null;
  exitCode: number | null = null;
  running = false;
  paused = false;

  constructor(
    readonly want: EngineContainer,
    readonly deployment: string,
  ) {}

  start(): readonly string[] {
    if (this.running) return [];
    this.running = true;
    this.startedAt = new Date();
    this.exitCode = null;
    return ['start'];
  }

  signal(name: string): readonly string[] {
    const code = deadly[name];
    if (!this.running) return [];
    if (code === undefined) return ['kill'];
    return ['kill', ...this.exit(code)];
  }

  /** The process ends by itself, for tests of crashes. */
  exit(code: number): readonly string[] {
    if (!this.running) return [];
    this.running = false;
    this.paused = false;
    this.finishedAt = new Date();
    this.exitCode = code;
    return ['die'];
  }

  setPaused(paused: boolean): readonly string[] {
    if (!this.running) throw new EngineRefused(`Container ${this.want.uuid} is not running`, 'not-running');
    if (this.paused === paused) return [];
    this.paused = paused;
    return [paused ? 'pause' : 'unpause'];
  }

  observation(): Observation {
    return {
      uuid: this.want.uuid,
      engineId: this.engineId,
      generation: this.want.generation,
      createdAt: this.createdAt,
      startedAt: this.startedAt,
      finishedAt: this.finishedAt,
      running: this.running,
      paused: this.paused,
      restarting: false,
      dead: false,
      exitCode: this.exitCode,
      oomKilled: false,
      error: null,
      health: null,
      command: this.want.command ?? ['/bin/sh'],
      entrypoint: this.want.entrypoint ?? [],
      exposedPorts: this.want.exposedPorts,
      runtime: this.want.runtime ?? 'runc',
    };
  }

  listed(): ListedContainer {
    const hasRun = this.startedAt !== null;
    return {
      uuid: this.want.uuid,
      engineId: this.engineId,
      generation: this.want.generation,
      createdAt: this.createdAt,
      state: this.paused ? 'paused' : this.running ? 'running' : hasRun ? 'exited' : 'created',
    };
  }
}
