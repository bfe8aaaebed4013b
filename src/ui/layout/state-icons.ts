import type { StateIconName } from './state-look.ts';

/** Paths in a box of 16 by 16: `stroke` is drawn 1.75 wide, `fill` is filled, `faint` is a stroke at a third. */
export interface IconPaths {
  readonly stroke?: string;
  readonly fill?: string;
  readonly faint?: string;
}

const CIRCLE = 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11Z';

export const STATE_ICONS: Readonly<Record<StateIconName, IconPaths>> = {
  circle: { stroke: CIRCLE },
  dots: {
    fill: 'M2 8a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0ZM6.5 8a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0ZM11 8a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0Z',
  },
  ring: { stroke: 'M8 2.5A5.5 5.5 0 0 1 13.5 8', faint: CIRCLE },
  check: { stroke: 'M3 8.6 6.4 12 13 4.6' },
  recycle: {
    stroke: 'M13 8.5A5 5 0 0 1 4 11.2M3 7.5a5 5 0 0 1 9-2.7M12.4 1.8v3.2H9.2M3.6 14.2V11h3.2',
  },
  cross: { stroke: 'M3.8 3.8 12.2 12.2M12.2 3.8 3.8 12.2' },
  chip: {
    stroke:
      'M6 4H4v8h4.2M10.4 4H12v8h-.6M4 6.2H2M4 9.8H2M12 6.2h2M12 9.8h2M8.8 1.8 7.2 6l2.4 2.6-1.4 5.6',
  },
  clock: {
    stroke: 'M13.4 7.2A5.5 5.5 0 1 0 7.2 13.4M7.8 4.8V8L5.8 9.4M10.4 10.4l4 4M14.4 10.4l-4 4',
  },
  hourglass: { stroke: 'M3.8 2.2h8.4M3.8 13.8h8.4M5 2.2V5l3 3 3-3V2.2M5 13.8V11l3-3 3 3v2.8' },
  square: { fill: 'M4.5 3.5h7a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1Z' },
  unlink: {
    stroke:
      'M7.4 4.4 8.8 3a3 3 0 0 1 4.2 4.2l-1.4 1.4M8.6 11.6 7.2 13A3 3 0 0 1 3 8.8l1.4-1.4M2.6 2.6l10.8 10.8',
  },
  pause: { fill: 'M4 3h2.8v10H4ZM9.2 3H12v10H9.2Z' },
  rise: { stroke: 'M3.4 8.4 8 3.8l4.6 4.6M3.4 13 8 8.4l4.6 4.6' },
  bar: {
    fill: 'M5.8 2.5h4.4a.8.8 0 0 1 .8.8v9.4a.8.8 0 0 1-.8.8H5.8a.8.8 0 0 1-.8-.8V3.3a.8.8 0 0 1 .8-.8Z',
  },
  crown: { stroke: 'M2.4 4.6 5.2 8 8 3.2 10.8 8l2.8-3.4-1.2 8.2H3.6Z' },
  tick: { stroke: 'M8 2.2a1.8 1.8 0 0 1 1.8 1.8v8a1.8 1.8 0 0 1-3.6 0V4A1.8 1.8 0 0 1 8 2.2Z' },
};
