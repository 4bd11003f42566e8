import type { AddressLimits } from './address-book.ts';

/** What a relay is told of the configuration; names and units are those of `config/default.yaml`. */
export interface RelayOptions {
  /** The id of this process. */
  readonly self: string;
  readonly host: string;
  readonly port: number;
  readonly policyPort: number | null;
  readonly accepts: readonly ('policy' | 'xml' | 'http' | 'ws' | 'xmlsocket')[];
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly rateLimits: boolean;
  readonly limits: RelayLimits;
  readonly xml: {
    readonly invalidUtf8: 'refuse' | 'windows-1252';
    readonly announceToEntrant: boolean;
    /** The name of a dialect, or `auto`. */
    readonly dialect: string;
    readonly verboseEmptyStatus: boolean;
    readonly verbosePercent: boolean;
    readonly palabreLobby: string;
    readonly stormEvents: number;
    readonly stormWindowMs: number;
  };
  readonly policy: {
    readonly domains: readonly string[];
    readonly ports: readonly number[];
    readonly masterOnly: boolean;
  };
  readonly commandTimeoutMs: number;
  readonly commandsPendingMax: number;
  readonly heldEventsMax: number;
  readonly heartbeatMs: number;
}

export interface RelayLimits extends AddressLimits {
  readonly connectionsMax: number;
  readonly frameMaxBytes: number;
  readonly frameTimeoutMs: number;
  readonly sniffTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly framesPerSecond: number;
  readonly framesBurst: number;
  readonly bytesPerSecond: number;
  readonly bytesBurst: number;
  readonly loginsPerMinute: number;
  readonly loginsBurst: number;
  readonly refusedPerSecond: number;
  readonly refusedBurst: number;
  readonly addressExempt: readonly string[];
  readonly badFramesMax: number;
  readonly pendingCommandsMax: number;
  readonly outboxMaxBytes: number;
  readonly flushPauseMaxMs: number;
  readonly roomsPerSessionMax: number;
  readonly historyMax: number;
  readonly resumeMax: number;
  readonly resumeMaxBytes: number;
  readonly catchUpMax: number;
  readonly closeTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly pingIntervalMs: number;
  readonly keepAliveMs: number;
}
