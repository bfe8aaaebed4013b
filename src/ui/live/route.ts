import { LEVELS, type LogFilter } from '#ui/layout/log-index.ts';

/** Every view has an address: what stands after the `#`. */
export type Route =
  | { readonly name: 'lab' }
  | { readonly name: 'runs' }
  | {
      readonly name: 'run';
      readonly id: string;
      /** `extract-0`, and its attempt counted from 1. */
      readonly selected?: { readonly taskRun: string; readonly attempt: number };
      readonly tab: RunTab;
      readonly filter: LogFilter;
    }
  /** Without a dataset: all of them. */
  | { readonly name: 'data'; readonly dataset?: string }
  | {
      readonly name: 'models';
      /** Absent: the first there is. */
      readonly model?: string;
      /** Absent: the champion; 0: the one that ships with the site. */
      readonly version?: number;
      /** Compared with that version. */
      readonly against?: number;
    }
  | { readonly name: 'shared'; readonly link: string }
  | { readonly name: 'unknown'; readonly address: string };

export type RunRoute = Extract<Route, { name: 'run' }>;

export const RUN_TABS = ['logs', 'why', 'states', 'values', 'artifacts', 'source'] as const;
export type RunTab = (typeof RUN_TABS)[number];

/** Never throws; what it does not know is a route too, so that a view can explain itself. */
export function parseRoute(hash: string): Route {
  const address = hash.replace(/^#/, '');
  const [path = '', query = ''] = address.split(/\?(.*)/s);
  const parts = path.split('/').filter((part) => part !== '');
  const unknown: Route = { name: 'unknown', address };
  switch (parts[0]) {
    case undefined:
      return { name: 'lab' };
    case 'runs':
      return parts.length === 1 ? { name: 'runs' } : (runRoute(parts, query) ?? unknown);
    case 'data':
      return dataRoute(parts) ?? unknown;
    case 'models':
      return modelsRoute(parts) ?? unknown;
    case 's':
      return { name: 'shared', link: path.replace(/^\/*s\/?/, '') };
    default:
      return unknown;
  }
}

/** The inverse: `parseRoute(formatRoute(route))` equals the route. */
export function formatRoute(route: Route): string {
  switch (route.name) {
    case 'lab':
      return '#/';
    case 'runs':
      return '#/runs';
    case 'run':
      return `#/runs/${encodeURIComponent(route.id)}${selection(route)}${runQuery(route)}`;
    case 'data':
      return `#/data${route.dataset === undefined ? '' : `/${encodeURIComponent(route.dataset)}`}`;
    case 'models':
      return `#/models${modelsPath(route)}`;
    case 'shared':
      return `#/s/${route.link}`;
    case 'unknown':
      return `#${route.address}`;
  }
}

/** Of the page at `href`, with a link in place of what it shows. */
export function sharedAddress(href: string, link: string): string {
  const address = new URL(href);
  address.hash = formatRoute({ name: 'shared', link });
  return address.href;
}

export const runRouteTo = (
  id: string,
  selected?: { readonly taskRun: string; readonly attempt: number },
): RunRoute => ({ name: 'run', id, tab: 'logs', filter: {}, ...(selected ? { selected } : {}) });

function dataRoute(parts: readonly string[]): Route | undefined {
  const [, dataset] = parts.map(decode);
  if (parts.length > 2) return undefined;
  return { name: 'data', ...(dataset === undefined ? {} : { dataset }) };
}

function runRoute(parts: readonly string[], query: string): RunRoute | undefined {
  const [, id, taskRun, attemptText] = parts.map(decode);
  const attempt = Number(attemptText ?? '1');
  if (!id || parts.length > 4 || !Number.isSafeInteger(attempt) || attempt < 1) return undefined;
  const given = new URLSearchParams(query);
  const tab = RUN_TABS.find((one) => one === given.get('tab')) ?? 'logs';
  const selected = taskRun ? { selected: { taskRun, attempt } } : {};
  return { name: 'run', id, tab, filter: parseFilter(given), ...selected };
}

export type ModelsRoute = Extract<Route, { name: 'models' }>;

/** `models`, `models/sentiment`, `models/sentiment/3`, `models/sentiment/compare/2/3` */
function modelsRoute(parts: readonly string[]): ModelsRoute | undefined {
  const [, model, ...rest] = parts.map(decode);
  if (model === undefined) return { name: 'models' };
  const compares = rest[0] === 'compare' && rest.length === 3;
  const numbers = (compares ? rest.slice(1) : rest).map(Number);
  const [version, against] = numbers;
  if (numbers.some((one) => !Number.isSafeInteger(one) || one < 0)) return undefined;
  if (version === undefined) return { name: 'models', model };
  if (against === undefined) return { name: 'models', model, version };
  return compares ? { name: 'models', model, version, against } : undefined;
}

function modelsPath({ model, version, against }: ModelsRoute): string {
  if (model === undefined) return '';
  const name = `/${encodeURIComponent(model)}`;
  if (version === undefined) return name;
  return against === undefined ? `${name}/${version}` : `${name}/compare/${version}/${against}`;
}

function parseFilter(given: URLSearchParams): LogFilter {
  const task = given.get('task');
  const attempt = Number(given.get('attempt'));
  const level = LEVELS.find((one) => one === given.get('level'));
  const text = given.get('text');
  return {
    ...(task ? { task } : {}),
    ...(Number.isSafeInteger(attempt) && attempt > 0 ? { attempt } : {}),
    ...(level ? { level } : {}),
    ...(text ? { text } : {}),
  };
}

const selection = ({ selected }: RunRoute): string =>
  selected ? `/${encodeURIComponent(selected.taskRun)}/${selected.attempt}` : '';

function runQuery({ tab, filter }: RunRoute): string {
  const query = new URLSearchParams();
  if (tab !== 'logs') query.set('tab', tab);
  for (const [key, value] of Object.entries(filter)) if (value) query.set(key, String(value));
  return query.size === 0 ? '' : `?${query}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
