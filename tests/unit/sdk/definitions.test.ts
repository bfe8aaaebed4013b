import { beforeEach, describe, expect, it } from 'vitest';
import { definitions } from '#sdk/definitions.ts';
import { boolean, choice, flow, integer, number, task, text } from '#sdk/nightshift.ts';

const sum = (a: number, b: number): number => a + b;

beforeEach(() => {
  definitions.open();
});

describe('a task', () => {
  it('has a name and is found by it', () => {
    const add = task({ name: 'add', retries: 1 }, sum);
    expect(add.taskName).toBe('add');
    const book = definitions.close();
    expect(book.tasks.map(({ name, options }) => [name, options])).toEqual([
      ['add', { name: 'add', retries: 1 }],
    ]);
    expect(book.task('add').body).toBe(sum);
    expect(() => book.task('remove')).toThrow("There is no task 'remove'. This source has add.");
  });

  it('needs a name that people can read', () => {
    for (const name of ['', ' x', '-x', 'a/b', 'a:b', 'x'.repeat(101), 7])
      expect(() => task(name as string, sum), String(name)).toThrow('A name is needed');
    for (const name of ['a', 'Größe 2', 'load.rows', 'load-rows', 'x'.repeat(100)])
      expect(task(name, sum).taskName).toBe(name);
  });

  it('needs a function and a name of its own', () => {
    expect(() => task('add', 7 as never)).toThrow("task 'add' needs a function");
    task('twice', sum);
    expect(() => task('twice', sum)).toThrow("Two tasks are named 'twice'. Give one of them");
  });

  it('C08 is refused where it is written when an option makes no sense', () => {
    expect(() => task({ name: 'add', retries: -1 }, sum)).toThrow(
      "task 'add': retries must be a whole number of 0 or more, not -1.",
    );
    expect(() => task({ name: 'add', retryDelaySeconds: 'soon' as never }, sum)).toThrow(
      "task 'add': retryDelaySeconds",
    );
  });

  it('stands at the top of a module', () => {
    definitions.close();
    expect(() => task('late', sum)).toThrow("Task 'late' is made while a flow runs");
  });

  it('is called from a flow body only', async () => {
    await expect(task('add', sum)(1, 2)).rejects.toThrow(
      "Task 'add' was called outside a flow. Call it from a flow body.",
    );
  });
});

describe('a flow', () => {
  it('carries its parameters as data', () => {
    const parameters = {
      share: number({ default: 0.5, min: 0, max: 1 }),
      epochs: integer({ default: 30 }),
      label: text({ default: 'x', maxLength: 10 }),
      shuffle: boolean({ default: true }),
      mode: choice(['fast', 'exact'], { default: 'exact', description: 'How it is counted.' }),
    };
    const made = flow({ name: 'f', logPrints: true, parameters }, () => 1);
    expect(JSON.parse(JSON.stringify(made.parameters))).toEqual({
      share: { kind: 'number', default: 0.5, min: 0, max: 1 },
      epochs: { kind: 'integer', default: 30 },
      label: { kind: 'text', default: 'x', maxLength: 10 },
      shuffle: { kind: 'boolean', default: true },
      mode: {
        kind: 'choice',
        options: ['fast', 'exact'],
        default: 'exact',
        description: 'How it is counted.',
      },
    });
    expect(made.options).toEqual({ name: 'f', logPrints: true });
  });

  it('offers choices that are some, and texts', () => {
    expect(() => choice([])).toThrow('choice: there must be 1 to 100 options, not 0.');
    expect(() => choice(['a', 'b', 'a'])).toThrow('choice: an option is there twice.');
    expect(() => choice(['a', ' '])).toThrow('choice: an option is blank.');
    for (const options of ['ab', [1], undefined])
      expect(() => choice(options as never)).toThrow(
        'choice: the options must be a list of texts, not',
      );
  });

  it('is refused where it is written when it makes no sense', () => {
    expect(() => flow('f', undefined as never)).toThrow("flow 'f' needs a function");
    expect(() => flow('', () => 1)).toThrow('A name is needed');
    expect(() => flow({ name: 'f', timeoutSeconds: 0 }, () => 1)).toThrow('flow: timeoutSeconds');
  });

  it('is a flow that others may call, by a name of its own', async () => {
    const child = flow('child', () => 1);
    expect([child.name, child.isFlow]).toEqual(['child', true]);
    expect(() => flow('child', () => 2)).toThrow(
      "Two flows are named 'child'. Give one of them another name.",
    );
    const book = definitions.close();
    expect(book.flow('child').body).toBe(child.body);
    expect(() => book.flow('parent')).toThrow("There is no flow 'parent'. This source has child.");
  });

  it('stands at the top of a module', () => {
    definitions.close();
    expect(() => flow('late', () => 1)).toThrow("Flow 'late' is made while a flow runs");
  });

  it('is called from the body of another flow only', async () => {
    await expect(flow('f', () => 1)()).rejects.toThrow(
      "Flow 'f' was called outside a flow. Call it from the body of another flow.",
    );
    expect(() => flow('g', () => 1).submit()).toThrow("Flow 'g' was called outside a flow.");
  });
});
