/** Red, green, blue from 0 to 1, gamma-encoded sRGB. */
export type Rgb = readonly [number, number, number];
type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

export type Vision = 'normal' | 'protan' | 'deutan' | 'tritan';

/** Machado, Oliveira and Fernandes 2009, severity 1.0, for linear sRGB. */
const VISIONS: Readonly<Record<Vision, Matrix>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** sRGB to XYZ, D65. */
const XYZ: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];
const WHITE: Triple = [0.95047, 1, 1.08883];

/** @throws Error when the text is not `#rrggbb` */
export function parseHex(text: string): Rgb {
  if (!/^#[0-9a-f]{6}$/i.test(text)) throw new Error(`"${text}" is not #rrggbb.`);
  const part = (at: number): number => parseInt(text.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}

/** `color-mix(in srgb, a share, b)` with `share` from 0 to 1. */
export const mix = (a: Rgb, share: number, b: Rgb): Rgb => [
  a[0] * share + b[0] * (1 - share),
  a[1] * share + b[1] * (1 - share),
  a[2] * share + b[2] * (1 - share),
];

/** WCAG contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** CIEDE2000 distance as someone with this vision sees it. */
export const distance = (a: Rgb, b: Rgb, vision: Vision): number =>
  ciede2000(labOf(seenAs(a, vision)), labOf(seenAs(b, vision)));

const linear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const linearOf = ([r, g, b]: Rgb): Triple => [linear(r), linear(g), linear(b)];
const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const times = (m: Matrix, v: Triple): Triple => [dot(m[0], v), dot(m[1], v), dot(m[2], v)];
const luminance = (colour: Rgb): number => dot(XYZ[1], linearOf(colour));

/** Linear light after the loss of one kind of cone, clipped to what a screen can show. */
function seenAs(colour: Rgb, vision: Vision): Triple {
  const clip = (c: number): number => Math.min(1, Math.max(0, c));
  const [r, g, b] = times(VISIONS[vision], linearOf(colour));
  return [clip(r), clip(g), clip(b)];
}

function labOf(light: Triple): Triple {
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const [x, y, z] = times(XYZ, light);
  const [fx, fy, fz] = [f(x / WHITE[0]), f(y / WHITE[1]), f(z / WHITE[2])];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const cosine = (degrees: number): number => Math.cos(radians(degrees));
/** `sqrt(c^7 / (c^7 + 25^7))`, the chroma term of the formula. */
const chromaTerm = (c: number): number => Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));

/** Sharma, Wu and Dalal 2005, with all weights 1. */
export function ciede2000(one: Triple, other: Triple): number {
  const g =
    0.5 * (1 - chromaTerm((Math.hypot(one[1], one[2]) + Math.hypot(other[1], other[2])) / 2));
  const [a, b] = [polar(one, g), polar(other, g)];
  const chroma = (a.chroma + b.chroma) / 2;
  const grey = a.chroma * b.chroma === 0;
  const turn = grey ? 0 : ((b.hue - a.hue + 540) % 360) - 180;
  const hue = grey ? a.hue + b.hue : a.hue + turn / 2;
  const lightness = ((one[0] + other[0]) / 2 - 50) ** 2;
  const t =
    1 -
    0.17 * cosine(hue - 30) +
    0.24 * cosine(2 * hue) +
    0.32 * cosine(3 * hue + 6) -
    0.2 * cosine(4 * hue - 63);
  const l = (other[0] - one[0]) / (1 + (0.015 * lightness) / Math.sqrt(20 + lightness));
  const c = (b.chroma - a.chroma) / (1 + 0.045 * chroma);
  const h =
    (2 * Math.sqrt(a.chroma * b.chroma) * Math.sin(radians(turn / 2))) / (1 + 0.015 * chroma * t);
  const rotation = 30 * Math.exp(-(((((hue + 360) % 360) - 275) / 25) ** 2));
  return Math.sqrt(
    l * l + c * c + h * h - Math.sin(radians(2 * rotation)) * 2 * chromaTerm(chroma) * c * h,
  );
}

function polar([, a, b]: Triple, g: number): { readonly chroma: number; readonly hue: number } {
  const stretched = a * (1 + g);
  const hue = stretched === 0 && b === 0 ? 0 : (Math.atan2(b, stretched) * 180) / Math.PI;
  return { chroma: Math.hypot(stretched, b), hue: (hue + 360) % 360 };
}
