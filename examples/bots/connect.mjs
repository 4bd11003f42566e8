import { connect } from 'nats';

// NATS_URL:    nats://user:password@host:port
// NATS_INBOX:  _INBOX.<user> under the permissions of `nats-config`

/** Connects to NATS, as the environment says. The client library reads no login out of an address. */
export function connectToNats(name) {
  const { host, username, password } = new URL(process.env.NATS_URL ?? 'nats://127.0.0.1:4222');
  const login = { user: decodeURIComponent(username), pass: decodeURIComponent(password) };
  return connect({
    servers: host,
    name,
    ...(username === '' ? {} : login),
    inboxPrefix: process.env.NATS_INBOX ?? '_INBOX',
  });
}
