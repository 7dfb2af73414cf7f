import type { Container } from '#core/domain/container.js';
import type { EngineStats } from '#core/engine/read-container.js';

const MIB = 1_048_576;

/** Use of resources at a moment, under Zun's own keys (native-api.md 3.6). */
export const statsView = (c: Container, s: EngineStats): Readonly<Record<string, string | number>> => ({
  CONTAINER: c.name,
  'CPU %': s.cpuPercent,
  'MEM USAGE(MiB)': s.memoryUsedBytes / MIB,
  'MEM LIMIT(MiB)': s.memoryLimitBytes / MIB,
  'MEM %': s.memoryLimitBytes > 0 ? (s.memoryUsedBytes / s.memoryLimitBytes) * 100 : 0,
  'BLOCK I/O(B)': `${s.blockReadBytes}/${s.blockWriteBytes}`,
  'NET I/O(B)': `${s.networkReceivedBytes}/${s.networkSentBytes}`,
});
