// Continuous mode, as far as it takes JavaScript: battery, network and temperature come from functions
// of the configuration, so the engine is told how they are, at the beginning and every now and then.
import { conditionsFor } from './conditions.js';
import type { Engine, EngineSink } from './engine.js';
import { BusinessError } from './errors.js';
import type { ResolvedConfig } from './resolve-config.js';

const everyMinute = 60_000;

/** Has the engine keep the spaces in sync, where the configuration says so, until it is closed. */
export function follow(config: ResolvedConfig, engine: Engine, sink: EngineSink): void {
  if (config.native.watch === undefined) return;
  const tell = (): void => {
    for (const space of config.spaces.values()) {
      try {
        engine.keepInSync(space.name, conditionsFor(space.remote.url, config.providers));
      } catch (error) {
        if (!(error instanceof BusinessError)) throw error;
        if (error.cause === 'unavailable') {
          clearInterval(timer);
          return;
        }
        sink.noticed({ space: space.name, path: '', cause: error.cause, message: error.detail });
      }
    }
  };
  const timer = setInterval(tell, everyMinute).unref(); // keeps no process alive
  tell();
}
