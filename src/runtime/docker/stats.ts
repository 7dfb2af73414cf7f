import { EngineRefused } from '#core/domain/errors.js';
import type { CallOptions, EngineStats } from '#core/runtime/driver.js';
import { type Fields, fields, items, number, text, texts, time } from './answer.js';
import type { DockerContext } from './context.js';
import { containerPath } from './names.js';

/**
 * Use of resources over the last second, computed as `docker stats` does it.
 * @throws EngineRefused('not-running'): the engine itself answers with zeros then
 */
export async function stats(context: DockerContext, uuid: string, options?: CallOptions): Promise<EngineStats> {
  const answer = await context.connection.call(
    { what: `read stats of container ${uuid}`, deadline: 'stats' },
    { method: 'GET', path: containerPath(uuid, 'stats'), query: { stream: false } },
    options,
  );
  const seen = fields(answer);
  if (time(seen['read']) === null) throw new EngineRefused(`Container ${uuid} is not running`, 'not-running');
  return engineStats(seen);
}

/** @param seen Docker's stats with two samples (`cpu_stats` and `precpu_stats`) */
export function engineStats(seen: Fields): EngineStats {
  const cpu = fields(seen['cpu_stats']);
  const memory = fields(seen['memory_stats']);
  const onlineCpus = number(cpu['online_cpus']) || items(fields(cpu['cpu_usage'])['percpu_usage']).length;
  const networks = Object.values(fields(seen['networks'])).map(fields);
  return {
    cpuPercent: cpuPercent(cpu, fields(seen['precpu_stats']), onlineCpus),
    cpuTimeNs: total(cpu),
    onlineCpus,
    memoryUsedBytes: memoryUsed(memory),
    memoryLimitBytes: number(memory['limit']),
    blockReadBytes: blockBytes(seen, 'read'),
    blockWriteBytes: blockBytes(seen, 'write'),
    networkReceivedBytes: networks.reduce((sum, network) => sum + number(network['rx_bytes']), 0),
    networkSentBytes: networks.reduce((sum, network) => sum + number(network['tx_bytes']), 0),
    pids: number(fields(seen['pids_stats'])['current']),
  };
}

const total = (cpu: Fields): number => number(fields(cpu['cpu_usage'])['total_usage']);

function cpuPercent(now: Fields, before: Fields, onlineCpus: number): number {
  const used = total(now) - total(before);
  const system = number(now['system_cpu_usage']) - number(before['system_cpu_usage']);
  return used > 0 && system > 0 ? (used / system) * onlineCpus * 100 : 0;
}

/** Without the file cache that the kernel would give back at once: `total_inactive_file` in cgroup v1, `inactive_file` in v2. */
function memoryUsed(memory: Fields): number {
  const usage = number(memory['usage']);
  const details = fields(memory['stats']);
  const cache = number(details['total_inactive_file'] ?? details['inactive_file']);
  return cache < usage ? usage - cache : usage;
}

/** `op` is `Read` in cgroup v1 and `read` in v2. */
const blockBytes = (seen: Fields, op: string): number =>
  items(fields(seen['blkio_stats'])['io_service_bytes_recursive'])
    .map(fields)
    .filter((entry) => text(entry['op'])?.toLowerCase() === op)
    .reduce((sum, entry) => sum + number(entry['value']), 0);

/** The processes of the container as `ps` of the host shows them. @throws EngineRefused('not-running') */
export async function top(
  context: DockerContext,
  uuid: string,
  psArgs: string | null,
  options?: CallOptions,
): Promise<{ titles: string[]; processes: string[][] }> {
  const answer = await context.connection.call(
    { what: `list processes of container ${uuid}` },
    { method: 'GET', path: containerPath(uuid, 'top'), query: psArgs === null ? {} : { ps_args: psArgs } },
    options,
  );
  const seen = fields(answer);
  return { titles: texts(seen['Titles']), processes: items(seen['Processes']).map(texts) };
}
