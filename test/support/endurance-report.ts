// What a long run has measured, one line each, for `npm run endure` to sum up.
import { appendFileSync } from 'node:fs';

export function report(facts: object): void {
  const file = process.env['CLOUDSYNC_REPORT'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(facts)}\n`);
}
