import { describe, expect, it } from 'vitest';
import { crc32 } from '#domain/crc32.ts';
import { cacheEntryId } from '#domain/ids.ts';
import { recordProblem } from '#domain/record-schemas.ts';
import { readState, STATE_VERSION, StateWriter } from '#domain/state-file.ts';
import { recordCodec } from '#rpc/record-codec.ts';
import * as build from '#tests/support/builders.ts';

const ABOUT = { createdAt: build.SOME_TIME, runtime: 'nightshift test' };

function someFile(records: readonly object[] = [build.flowRun()]): ArrayBuffer {
  const writer = new StateWriter(recordCodec, ABOUT);
  writer.add('flowRuns', records);
  writer.add('datasetDays', [build.datasetDay()]);
  return writer.finish();
}

const reasonFor = (file: ArrayBuffer): string => {
  const read = readState(recordCodec, file);
  return read.ok ? 'it was read' : read.reason;
};

/** The file with some bytes replaced. */
function changed(file: ArrayBuffer, at: number, ...bytes: readonly number[]): ArrayBuffer {
  const copy = new Uint8Array(file.slice());
  copy.set(bytes, at);
  return copy.buffer;
}

describe('a state file', () => {
  it('brings back what was written, buffers and typed arrays with bytes of their own', () => {
    const read = readState(recordCodec, someFile());
    if (!read.ok) throw new Error(read.reason);
    expect(read.about).toEqual(ABOUT);
    expect(read.records).toStrictEqual([
      { store: 'flowRuns', record: build.flowRun() },
      { store: 'datasetDays', record: build.datasetDay() },
    ]);
    for (const { record } of read.records)
      if ('rows' in record && typeof record.rows === 'object')
        expect(record.rows.text.buffer.byteLength).toBe(record.rows.text.byteLength);
  });

  it('is the same for the same records', () => {
    expect(new Uint8Array(someFile())).toEqual(new Uint8Array(someFile()));
  });

  it('says of anything else that it is no Nightshift state', () => {
    const others = ['', 'nightshift', 'PK\u0003\u0004', '{"history":{}}', 'nightshift-stats!'];
    for (const text of others)
      expect(reasonFor(new TextEncoder().encode(text).buffer)).toMatch(
        /no Nightshift state|cut off/,
      );
    expect(reasonFor(new ArrayBuffer(0))).toContain('no Nightshift state');
    expect(reasonFor(new ArrayBuffer(100))).toContain('no Nightshift state');
  });

  it('says that it is of a newer Nightshift', () => {
    expect(reasonFor(changed(someFile(), 16, STATE_VERSION + 1))).toContain('newer Nightshift');
    const writer = new StateWriter(recordCodec, ABOUT);
    writer.add('tomorrow' as never, [{}]);
    expect(reasonFor(writer.finish())).toContain('newer Nightshift');
  });

  it('says that it is cut off, wherever that was', () => {
    const file = someFile();
    for (let length = 16; length < file.byteLength; length++)
      expect(reasonFor(file.slice(0, length)), `${length} bytes`).toContain('cut off');
  });

  it('says that it is damaged, whichever byte of a part was changed', () => {
    const file = someFile();
    const bytes = new Uint8Array(file);
    for (let at = 28; at < file.byteLength; at += 7) {
      const reason = reasonFor(changed(file, at, (bytes[at] ?? 0) ^ 1));
      expect(reason, `byte ${at}`).toMatch(/damaged|cut off/);
    }
  });

  it('says which field of which record is not what it must be', () => {
    const wrong = { ...build.flowRun(), state: { type: 'DONE', name: 'Done' } };
    expect(reasonFor(someFile([build.flowRun(), wrong]))).toContain(
      'damaged: flowRuns, record 2: state.type: ',
    );
  });

  it('takes every kind of record that is stored, and no record of another kind', () => {
    const records = {
      flows: build.flowSource(),
      flowRuns: build.flowRun(),
      taskRuns: build.taskRun(),
      events: build.event(),
      lines: build.lineChunk(),
      journal: build.journalEntry(),
      values: build.storedValue(),
      checkpoints: build.checkpoint(),
      datasets: build.dataset(),
      datasetDays: build.datasetDay(),
      verdicts: build.verdict(),
      modelVersions: build.modelVersion(),
      aliases: build.alias(),
      deployments: build.deployment(),
      ticks: build.tick(),
      settings: build.setting(),
      uses: build.use(),
    } as const;
    const names = Object.keys(records) as (keyof typeof records)[];
    for (const name of names) {
      expect(recordProblem(name, records[name])).toBe('it is whole');
      expect(recordProblem(name, {})).not.toBe('it is whole');
    }
  });

  it('uses nothing that a removal could not take apart', () => {
    const use = (hash: string) => recordProblem('uses', { hash, user: build.FLOW_RUN });
    expect(use(build.hash(1))).toBe('it is whole');
    expect(use(cacheEntryId('a "flow"', 'k/1'))).toBe('it is whole');
    for (const hash of [
      'cache:oops',
      'cache:["a"]',
      'cache:["a", "b"]',
      'cache:[1,"b"]',
      'model:x',
    ])
      expect(use(hash), hash).not.toBe('it is whole');
  });
});

it('the checksum is that of gzip', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf4_3926);
});
