/** Every bucket that a chat-core works with; it makes those that are not there. */
export const BUCKET_NAMES = [
  'chat_accounts',
  'chat_checkpoints',
  'chat_guests',
  'chat_rooms',
  'chat_secrets',
  'chat_snapshots',
] as const;
