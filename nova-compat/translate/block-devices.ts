import type { Flavor } from '#core/domain/records.js';
import type { BlockDevice } from '#schemas/nova/block-device.js';
import type { NewServer } from '#schemas/nova/server-create.js';
import { badRequest } from '../refusal.js';

/**
 * Block devices of a new server (nova-api.md 5.8). The root and swap within the flavor are there anyway; all else needs a volume
 * service or local volumes, and is refused before anything is made.
 * @throws Refusal 400
 */
export function checkBlockDevices(server: NewServer, flavor: Flavor): void {
  const v2 = server.block_device_mapping_v2;
  const legacy = server.block_device_mapping;
  if (v2 !== undefined && legacy !== undefined) {
    throw badRequest('Using different block_device_mapping syntaxes is not allowed in the same request.');
  }
  if ((legacy ?? []).some((d) => d.no_device == null)) throw noVolumes();
  const devices = (v2 ?? []).filter((d) => d.no_device == null);
  for (const device of devices) checkDevice(device, server);
  const swap = devices.filter(isSwap).reduce((sum, d) => sum + (d.volume_size ?? 0), 0);
  if (swap > flavor.swapMb) throw badRequest('Swap drive requested is larger than instance type allows.');
}

const isSwap = (d: BlockDevice): boolean => d.source_type === 'blank' && d.guest_format === 'swap';
const noVolumes = () => badRequest('Block Device Mapping is Invalid: this deployment has no volume service.');

function checkDevice(d: BlockDevice, server: NewServer): void {
  const { source_type: source = 'blank', uuid } = d;
  const destination = d.destination_type ?? (source === 'volume' || source === 'snapshot' ? 'volume' : 'local');
  if (source === 'blank' && uuid !== undefined) throw badRequest('Invalid device UUID.');
  if (source !== 'blank' && uuid === undefined) throw badRequest('Missing device UUID.');
  if (d.boot_index === 0 && destination === 'volume') {
    throw badRequest('Booting from volume is not supported for containers.');
  }
  if (source === 'image' && destination === 'local') {
    if (d.boot_index === 0 && uuid === server.imageRef) return;
    throw badRequest('Mapping image to local is not supported.');
  }
  if (isSwap(d) && destination === 'local') return;
  if (source === 'blank' && destination === 'local') {
    throw badRequest('Ephemeral disks requested are larger than the instance type allows. Containers have none yet.');
  }
  throw noVolumes();
}
