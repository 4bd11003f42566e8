import type { ConnectionsAnswer } from '../domain/control.ts';
import { type Html, html } from './html.ts';

export interface HealthFacts {
  readonly version: string;
  readonly natsVersion: string;
  readonly durability: string;
  /** Check name to `ok`, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
  /** How long chat-core took to answer; null: it did not, and why stands in `coreProblem`. */
  readonly coreMs: number | null;
  readonly coreProblem: string;
  readonly relays: readonly ConnectionsAnswer[];
  readonly log: LogFacts | null;
}

export interface LogFacts {
  readonly messages: number;
  readonly size: string;
  readonly since: string | null;
  readonly keeps: string;
}

/** How everything is. */
export function viewHealth(facts: HealthFacts): Html {
  const { version, natsVersion, durability, checks, coreMs, coreProblem, relays, log } = facts;
  const answered = coreMs === null ? coreProblem : `answers in ${coreMs} ms`;
  return html`<div class="head"><h1>Health</h1><p class="muted">xmlsocket-relay ${version}, nats-server ${natsVersion}</p></div>
  <div class="cards" data-live="health" data-every="5">
    ${Object.entries(checks).map(([name, state]) => card(name, state === 'ok', state))}
    ${card('chat-core', coreMs !== null, answered)}
    ${card('relays', relays.length > 0, relays.length === 0 ? 'none answered' : relays.map(({ relay, total }) => `${relay}: ${total}`).join(', '))}
    ${card('log', log !== null, log === null ? 'does not say what it has' : `${log.messages} messages, ${log.size}`)}
    ${log === null ? null : card('kept', true, log.since === null ? log.keeps : `${log.keeps}, the oldest of ${log.since}`)}
    ${card('durability', true, durability)}
  </div>
  <p class="note">More, with what to do: <code>npx xmlsocket-relay doctor</code>. Numbers: <a href="/metrics">/metrics</a>.</p>`;
}

function card(name: string, isGood: boolean, text: string): Html {
  return html`<section class="fact ${isGood ? 'good' : 'bad'}"><h2>${name}</h2><p>${text}</p></section>`;
}
