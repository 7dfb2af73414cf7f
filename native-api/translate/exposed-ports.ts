import { InvalidValue } from '../errors.js';

const PORT_MAX = 65_535;

/**
 * Keys of `exposed_ports` in the engine's form, `80/tcp`; without a protocol it is TCP.
 * @throws InvalidValue
 */
export function exposedPorts(ports: Readonly<Record<string, object>>): string[] {
  const all = Object.keys(ports).map((key) => {
    const [port = '', protocol = 'tcp', ...more] = key.split('/');
    if (more.length > 0 || (protocol !== 'tcp' && protocol !== 'udp')) {
      throw new InvalidValue(`value ${[protocol, ...more].join('/')} is an invalid protocol`, 'exposed_ports');
    }
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > PORT_MAX) {
      throw new InvalidValue(`value ${port} is invalid as publish port.`, 'exposed_ports');
    }
    return `${Number(port)}/${protocol}`;
  });
  return [...new Set(all)];
}
