// Columns under a head, as wide as what is in them; the last one is cut where the terminal ends.
import stringWidth from 'string-width';
import type { Terminal } from './terminal.js';
import { fit } from './text.js';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** Colours a cell that has its final width. */
  paint?: (cell: string, row: readonly string[]) => string;
}

/** Lines of a table, without line ends. Cells must already be safe to show (`safeName`). */
export function table(
  terminal: Terminal,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = columns.map((column, index) =>
    Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(row[index] ?? ''))),
  );
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 2);
  const lastWidth = widths[last] ?? 0;
  if (terminal.interactive)
    widths[last] = Math.max(8, Math.min(lastWidth, terminal.width - before));
  const line = (cells: readonly string[], paint?: (cell: string, index: number) => string) =>
    '  ' +
    columns
      .map((column, index) => {
        const isLast = index === last && column.align !== 'right';
        const cell = fit(cells[index] ?? '', widths[index] ?? 0, column.align);
        const final = isLast ? cell.trimEnd() : cell;
        return paint === undefined ? final : paint(final, index);
      })
      .join('  ');
  return [
    line(
      columns.map((column) => column.title),
      (cell) => terminal.dim(cell),
    ),
    ...rows.map((row) => line(row, (cell, index) => columns[index]?.paint?.(cell, row) ?? cell)),
  ];
}
