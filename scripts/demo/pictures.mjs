// Draws the pictures of the sample gallery: landscapes with film grain (JPEG), charts (PNG) and small
// animations (GIF), each from its seed. sharp renders and encodes them.
import sharp from 'sharp';
import { between, pick, seeded } from './random.mjs';

const palettes = [
  ['#0b1d51', '#725ac1', '#f6b17a', '#2d3250', '#7077a1'],
  ['#1b4965', '#62b6cb', '#fde2b3', '#1f4e3d', '#5fa777'],
  ['#2b193d', '#c94277', '#ffb997', '#0e0e2c', '#6d597a'],
  ['#274060', '#5899e2', '#fffbe6', '#335c67', '#99a88c'],
  ['#141e30', '#35577d', '#e8d5b7', '#22333b', '#5e503f'],
];

// One tile of grain for all pictures: it is what makes a JPEG as large as a photo's.
const grainSide = 256;
const grain = (() => {
  const random = seeded(7);
  const pixels = Buffer.alloc(grainSide * grainSide);
  for (let at = 0; at < pixels.length; at += 1) {
    pixels[at] = 128 + Math.round((random() + random() + random() - 1.5) * 46);
  }
  return sharp(pixels, { raw: { width: grainSide, height: grainSide, channels: 1 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
})();

function ridge(random, width, height, base, roughness) {
  const points = [`0,${height}`];
  const steps = 14;
  for (let step = 0; step <= steps; step += 1) {
    const y = base + between(random, -roughness, roughness);
    points.push(`${Math.round((step / steps) * width)},${Math.round(y)}`);
  }
  return `<polygon points="${points.join(' ')} ${width},${height}"`;
}

function landscape(random, width, height) {
  const [sky, middle, glow, near, far] = pick(random, palettes);
  const sun = [between(random, 0.15, 0.85) * width, between(random, 0.2, 0.5) * height];
  const radius = between(random, 0.03, 0.09) * width;
  const ridges = [0.55, 0.68, 0.82].map((base, index) => {
    const outline = ridge(random, width, height, base * height, (0.11 - index * 0.02) * height);
    return `${outline} fill="${[far, middle, near][index]}" fill-opacity="0.9"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${sky}"/>
    <stop offset="0.6" stop-color="${middle}"/><stop offset="1" stop-color="${glow}"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    <circle cx="${sun[0]}" cy="${sun[1]}" r="${radius}" fill="${glow}"/>${ridges.join('')}</svg>`;
}

/** A photo: camera and date in its EXIF. */
export async function photo(file, { seed, width, height, taken }) {
  const random = seeded(seed);
  const stamp = taken.toISOString().slice(0, 19).replace(/-/g, ':').replace('T', ' ');
  await sharp(Buffer.from(landscape(random, width, height)))
    .removeAlpha()
    .composite([{ input: await grain, tile: true, blend: 'soft-light' }])
    .withExif({ IFD0: { Make: 'cloudsync', Model: 'Sample' }, IFD2: { DateTimeOriginal: stamp } })
    .jpeg({ quality: 84 })
    .toFile(file);
}

/** A chart, as one would share it from a screen. */
export async function chart(file, { seed, width, height }) {
  const random = seeded(seed);
  const colours = pick(random, palettes);
  const bars = Array.from({ length: 24 }, (_, index) => {
    const tall = between(random, 0.1, 0.85) * height;
    const x = ((index + 0.15) / 24) * width;
    return `<rect x="${x}" y="${height - tall}" width="${(0.7 / 24) * width}" height="${tall}" rx="6" fill="${colours[index % 5]}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#fbfaf7"/>${bars.join('')}</svg>`;
  await sharp(Buffer.from(svg)).png({ compressionLevel: 6 }).toFile(file);
}

/** A ball that goes round, in a dozen frames. */
export async function animation(file, { seed, side }) {
  const random = seeded(seed);
  const [background, , ball] = pick(random, palettes);
  const frames = Array.from({ length: 12 }, (_, index) => {
    const angle = (index / 12) * 2 * Math.PI;
    const [x, y] = [Math.cos(angle), Math.sin(angle)].map((part) => side * (0.5 + 0.3 * part));
    return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">
      <rect width="100%" height="100%" fill="${background}"/>
      <circle cx="${x}" cy="${y}" r="${side * 0.12}" fill="${ball}"/></svg>`);
  });
  await sharp(frames, { join: { animated: true } })
    .gif({ delay: frames.map(() => 80), loop: 0 })
    .toFile(file);
}
