import { filesContract } from './driver/files.js';
import { imagesContract } from './driver/images.js';
import { lifeCycleContract } from './driver/life-cycle.js';
import { limitsContract } from './driver/limits.js';
import { networksContract } from './driver/networks.js';
import { outputContract } from './driver/output.js';
import { processesContract } from './driver/processes.js';
import { Bench, type DriverSubject } from './driver/subject.js';

const parts = {
  'life cycle': lifeCycleContract,
  limits: limitsContract,
  processes: processesContract,
  output: outputContract,
  files: filesContract,
  networks: networksContract,
  images: imagesContract,
} satisfies Record<string, (bench: Bench) => void>;

export type ContractPart = keyof typeof parts;

const allParts: readonly ContractPart[] = [
  'life cycle',
  'limits',
  'processes',
  'output',
  'files',
  'networks',
  'images',
];

/**
 * What every RuntimeDriver must do, as tests. Declares them for the driver that `makeSubject` gives; each test makes its own
 * containers and leaves none.
 * @param only the parts to check; a driver for production leaves it out
 */
export function driverContract(
  name: string,
  makeSubject: () => Promise<DriverSubject>,
  only: readonly ContractPart[] = allParts,
): void {
  describe(`runtime driver ${name}`, () => {
    const bench = new Bench();
    before(async () => {
      bench.subject = await makeSubject();
    });
    afterEach(() => bench.clear());
    for (const part of only) describe(part, () => parts[part](bench));
  });
}
