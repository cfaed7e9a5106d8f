// How sizes, times and names look in the command line.
import stringWidth from 'string-width';

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `1536000` -> `1.5 MB`: powers of 1000, three digits at most. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}

/** Seconds as `0:07`, `12:30` or `3:04:05`; `-:--` while nobody can know. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds > 359_999) return '-:--';
  const whole = Math.max(0, Math.round(seconds));
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0
    ? `${hours}:${pad(minutes)}:${pad(whole % 60)}`
    : `${minutes}:${pad(whole % 60)}`;
}

/** `1 file`, `2 files`; thousands are grouped. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`;
}

/**
 * A name as it may be shown in a terminal: control characters, line and direction changes are
 * escaped, so that a file name can neither move the cursor nor fake another line.
 */
export function safeName(name: string): string {
  return name.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu,
    (character) => {
      const code = character.charCodeAt(0);
      return code < 0x100
        ? `\\x${code.toString(16).padStart(2, '0')}`
        : `\\u{${code.toString(16)}}`;
    },
  );
}

/** Pads or shortens to exactly `width` columns; wide characters count as two. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  let shown = text;
  if (stringWidth(shown) > width) {
    shown = '';
    for (const character of text) {
      if (stringWidth(shown + character) > width - 1) break;
      shown += character;
    }
    shown += '…';
  }
  const space = ' '.repeat(Math.max(0, width - stringWidth(shown)));
  return align === 'left' ? shown + space : space + shown;
}
