import type { System } from '../systems/system.ts';

export interface Settings {
  /** How often each system has its turn. */
  readonly rounds: number;
  /** How long a turn is. */
  readonly seconds: number;
  /** How long the many idle members are watched. */
  readonly idleSeconds: number;
  readonly onSkipped: (system: System, reason: string) => void;
}

/** What one scenario has to say, in Markdown. */
export interface Section {
  readonly title: string;
  readonly parts: readonly string[];
}

export type Scenario = (settings: Settings) => Promise<Section>;
