import { createPalabreCodec } from '../../../src/codecs/palabre/codec.ts';
import { proveVectors } from './dialect-vectors.ts';

proveVectors('palabre', createPalabreCodec);
