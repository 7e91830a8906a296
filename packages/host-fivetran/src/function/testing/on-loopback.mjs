// Loaded before Google's functions framework, which listens on all interfaces at a port that it is told:
// it then listens on this machine only, and says at which port, as one that is free is taken for 0.
import { Server } from 'node:http';

const listen = Reflect.get(Server.prototype, 'listen');
Server.prototype.listen = function listenHere(port, done) {
  const told = () => {
    done();
    process.stdout.write(`listening on ${this.address().port}\n`);
  };
  return Reflect.apply(listen, this, [Number(port), '127.0.0.1', told]);
};
