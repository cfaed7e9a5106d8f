// Ways in which a page of ListObjectsV2 can lie.
import type { SeenRequest } from './http-faults.js';

const entry = /<Contents>.*?<\/Contents>/g;
export const entriesOf = (page: string) => page.match(entry) ?? [];
export const keyOf = (contents: string) =>
  decodeURIComponent(/<Key>(.*?)<\/Key>/.exec(contents)![1]!);

/** The page with other entries in the place of its own. */
export function withEntries(page: string, entries: string[]): string {
  const first = page.search(entry);
  const bare = page.replace(entry, '');
  return first < 0 ? page : bare.slice(0, first) + entries.join('') + bare.slice(first);
}

export function truncated(page: string, token = ''): string {
  const mark = token && `<NextContinuationToken>${token}</NextContinuationToken>`;
  return page
    .replace(/<IsTruncated>\w+</, '<IsTruncated>true<')
    .replace('<Contents>', `${mark}<Contents>`);
}

export const swapped = (entries: string[]) => [
  ...entries.slice(0, -2),
  entries.at(-1)!,
  entries.at(-2)!,
];

/** What becomes of a page of the list. */
export type Lie = (page: string, request: SeenRequest) => string;

/** Shows the beginning only, and that again to whoever asks for the rest. */
export function repeating(): Lie {
  let first: string | undefined;
  return (page) => {
    first ??= truncated(withEntries(page, entriesOf(page).slice(0, 12)), 'more');
    return first;
  };
}

/** Shows only the entries whose key passes. */
export const only =
  (test: (key: string) => boolean): Lie =>
  (page) =>
    withEntries(
      page,
      entriesOf(page).filter((one) => test(keyOf(one))),
    );
