import { describe, expect, expectTypeOf, it } from 'vitest';
import type { RunState, Task, TaskFuture } from '#sdk/nightshift.ts';
import * as sdk from '#sdk/nightshift.ts';

/**
 * What an author's editor says. Nothing here is run: `tsc` checks it, and an expected error that does not come is an
 * error itself.
 */
const unrun = (body: () => unknown): void => expect(body).toBeTypeOf('function');

declare const extract: Task<readonly [], readonly number[]>;
declare const train: Task<readonly [rows: readonly number[], epochs: number], { loss: number }>;

describe('a task', () => {
  it('has the arguments and the result of its body', () =>
    unrun(() => {
      const made = sdk.task('made', (text: string, times: number) => text.repeat(times));
      expectTypeOf(made).toEqualTypeOf<Task<[text: string, times: number], string>>();
      const late = sdk.task({ name: 'late', retries: 2 }, async () => ({ rows: 3 }));
      expectTypeOf(late()).resolves.toEqualTypeOf<{ rows: number }>();
    }));

  it('takes no other arguments, and not too few', () =>
    unrun(() => {
      void train([1], 3);
      // @ts-expect-error epochs are a number
      void train([1], 'three');
      // @ts-expect-error epochs are missing
      void train([1]);
      // @ts-expect-error it takes two
      void train([1], 3, 4);
      // @ts-expect-error the result of train is no list
      void train(train([1], 2), 3);
    }));

  it('takes futures of what it takes, and waits for others', () =>
    unrun(async () => {
      const rows = extract.submit();
      expectTypeOf(rows).toEqualTypeOf<TaskFuture<readonly number[]>>();
      expectTypeOf(train(rows, 3)).resolves.toEqualTypeOf<{ loss: number }>();
      expectTypeOf(train(sdk.allowFailure(rows), 3)).resolves.toEqualTypeOf<{ loss: number }>();
      expectTypeOf(train.waitFor(rows)).toEqualTypeOf(train);
      expectTypeOf(await rows).toEqualTypeOf<readonly number[]>();
      // @ts-expect-error a future of rows is no number of epochs
      void train(rows, rows);
      // @ts-expect-error a number is nothing to wait for
      train.waitFor(3);
    }));

  it('maps over lists of what it takes', () =>
    unrun(() => {
      const futures = train.map(sdk.unmapped([1, 2]), [1, 2, 3]);
      expectTypeOf(futures).toEqualTypeOf<readonly TaskFuture<{ loss: number }>[]>();
      // @ts-expect-error no list of numbers
      train.map(sdk.unmapped([1]), ['one']);
    }));

  it('gives its state when asked for it', () =>
    unrun(() => {
      expectTypeOf(train.returnState([1], 3)).resolves.toEqualTypeOf<RunState<{ loss: number }>>();
    }));

  it('has the options there are', () =>
    unrun(() => {
      const body = () => 1;
      sdk.task({ name: 'a', retryDelaySeconds: sdk.exponentialBackoff(2) }, body);
      sdk.task({ name: 'a', retryConditionFn: ({ attempt }) => attempt < 3 }, body);
      // @ts-expect-error a name is needed
      sdk.task({ retries: 2 }, body);
      // @ts-expect-error no such option
      sdk.task({ name: 'a', retrys: 2 }, body);
      // @ts-expect-error retries are a number
      sdk.task({ name: 'a', retries: 'two' }, body);
      // @ts-expect-error a condition says yes or no
      sdk.task({ name: 'a', retryConditionFn: () => 'yes' }, body);
      // @ts-expect-error a body is a function
      sdk.task('a', 1);
    }));
});

describe('a flow', () => {
  it('gives its body the values of its parameters', () =>
    unrun(() => {
      const { number, integer, text, boolean, choice } = sdk;
      const mode = choice(['fast', 'exact'], { default: 'fast' });
      const parameters = { rate: number(), epochs: integer(), name: text(), dry: boolean(), mode };
      sdk.flow({ name: 'f', parameters }, (given) => {
        expectTypeOf(given.rate).toEqualTypeOf<number>();
        expectTypeOf(given.epochs).toEqualTypeOf<number>();
        expectTypeOf(given.name).toEqualTypeOf<string>();
        expectTypeOf(given.dry).toEqualTypeOf<boolean>();
        expectTypeOf(given.mode).toEqualTypeOf<'fast' | 'exact'>();
        // @ts-expect-error no such parameter
        return given.seed;
      });
      // @ts-expect-error a default is of the field's kind
      number({ default: 'high' });
      // @ts-expect-error a default is one of the options
      choice(['fast', 'exact'], { default: 'slow' });
      // @ts-expect-error options are texts
      choice([1, 2]);
      // @ts-expect-error parameters are fields, not their values
      sdk.flow({ name: 'f', parameters: { rate: 0.1 } }, () => 1);
    }));
});

describe('artifacts', () => {
  it('are made of what can be shown', () =>
    unrun(async () => {
      const { artifact } = sdk;
      void artifact.markdown('# Report', { key: 'report', description: 'of today' });
      void artifact.table([{ word: 'fine', weight: 1, when: new Date(), none: null }]);
      void artifact.table([['fine', 1]], { columns: ['word', 'weight'] });
      void artifact.table({ word: ['fine'], weight: [1, undefined] });
      void artifact.link('https://example.org', { text: 'Example' });
      void artifact.image(new Uint8Array(1), { mediaType: 'image/png', alt: 'a dot' });
      void artifact.chart({ kind: 'bar', x: ['a'], series: { n: [1] }, xLabel: 'letter' });
      const bar = await artifact.progress(0);
      expectTypeOf(bar.update(50)).toEqualTypeOf<Promise<void>>();
    }));

  it('are made of nothing else', () =>
    unrun(() => {
      const { artifact } = sdk;
      // @ts-expect-error Markdown is text
      void artifact.markdown(7);
      // @ts-expect-error no such option
      void artifact.markdown('x', { name: 'x' });
      // @ts-expect-error a record is no cell
      void artifact.table([{ word: { text: 'fine' } }]);
      // @ts-expect-error a function is no cell
      void artifact.table({ word: [() => 'fine'] });
      // @ts-expect-error a progress is a number
      void artifact.progress('50');
      // @ts-expect-error an SVG may hold scripts
      void artifact.image(new Uint8Array(1), { mediaType: 'image/svg+xml', alt: '' });
      // @ts-expect-error an image needs words for it
      void artifact.image(new Uint8Array(1), { mediaType: 'image/png' });
      // @ts-expect-error lines and bars
      void artifact.chart({ kind: 'pie', x: [1], series: { n: [1] } });
      // @ts-expect-error series have names
      void artifact.chart({ kind: 'line', x: [1], series: [[1]] });
    }));
});

describe('events and checkpoints', () => {
  it('hold plain data, and whatever can be stored', () =>
    unrun(() => {
      void sdk.emitEvent('model.drifted', { psi: 0.3, words: ['fine', null] });
      // @ts-expect-error JSON holds no map
      void sdk.emitEvent('model.drifted', new Map([['psi', 0.3]]));
      // @ts-expect-error nor a date
      void sdk.emitEvent('model.drifted', { at: new Date() });
      // @ts-expect-error an event has a name
      void sdk.emitEvent({ psi: 0.3 });
      expectTypeOf(sdk.checkpoint.save({ step: 1 }, { progress: 0.5 })).resolves.toBeBoolean();
      expectTypeOf(sdk.checkpoint.load()).resolves.toBeUnknown();
      expectTypeOf(sdk.checkpoint.load<number>()).resolves.toEqualTypeOf<number | undefined>();
      // @ts-expect-error a progress is a number
      void sdk.checkpoint.save(1, { progress: 'half' });
    }));
});
