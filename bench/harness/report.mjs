// What a bench leaves behind: a table for a person, and one line of JSON, the last, for a program.

const significant = (value) => (Number.isInteger(value) ? value : Number(value.toPrecision(4)));

const shown = (key, value) => {
  if (value === undefined) return '';
  if (key === 'peakRss') return `${(value / 2 ** 20).toFixed(0)} MiB`;
  if (/^(wall|cpu)/.test(key))
    return value < 1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(2)} s`;
  return significant(value).toLocaleString('en');
};

/** Lines of a table: a row per contender, a column per figure. */
export function tableOf(results) {
  const keys = [...new Set([...results.values()].flatMap(Object.keys))];
  const rows = [
    ['', ...keys],
    ...[...results].map(([name, row]) => [name, ...keys.map((k) => shown(k, row[k]))]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (cell, column) =>
    column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]);
  return rows.map((row) => `  ${row.map(pad).join('   ')}`);
}

/**
 * Ours divided by theirs, for each peer: wall time, CPU time and peak memory. A second contender of
 * ours, `cloudsync-THIS`, has keys of its own: `wall-THIS/PEER`.
 */
export function ratiosTo(peers, results, ours) {
  const figures = { wall: 'wall', cpu: 'cpu', peak: 'peakRss' };
  const suffix = ours.slice('cloudsync'.length);
  const ratio = (peer, key) => results.get(ours)[key] / results.get(peer)[key];
  return Object.fromEntries(
    peers.flatMap((peer) =>
      Object.entries(figures).map(([name, key]) => [`${name}${suffix}/${peer}`, ratio(peer, key)]),
    ),
  );
}

/** The last line of a bench. */
export function jsonLine(bench, ratios, figures) {
  const rounded = (object) =>
    Object.fromEntries(Object.entries(object).map(([key, value]) => [key, significant(value)]));
  return JSON.stringify({ bench, ratios: rounded(ratios), figures: rounded(figures) });
}
