// The two ways in which a subcommand speaks: to a person, or with `--json` one object a line to a
// program. Results go to stdout, progress and complaints to stderr.
import { BusinessError } from '../errors.js';
import type { Terminal } from './terminal.js';
import { openTerminal } from './terminal.js';
import { safeName } from './text.js';

export interface Output {
  readonly json: boolean;
  /** stdout */
  readonly out: Terminal;
  /** stderr */
  readonly err: Terminal;
  /** One object on a line, with `--json` only. */
  emit: (type: string, fields: object) => void;
}

export function openOutput(json: boolean): Output {
  const out = openTerminal(process.stdout);
  const emit = (type: string, fields: object) => {
    if (json) out.line(jsonText({ type, ...fields }));
  };
  return { json, out, err: openTerminal(process.stderr), emit };
}

/** JSON whose characters a terminal does not obey either: DEL, C1 controls, changes of direction. */
export function jsonText(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A failure in one sentence, and as the fields of an object. */
export function describeFailure(error: unknown): {
  text: string;
  fields: { message: string; code?: number; cause?: string; path?: string };
} {
  if (!(error instanceof BusinessError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { text: safeName(message), fields: { message } };
  }
  const { code, cause, detail, path } = error;
  const message = detail === '' ? error.message : detail;
  const named = path === undefined || message.includes(path) ? '' : ` (${path})`;
  return {
    text: safeName(`${message}${named} [${code}]`),
    fields: { message, code, cause, ...(path === undefined ? {} : { path }) },
  };
}
