const ADJECTIVES =
  'amber ancient bold brave brisk calm clever copper cosmic crimson daring eager early fearless gentle golden hidden humble idle jolly keen lively lucid lunar mellow mighty misty nimble noble patient plucky polar proud quiet quick rapid rustic serene shiny silent silver sleek smooth solar splendid steady stellar sturdy sunny swift tidy tranquil velvet vivid wandering warm wild wise witty'.split(
    ' ',
  );
const ANIMALS =
  'albatross antelope badger beaver bison bobcat camel caribou cheetah condor cormorant coyote crane curlew dolphin eagle egret falcon ferret finch gazelle gecko gibbon goose heron hornet ibex iguana jackal jaguar kestrel koala lemur lynx magpie marmot marten meerkat mongoose moose narwhal ocelot octopus osprey otter owl panther pelican penguin puffin quail raven robin salmon seal skylark stork swallow tapir tern toucan walrus weasel wombat wren zebra'.split(
    ' ',
  );

/** `splendid-otter`: two words, as Prefect names its flow runs. `random` in 0..1. */
export function runName(random: () => number): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? 'quiet';
  return `${pick(ADJECTIVES)}-${pick(ANIMALS)}`;
}
