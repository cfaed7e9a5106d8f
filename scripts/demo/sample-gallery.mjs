// The sample gallery: 300 pictures in folders as a person has them, of a few kB to a few MB. Made once;
// later runs find it, with whatever you changed in it.
import { mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { animation, chart, photo } from './pictures.mjs';
import { between, pick, seeded } from './random.mjs';

const photos = 240;
const charts = 40;
const animations = 20;
const total = photos + charts + animations;

const albums = [
  '2023/Ōsaka',
  '2023/Winter',
  '2024/Alps',
  '2024/Été en Bretagne',
  '2024/Home',
  '2025/桜',
  '2025/Coast',
];

/** What is to be drawn, in a fixed order: names, sizes and dates come from one seed. */
function* plan() {
  const random = seeded(20260101);
  for (let index = 0; index < total; index += 1) {
    const seed = 1000 + index;
    const taken = new Date(Date.UTC(2023, 0, 1) + Math.floor(random() * 1000 * 86_400) * 1000);
    const number = String(index + 1).padStart(4, '0');
    if (index < photos) {
      // Most photos are small, every 24th one is as large as a camera's.
      const width = index % 24 === 23 ? 2800 : Math.round(between(random, 480, 1000));
      const height = Math.round(width * pick(random, [0.75, 0.5625, 1]));
      const path = `${pick(random, albums)}/IMG_${number}.jpg`;
      yield { path, taken, draw: (file) => photo(file, { seed, width, height, taken }) };
    } else if (index < photos + charts) {
      const width = Math.round(between(random, 400, 1600));
      const height = Math.round(width * 0.6);
      yield {
        path: `Screenshots/Chart ${number}.png`,
        taken,
        draw: (file) => chart(file, { seed, width, height }),
      };
    } else {
      const side = Math.round(between(random, 80, 320));
      yield {
        path: `Animations/loop-${number}.gif`,
        taken,
        draw: (file) => animation(file, { seed, side }),
      };
    }
  }
}

/**
 * Draws the gallery into `root`, unless `marker` says that it was drawn before. `show` gets the
 * number of pictures drawn so far, of how many, and their bytes.
 */
export async function sampleGallery(root, marker, show) {
  if ((await stat(marker).catch(() => undefined)) !== undefined) return;
  const queue = plan();
  let [done, bytes] = [0, 0];
  const worker = async () => {
    for (const { path, taken, draw } of queue) {
      const file = join(root, path);
      await mkdir(dirname(file), { recursive: true });
      await draw(file);
      await utimes(file, taken, taken);
      const { size } = await stat(file); // first: `bytes += await` would add to an old sum
      bytes += size;
      done += 1;
      show(done, total, bytes);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, worker));
  await writeFile(marker, `${total} pictures\n`);
}
