'use strict';
// Sends Adobe's hosts to the local double, below anything that a program or library does itself.
const net = require('node:net');

const PORT = Number(process.env.IMS_DOUBLE_PORT);
const LOOPBACK = '127.0.0.1';
const ADOBE = /\.(adobelogin\.com|adobe\.io)$/;
const connect = net.Socket.prototype.connect;

function redirected(options) {
  if (options === null || typeof options !== 'object' || options.path) return options;
  const { host } = options;
  if (host && ADOBE.test(host)) return { ...options, host: LOOPBACK, port: PORT };
  if (!host || ['localhost', LOOPBACK, '::1'].includes(host)) return options;
  throw new Error(`no network in tests: ${host}`);
}

net.Socket.prototype.connect = function connectToDouble(...args) {
  // `net.connect` hands its arguments over as a marked array; its mark is a symbol, which a copy has to keep.
  if (Array.isArray(args[0])) args[0][0] = redirected(args[0][0]);
  else args[0] = redirected(args[0]);
  return connect.apply(this, args);
};
