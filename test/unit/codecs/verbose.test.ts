import { createVerboseCodec } from '../../../src/codecs/verbose/codec.ts';
import { proveVectors } from './dialect-vectors.ts';

proveVectors('verbose', createVerboseCodec);
