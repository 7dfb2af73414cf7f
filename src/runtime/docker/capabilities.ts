import type { RuntimeCapabilities } from '#core/runtime/driver.js';

const everything: RuntimeCapabilities = {
  pause: true,
  exec: true,
  attach: true,
  liveResize: true,
  hotplugNetwork: true,
  liveArchive: true,
  stats: true,
  top: true,
  commit: true,
  healthcheck: true,
  restartPolicy: true,
};

/** gVisor has no `runsc update`, and does not show an interface that was connected after the start (facts-runtime 2). */
const sandboxed: RuntimeCapabilities = { ...everything, liveResize: false, hotplugNetwork: false };

const handlers: Readonly<Record<string, RuntimeCapabilities>> = {
  runc: everything,
  crun: everything,
  'io.containerd.runc.v2': everything,
  runsc: sandboxed,
};

/** What an OCI runtime can do under Docker. One that we have not measured counts as sandboxed: it may be a virtual machine. */
export const capabilitiesOf = (runtime: string): RuntimeCapabilities => handlers[runtime] ?? sandboxed;
