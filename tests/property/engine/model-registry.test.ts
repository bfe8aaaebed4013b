import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ModelEvent } from '#domain/events.ts';
import type { ModelAlias } from '#domain/models.ts';
import type { HostReply } from '#domain/host-api.ts';
import { scriptedRig, type EngineRig } from '#tests/support/engine-rig.ts';
import type { ScriptedAttempt } from '#tests/support/scripted-workers.ts';

const MODEL = 'sentiment';

type Act =
  | { readonly kind: 'save'; readonly alias: ModelAlias }
  | { readonly kind: 'move'; readonly alias: ModelAlias; readonly version: number | undefined }
  | { readonly kind: 'roll back' }
  | { readonly kind: 'delete'; readonly version: number }
  | { readonly kind: 'restart' };

const alias = fc.constantFrom<ModelAlias>('champion', 'challenger');
const version = fc.integer({ min: 1, max: 6 });
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('save' as const), alias }),
    fc.record({
      kind: fc.constant('move' as const),
      alias,
      version: fc.option(version, { nil: undefined }),
    }),
    fc.constant({ kind: 'roll back' as const }),
    fc.record({ kind: fc.constant('delete' as const), version }),
    fc.constant({ kind: 'restart' as const }),
  ),
  { minLength: 4, maxLength: 16 },
);

/** The registry as a person would keep it on paper. */
interface Paper {
  readonly versions: Set<number>;
  readonly aliases: Map<ModelAlias, number>;
  /** Champions, one on another. */
  stack: number[];
  next: number;
}

function onPaper(paper: Paper, act: Act): boolean {
  switch (act.kind) {
    case 'save':
      paper.versions.add(paper.next);
      pointTo(paper, act.alias, paper.next++);
      return true;
    case 'move':
      if (act.version === undefined)
        return act.alias === 'challenger' && paper.aliases.delete('challenger');
      if (!paper.versions.has(act.version) || paper.aliases.get(act.alias) === act.version)
        return false;
      pointTo(paper, act.alias, act.version);
      if (act.alias === 'champion' && paper.aliases.get('challenger') === act.version)
        paper.aliases.delete('challenger');
      return true;
    case 'roll back': {
      const now = paper.stack.at(-1);
      const to = paper.stack.findLast((one) => one !== now && paper.versions.has(one));
      if (to === undefined) return false;
      paper.stack = paper.stack.slice(0, paper.stack.lastIndexOf(to) + 1);
      paper.aliases.set('champion', to);
      if (paper.aliases.get('challenger') === to) paper.aliases.delete('challenger');
      return true;
    }
    case 'delete':
      return (
        ![...paper.aliases.values()].includes(act.version) && paper.versions.delete(act.version)
      );
    case 'restart':
      return true;
  }
}

function pointTo(paper: Paper, to: ModelAlias, one: number): void {
  paper.aliases.set(to, one);
  if (to === 'champion') paper.stack.push(one);
}

function valueOf(reply: HostReply): unknown {
  if (reply.ok) return reply.value;
  throw new Error(JSON.stringify(reply.failure));
}

async function save(attempt: ScriptedAttempt, to: ModelAlias, n: number): Promise<void> {
  const bytes = Uint8Array.of(n).buffer;
  const hash = String(valueOf(await attempt.ask({ method: 'putValue', bytes })));
  const facts = { bytes: 1, metrics: {}, snapshot: '', backend: 'cpu' };
  const request = { method: 'saveModel', ordinal: 0, model: MODEL, hash, alias: to } as const;
  valueOf(await attempt.ask({ ...request, ...facts }));
}

/** Where the aliases stand when the history is gone through from its beginning. */
function retold(history: readonly ModelEvent[]): ReadonlyMap<string, number> {
  const aliases = new Map<string, number>();
  for (const event of history) {
    if (event.kind === 'alias.removed') aliases.delete(event.alias);
    if (event.kind !== 'alias.moved') continue;
    expect(event.from).toBe(aliases.get(event.alias));
    expect(event.reason).not.toBe('');
    aliases.set(event.alias, event.to);
  }
  return aliases;
}

async function expectSound(rig: EngineRig, paper: Paper): Promise<void> {
  const aliases = await rig.engine.modelAliases(MODEL);
  expect(new Map(aliases.map((one) => [one.alias, one.version]))).toEqual(paper.aliases);
  const versions = await rig.engine.modelVersions(MODEL);
  expect(versions.map((one) => one.version)).toEqual([...paper.versions]);
  const history = await rig.engine.modelHistory(MODEL);
  expect(history.map(({ seq }) => seq)).toEqual(history.map((_, i) => i + 1));
  expect(retold(history.map(({ body }) => body))).toEqual(paper.aliases);
  for (const { version: one } of aliases)
    expect((await rig.engine.modelFile(MODEL, one))?.byteLength).toBe(1);
  if (paper.stack.length > 0) expect(await rig.engine.champion(MODEL)).toBeDefined();
}

describe('the registry, through any sequence of what people and runs do', () => {
  test('is what paper would say, always with a champion that can be read, and a history that tells all of it', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (sequence) => {
        const { rig, script } = await scriptedRig({
          tasks: { save: {} },
          body: (flow) => flow.call('save'),
        });
        const paper: Paper = { versions: new Set(), aliases: new Map(), stack: [], next: 1 };
        for (const act of sequence) {
          const expected = onPaper(paper, act);
          switch (act.kind) {
            case 'save': {
              const id = await rig.start();
              const attempt = script.attempt('save-0', 1);
              await save(attempt, act.alias, paper.next);
              attempt.returns(1);
              await rig.finish(id);
              break;
            }
            case 'move': {
              const move = { model: MODEL, alias: act.alias, version: act.version };
              const moved = await rig.engine.moveAlias({ ...move, reason: 'to see' });
              expect(moved.ok).toBe(expected);
              break;
            }
            case 'roll back': {
              const back = await rig.engine.rollBack({ model: MODEL, reason: 'it fell' });
              expect(back.ok).toBe(expected);
              break;
            }
            case 'delete': {
              const gone = await rig.engine.deleteVersion(MODEL, act.version);
              expect(gone.ok).toBe(expected);
              break;
            }
            case 'restart':
              await rig.restart();
          }
          await expectSound(rig, paper);
        }
      }),
      { numRuns: 60 },
    );
  });
});
