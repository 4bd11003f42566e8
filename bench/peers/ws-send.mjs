import { WebSocketServer } from 'ws';

// The server that everybody writes first: a loop over the members, one send each.
const rooms = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 65536 });

server.on('connection', (client) => {
  let name = '';
  client.on('message', (data) => {
    const message = JSON.parse(data.toString());
    if (message.type === 'join') {
      name = message.name;
      const members = rooms.get(message.room) ?? new Set();
      rooms.set(message.room, members.add(client));
      client.on('close', () => members.delete(client));
      client.send(JSON.stringify({ type: 'joined', room: message.room }));
    } else {
      const { room, text } = message;
      const said = JSON.stringify({ type: 'message', room, from: name, text });
      for (const member of rooms.get(room) ?? []) member.send(said);
    }
  });
});
server.on('listening', () => console.log(`listening on ${server.address().port}`));
