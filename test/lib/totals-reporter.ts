import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

/** Mocha's usual report, and a line `PASSED FAILED` at the end of the file that `ZUNOVA_TEST_TOTALS` names. */
export default class TotalsReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const { passes = 0, failures = 0 } = runner.stats ?? {};
      const file = process.env['ZUNOVA_TEST_TOTALS'];
      if (file !== undefined) appendFileSync(file, `${passes} ${failures}\n`);
    });
  }
}
