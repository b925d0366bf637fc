// Loaded before a script that has its ports built in: has connections to the ports of this machine go to where the
// environment says, REDIRECT=50051=127.0.0.1:40001,8080=127.0.0.1:40002.
const net = require('node:net');

const targets = new Map(
  process.env.REDIRECT.split(',').map((entry) => {
    const [port, address] = entry.split('=');
    const [host, to] = address.split(':');
    return [Number(port), { host, port: Number(to) }];
  }),
);
const local = new Set(['localhost', '127.0.0.1', '::1']);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...args) {
  // net.connect hands over its arguments as one array.
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  const target = options && typeof options === 'object' && targets.get(Number(options.port));
  if (target && local.has(options.host ?? 'localhost')) Object.assign(options, target);
  return connect.apply(this, args);
};
