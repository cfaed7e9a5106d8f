import { BusinessError } from '../../lib/errors.js';

/** The BusinessError that `work` throws or rejects with. */
export async function errorOf(work: () => unknown): Promise<BusinessError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof BusinessError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The BusinessError that `work` throws before it returns. */
export function thrownBy(work: () => unknown): BusinessError {
  let result: unknown;
  try {
    result = work();
  } catch (error) {
    if (error instanceof BusinessError) return error;
    throw error;
  }
  // Not what was wanted; a rejection must not be reported as unhandled on top of that.
  if (result instanceof Promise) result.catch(() => undefined);
  throw new Error('nothing was thrown');
}
