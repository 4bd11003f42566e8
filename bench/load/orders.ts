import type { FloodResult, PaceResult } from './crowd.ts';
import type { TextKind } from './marker.ts';
import type { WireName } from './wires.ts';

/** What a load process is asked to do, one at a time. */
export type Order =
  /** `perRoom` members for each of the rooms log in, and when all have, enter, each `atOnce` at a time. */
  | {
      readonly do: 'join';
      readonly wire: WireName;
      readonly port: number;
      readonly rooms: readonly string[];
      readonly perRoom: number;
      readonly names: readonly string[];
      readonly atOnce: { readonly logIn: number; readonly enter: number };
    }
  | {
      readonly do: 'flood';
      readonly window: number;
      readonly seconds: number;
      readonly text?: TextKind;
    }
  | { readonly do: 'pace'; readonly perSecond: number; readonly seconds: number }
  /** One member stops reading while the others of its room go on. */
  | { readonly do: 'stall'; readonly window: number; readonly seconds: number };

export interface Results {
  join: { readonly loginSeconds: number; readonly enterSeconds: number };
  flood: FloodResult;
  pace: PaceResult;
  /** `cut`: whether the server hung up on the one who did not read. */
  stall: FloodResult & { readonly cut: boolean };
}

export type Answer =
  | { readonly ok: true; readonly result: Results[keyof Results] }
  | { readonly ok: false; readonly reason: string };
