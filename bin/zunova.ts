#!/usr/bin/env node
import { Command } from 'commander';
import { ConfigError, type ConfigSources, loadConfig } from '#core/config/config.js';
import { serve } from './serve.js';

interface ServeOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

/** How long requests and steps under way may take to end after Ctrl-C. */
const GRACE_MS = 5_000;

const program = new Command('zunova').description('One container engine, two OpenStack APIs');
program
  .command('serve', { isDefault: true })
  .description(
    'runs everything in one process: both APIs, the stand-alone services, the agent of this host, and PostgreSQL',
  )
  .option('--config <file>', 'settings as JSON; default: zunova.json in the data directory')
  .option('--data-dir <directory>', 'where the state is kept; default: ./data')
  .action(async (options: ServeOptions) => {
    const sources: ConfigSources = {
      environment: process.env,
      ...(options.config !== undefined && { file: options.config }),
      ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
    };
    const running = await serve(loadConfig(sources), (line) => console.log(line));
    const stop = (): void => {
      console.log('Stopping: requests under way end first; containers keep running.');
      running.stop(GRACE_MS).then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(error);
          process.exit(1);
        },
      );
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });

program.parseAsync().catch((error: unknown) => {
  // A bad setting is the operator's to mend: its text is all that is needed. Anything else is ours.
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
});
