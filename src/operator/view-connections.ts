import type { ConnectionReport, ConnectionsAnswer } from '../domain/control.ts';
import { type Html, html } from './html.ts';

/** The connections of every relay that answered. */
export function viewConnections(relays: readonly ConnectionsAnswer[]): Html {
  const total = relays.reduce((sum, relay) => sum + relay.total, 0);
  return html`<div class="head"><h1>Connections</h1>
  <p class="muted" data-live="count">${total} on ${relays.length} ${relays.length === 1 ? 'relay' : 'relays'}</p>
  <p class="live" data-part="live" hidden>live</p></div>
  <div data-live="connections" data-rooms="*" data-every="3">${relays.map(relayPanel)}
  ${relays.length === 0 ? html`<p class="empty">No relay answered.</p>` : null}</div>`;
}

function relayPanel({ relay, total, connections }: ConnectionsAnswer): Html {
  return html`<section class="panel"><div class="panel-head"><h2>${relay}</h2><span class="badge on">${total}</span></div>
  ${connections.length === 0 ? html`<p class="note">Nobody is connected.</p>` : table(connections)}
  ${connections.length < total ? html`<p class="note">The ${connections.length} with the most bytes waiting.</p>` : null}</section>`;
}

function table(connections: readonly ConnectionReport[]): Html {
  return html`<div class="scroll" tabindex="0"><table>
  <thead><tr><th>Account</th><th>Dialect</th><th>Wire</th><th>Address</th><th>Rooms</th><th class="number">Open for</th><th class="number">Outbox</th><th>Last refusal</th></tr></thead>
  <tbody>${connections.map(row)}</tbody></table></div>`;
}

function row(connection: ConnectionReport): Html {
  const { account, dialect, kind, remoteAddress, rooms, openForMs, outboxBytes, refused } =
    connection;
  return html`<tr>
    <td>${account === null ? html`<span class="muted">not logged in</span>` : html`${account.name} <span class="muted">${account.id}</span>`}</td>
    <td>${dialect ?? '–'}</td><td>${kind}</td><td><code>${remoteAddress}</code></td>
    <td>${rooms.length === 0 ? '–' : rooms.map((room) => html`<a href="/operator/rooms/${room}">${room}</a> `)}</td>
    <td class="number">${agoText(openForMs)}</td><td class="number${outboxBytes > 0 ? html` busy` : null}">${outboxBytes}</td>
    <td>${refused === null ? '–' : html`<code>${refused.code}</code> <span class="muted">${agoText(refused.agoMs)} ago</span>`}</td></tr>`;
}

/** A time that has passed, in its largest whole unit. */
export function agoText(ms: number): string {
  const [size, unit] = UNITS.find(([length]) => ms >= length) ?? [1000, 's'];
  return `${Math.floor(ms / size)} ${unit}`;
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;
