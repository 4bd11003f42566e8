import { type ConnectionOptions, credsAuthenticator, nkeyAuthenticator } from 'nats';

/** How a process proves to NATS who it is, where its address does not say so. */
export type BusLogin =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** The seed of an nkey, which never leaves the process: it signs what the server asks. */
  | { readonly kind: 'nkey'; readonly seed: string }
  /** The text of a credentials file, with a JWT and a seed. */
  | { readonly kind: 'creds'; readonly text: string };

/** The login as the client library wants it. Throws when a seed or a credentials file is none. */
export function loginOptions(login: BusLogin): ConnectionOptions {
  const bytes = (text: string) => new TextEncoder().encode(text);
  switch (login.kind) {
    case 'password':
      return { user: login.user, pass: login.password };
    case 'nkey':
      return { authenticator: nkeyAuthenticator(bytes(login.seed.trim())) };
    case 'creds':
      return { authenticator: credsAuthenticator(bytes(login.text)) };
  }
}

/**
 * The user and password, or the token, that stand before the @ of an address; none if nothing does.
 * What is per cent encoded in them is decoded.
 */
export function loginOfUserInfo(userInfo: string): ConnectionOptions {
  if (userInfo === '') return {};
  const colon = userInfo.indexOf(':');
  if (colon < 0) return { token: decoded(userInfo) };
  return { user: decoded(userInfo.slice(0, colon)), pass: decoded(userInfo.slice(colon + 1)) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A per cent sign of the password itself: it stands for what it is.
    return text;
  }
}
