import { createSmartFoxCodec } from '../../../src/codecs/smartfox1/codec.ts';
import { proveVectors } from './dialect-vectors.ts';

proveVectors('smartfox1', createSmartFoxCodec);
