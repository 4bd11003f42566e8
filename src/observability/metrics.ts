import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Everything that is measured, by name. Labels are few and closed: never a room, an account or an
 * address. Served by the admin port in the Prometheus text format.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const seconds = <L extends string = never>(name: string, help: string, labelNames: L[] = []) =>
    new Histogram<L>({ name, help, labelNames, buckets: SECONDS, registers });

  return {
    registry,
    startProcessMetrics: () => collectDefaultMetrics({ register: registry }),
    relay: {
      connections: gauge('relay_connections', 'Open connections', ['kind']),
      connectionsRefused: counter('relay_connections_refused_total', 'Turned away', ['reason']),
      policyRequests: counter('relay_policy_requests_total', 'Policy files answered'),
      sessions: gauge('relay_sessions', 'Logged-in sessions', ['dialect']),
      rooms: gauge('relay_rooms', 'Rooms with a member on this relay'),
      frames: counter('relay_frames_total', 'Frames', ['dialect', 'direction']),
      salvaged: counter('relay_salvaged_frames_total', 'Frames repaired', ['dialect']),
      unsaid: counter('relay_unsaid_events_total', 'Events without words for them', ['dialect']),
      summedEvents: counter('relay_summed_events_total', 'Comings and goings summed up', [
        'dialect',
      ]),
      dropped: counter('relay_dropped_commands_total', 'Requests without a meaning', ['dialect']),
      refusals: counter('relay_refusals_total', 'Commands and frames refused', ['code']),
      floods: counter('relay_floods_total', 'What came too fast', ['step', 'limit']),
      addresses: gauge('relay_addresses', 'Addresses that are counted'),
      addressesNotCounted: counter(
        'relay_addresses_not_counted_total',
        'Came when all were in use',
      ),
      claimedIds: counter('relay_claimed_id_mismatches_total', 'Frames claiming another account'),
      outboxBytes: gauge('relay_outbox_bytes', 'Bytes waiting in all outboxes'),
      flushPauses: counter('relay_flush_pauses_total', 'Writes that waited to be larger'),
      slowReaders: counter('relay_slow_readers_total', 'Connections cut for reading too slowly'),
      pausedReads: counter('relay_paused_reads_total', 'Times a connection was not read from'),
      commandSeconds: seconds('relay_command_seconds', 'From command to answer', ['type']),
      commandsPending: gauge('relay_commands_pending', 'Commands waiting for chat-core'),
      departuresWaiting: gauge('relay_departures_waiting', 'Leavings chat-core has not heard of'),
      heldEvents: gauge('relay_held_events', 'Events held for sessions that are entering'),
      logReadsPending: gauge('relay_log_reads_pending', 'Reads of the log without an answer yet'),
      healedEvents: counter('relay_healed_events_total', 'Events read from the log over a gap'),
      foreignMessages: counter('relay_foreign_messages_total', 'Log messages that are no events'),
      logResets: counter('relay_log_resets_total', 'Times the log was found made anew'),
    },
    core: {
      commands: counter('core_commands_total', 'Commands answered', ['type', 'outcome']),
      commandSeconds: seconds('core_command_seconds', 'From request to answer', ['type']),
      logins: counter('core_logins_total', 'Logins answered', ['kind', 'outcome']),
      loginsPending: gauge('core_logins_pending', 'Logins waiting for a password check'),
      botsPending: gauge('core_bot_commands_pending', 'Commands of bots whose key is looked up'),
      appendSeconds: seconds('core_append_seconds', 'Until the log has acknowledged', ['outcome']),
      appendsPending: gauge('core_appends_pending', 'Appends without an answer yet'),
      snapshots: counter('core_snapshots_total', 'Snapshots of rooms', ['outcome']),
      registeredRooms: gauge('core_registered_rooms', 'Rooms that there are, whoever serves them'),
      rooms: gauge('core_rooms', 'Rooms served by this chat-core'),
      roomCommandsPending: gauge('core_room_commands_pending', 'Commands waiting in all rooms'),
      fenced: counter('core_fenced_total', 'Appends refused because the log had moved on'),
      lostTails: counter('core_lost_tails_total', 'Rooms whose log has lost events that it had'),
      pauses: counter('core_pauses_total', 'Times this process did not run for a while'),
      staleCommands: counter('core_stale_commands_total', 'Commands that waited through a pause'),
      together: counter(
        'core_said_together_total',
        'Messages and enterings sent to the log with others',
        ['outcome'],
      ),
      relays: gauge('core_relays', 'Relays that are alive'),
      relaysReaped: counter('core_relays_reaped_total', 'Relays given up as silent'),
      awaited: gauge('core_members_awaited', 'Members whose last connection broke, in the grace'),
      cores: gauge('core_cores', 'Chat-cores that are alive, this one included'),
      problems: counter('core_problems_total', 'Failures that no rule covers'),
    },
    admin: {
      logins: counter('admin_logins_total', "Logins to the operator's pages", ['outcome']),
      sessions: gauge('admin_sessions', 'Operators that are logged in'),
      streams: gauge('admin_live_streams', 'Pages that are kept up to date'),
    },
    bus: {
      connected: gauge('bus_connected', '1 while connected to NATS'),
      disconnects: counter('bus_disconnects_total', 'Connections to NATS lost'),
      complaints: counter('bus_complaints_total', 'What NATS said out of turn: a denied publish'),
      serverDeaths: counter('bus_server_deaths_total', 'Times the embedded nats-server died'),
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
