const GOOD = ['great', 'lovely', 'superb', 'charming', 'wonderful', 'fresh'];
const BAD = ['awful', 'dreary', 'broken', 'stale', 'rude', 'dirty'];
const THINGS = ['screen', 'meal', 'room', 'story', 'menu', 'cable', 'view', 'song', 'chair', 'tea'];

/** Rows with a text and a label, `pos` or `neg` in turn; no two texts are the same. */
const sentimentRows = (count: number): readonly (readonly [text: string, label: string])[] =>
  Array.from({ length: count }, (_, i) => {
    const words = i % 2 === 0 ? GOOD : BAD;
    const word = words[Math.floor(i / 2) % words.length];
    const thing = THINGS[Math.floor(i / 12) % THINGS.length];
    return [`The ${thing}, number ${i}, was ${word}`, i % 2 === 0 ? 'pos' : 'neg'] as const;
  });

export const sentimentCsv = (count: number): string =>
  ['text,label', ...sentimentRows(count).map(([text, label]) => `"${text}",${label}`)].join('\n');
