import { createServer } from 'node:http';
import { Server } from 'socket.io';

// Socket.IO as its documentation has it; with NATS_URL its adapter for several nodes.
const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
const { NATS_URL } = process.env;
if (NATS_URL !== undefined) {
  const { connect } = await import('nats');
  const { createAdapter } = await import('@mickl/socket.io-nats-adapter');
  io.adapter(createAdapter(await connect({ servers: NATS_URL })));
}

io.on('connection', (socket) => {
  let from = '';
  socket.on('join', (name, room) => {
    from = name;
    void socket.join(room);
    socket.emit('joined', room);
  });
  socket.on('say', (room, text) => io.to(room).emit('message', { room, from, text }));
});
http.listen(0, '127.0.0.1', () => console.log(`listening on ${http.address().port}`));
