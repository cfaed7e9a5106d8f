// What the command line writes to: how wide, whether it is a person's terminal, whether in colour.

/** The part of a stream that we need; `process.stdout` and `process.stderr` have it. */
export interface OutputStream extends NodeJS.WritableStream {
  isTTY?: boolean;
  columns?: number;
}

export interface Terminal {
  readonly stream: OutputStream;
  /** A person looks at it: bars may move, lines may be redrawn. */
  readonly interactive: boolean;
  readonly width: number;
  line: (text?: string) => void;
  bold: (text: string) => string;
  dim: (text: string) => string;
  green: (text: string) => string;
  yellow: (text: string) => string;
  red: (text: string) => string;
  cyan: (text: string) => string;
}

/** `NO_COLOR` (any value) and `TERM=dumb` take the colour away, `FORCE_COLOR` brings it to a pipe. */
export function openTerminal(
  stream: OutputStream,
  environment: NodeJS.ProcessEnv = process.env,
): Terminal {
  const dumb = environment['TERM'] === 'dumb';
  const interactive = stream.isTTY === true && !dumb && environment['CI'] === undefined;
  const forbidden = (environment['NO_COLOR'] ?? '') !== '' || dumb;
  const forced = (environment['FORCE_COLOR'] ?? '0') !== '0';
  const coloured = !forbidden && (stream.isTTY === true || forced);
  const paint = (code: string) => (text: string) =>
    coloured && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return {
    stream,
    interactive,
    get width() {
      return stream.columns ?? 80;
    },
    line: (text = '') => stream.write(`${text}\n`),
    bold: paint('1'),
    dim: paint('2'),
    green: paint('32'),
    yellow: paint('33'),
    red: paint('31'),
    cyan: paint('36'),
  };
}
