import type { FloodResult, PaceResult } from './crowd.ts';
import type { WireName } from './wires.ts';

/** What a load process is asked to do, one at a time. */
export type Order =
  /** `perRoom` members enter each of the rooms, `atOnce` at a time. */
  | {
      readonly do: 'join';
      readonly wire: WireName;
      readonly port: number;
      readonly rooms: readonly string[];
      readonly perRoom: number;
      readonly names: readonly string[];
      readonly atOnce: number;
    }
  | { readonly do: 'flood'; readonly window: number; readonly seconds: number }
  | { readonly do: 'pace'; readonly perSecond: number; readonly seconds: number };

export interface Results {
  join: { readonly seconds: number; readonly members: number };
  flood: FloodResult;
  pace: PaceResult;
}

export type Answer =
  | { readonly ok: true; readonly result: Results[keyof Results] }
  | { readonly ok: false; readonly reason: string };
