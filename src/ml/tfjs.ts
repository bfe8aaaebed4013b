/** What authors import as `@tensorflow/tfjs`: the core that everything here shares, and its Layers. */
export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-layers';
